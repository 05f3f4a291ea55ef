//! What `balance` answers.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::model::{Assignment, ByName, Claims, Goal, Goals, Group, MemberId, Movement, OwnerTable, TopicPartition};
use crate::network::Network;
use crate::network::subscribers::SubscriberIndex;
use crate::proof::{Cost, Proof};

/// A plan for a group: who owns what from now on, what that moves, and the proof that nothing is
/// better.
///
/// A persistent value: cloning is O(1), and a plan shares with the plan it was made from all that
/// did not change. Two plans are equal if their groups are, and all that is in them.
///
/// ```
/// use sticky_assignor::{Event, Group, NewMember, NewTopic, balance};
/// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders")])?;
/// let plan = balance(&group);
/// let next = plan.rebalance(Event::Join(NewMember::new("c2", "orders")))?;
/// assert_eq!(next.summary().to_string(), "4 partitions: 2 stay, 2 move, 0 are new; members have 2 to 2");
/// assert_eq!(next.by_name().of_member("c2"), Some([("orders", vec![0, 2])].into()));
/// assert_eq!(next.movements()[0].display(next.group()).to_string(), "orders-0: c1 → c2");
/// assert_eq!(plan, balance(&group)); // the first plan still stands
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Plan {
    group: Group,
    assignment: Assignment,
    movements: Arc<[Movement]>,
    summary: Summary,
    proof: Proof,
    /// Who subscribes to which topic, for the next rebalance.
    subscribers: SubscriberIndex,
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        // Movements and figures follow from group and assignment, but are compared in less time.
        self.summary == other.summary
            && self.movements == other.movements
            && self.group == other.group
            && self.assignment == other.assignment
            && self.proof.is_that_of(&other.proof, &self.group)
    }
}

/// Short, however large the plan is.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plan = f.debug_struct("Plan");
        plan.field("group", &self.group).field("goals", &self.goals()).field("summary", &self.summary).finish_non_exhaustive()
    }
}

/// The figures of a plan.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{Event, Summary};
/// let Summary { retained, moved, forced, new, .. } = plan.rebalance(Event::Leave("c1".into()))?.summary();
/// assert_eq!((retained, moved, forced, new), (2, 2, 2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Partitions of all topics.
    pub partitions: u64,
    /// Partitions that have an owner now: `retained` + `moved` + `new`.
    pub assigned: u64,
    /// Partitions of topics that nobody subscribes to.
    pub unassigned: u64,
    /// Partitions that stay with the owner before.
    pub retained: u64,
    /// Partitions that had an owner before, by valid claims or as a member that leaves in this very
    /// change, and have another now.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic.
    pub forced: u64,
    /// Partitions that had no owner before.
    pub new: u64,
    /// The least partitions any member has; 0 in a group without members.
    pub min: u32,
    /// The most partitions any member has.
    pub max: u32,
    /// The loads of all members, squared and added.
    pub sum_of_squares: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partitions, unassigned, retained, moved, forced, new, min, max, .. } = self;
        write!(f, "{partitions} partitions: {retained} stay, {moved} move")?;
        if *forced > 0 {
            write!(f, " ({forced} forced)")?;
        }
        write!(f, ", {new} are new")?;
        if *unassigned > 0 {
            write!(f, ", {unassigned} of topics without a subscriber")?;
        }
        write!(f, "; members have {min} to {max}")
    }
}

impl Summary {
    /// The figures of an assignment that moves this many of the claimed partitions, by choice.
    pub(crate) fn of(group: &Group, assignment: &Assignment, moved: u64, claimed: u64) -> Self {
        let loads = assignment.loads();
        let having = loads.iter().filter(|load| **load > 0).count();
        // Whoever has anything is here; the others have nothing.
        let min = match having < group.member_count() {
            true => 0,
            // Of those that are gone, who have 0, less 1 is more than anybody has.
            false => loads.iter().map(|load| load.wrapping_sub(1)).min().map_or(0, |least| least.wrapping_add(1)),
        };
        Self {
            partitions: group.partition_count(),
            assigned: assignment.len(),
            unassigned: group.partition_count() - assignment.len(),
            retained: claimed - moved,
            moved,
            forced: 0,
            new: assignment.len() - claimed,
            min,
            max: loads.iter().copied().max().unwrap_or(0),
            sum_of_squares: loads.iter().map(|&load| u64::from(load) * u64::from(load)).sum(),
        }
    }

    /// The figures where this many of what is counted as new moves, as its owner left or gave up
    /// the topic.
    pub(crate) fn with_forced(self, forced: u64) -> Self {
        Self { moved: self.moved + forced, forced, new: self.new - forced, ..self }
    }
}

/// What a balance decided, in the numbers of its network.
#[derive(Debug)]
pub(crate) struct Allocated {
    /// The member of each slot.
    pub(crate) owners: Vec<u32>,
    /// How many slots each member has.
    pub(crate) loads: Vec<u32>,
    /// The slots that leave the member whose claim to them is valid, and that member.
    pub(crate) released: Vec<(u32, u32)>,
    /// How many slots have a valid claim.
    pub(crate) claimed: u64,
}

impl Allocated {
    /// The partitions that leave their claimants, ascending.
    fn movements(&self, network: &Network) -> Vec<Movement> {
        let mut released = self.released.clone();
        released.sort_unstable();
        let slots: Vec<u32> = released.iter().map(|&(slot, _)| slot).collect();
        let id = |number: u32| network.members[number as usize];
        let movement = |(partition, &(slot, from)): (TopicPartition, &(u32, u32))| Movement {
            partition,
            from: id(from),
            to: id(self.owners[slot as usize]),
        };
        network.slots.partitions(&slots).zip(&released).map(movement).collect()
    }
}

/// Loads by number instead of place in the network.
pub(crate) fn loads_by_number(group: &Group, network: &Network, by_place: &[u32]) -> Vec<u32> {
    let mut loads = vec![0; group.all_members().numbers()];
    network.members.iter().zip(by_place).for_each(|(member, &load)| loads[member.index()] = load);
    loads
}

/// What moves because its owner left or gave up the topic in this very change. Only claims that
/// are the assignment before name such owners.
fn forced_movements(group: &Group, assignment: &Assignment) -> Vec<Movement> {
    let is_forced = |movement: &Movement| !group.subscribes(movement.from, movement.partition.topic);
    match group.claims() {
        Claims::Previous(before) => before.differences(assignment).filter_map(|transfer| transfer.movement()).filter(is_forced).collect(),
        Claims::Stated(_) => Vec::new(),
    }
}

impl Plan {
    /// The plan with these parts. Whoever makes a plan knows them best; that they fit together is
    /// checked in debug builds.
    pub(crate) fn new(
        (group, assignment): (Group, Assignment),
        (movements, summary): (Vec<Movement>, Summary),
        proof: Proof,
        subscribers: SubscriberIndex,
    ) -> Self {
        let assignment = assignment.numbered(group.numbering());
        let plan = Self { group, assignment, movements: movements.into(), summary, proof, subscribers };
        debug_assert_eq!(plan.check(), Ok(()));
        plan
    }

    /// The plan of what a balance decided: linear in slots.
    pub(crate) fn of(group: Group, network: Network, allocated: Allocated, proof: Proof) -> Self {
        let mut movements = allocated.movements(&network);
        let loads = loads_by_number(&group, &network, &allocated.loads);
        let table = OwnerTable::of_places(network.slots.clone(), allocated.owners, &network.members, &loads);
        let assignment = Assignment::from_table(table);
        let summary = Summary::of(&group, &assignment, movements.len() as u64, allocated.claimed);
        let forced = forced_movements(&group, &assignment);
        let summary = summary.with_forced(forced.len() as u64);
        if !forced.is_empty() {
            movements.extend(forced);
            movements.sort_unstable_by_key(|movement| movement.partition);
        }
        Self::new((group, assignment), (movements, summary), proof, SubscriberIndex::new(network))
    }

    /// What is wrong with the plan, if anything. A plan's invariants:
    ///
    /// - a topic with a subscriber has an owner for each partition, who subscribes to it; other
    ///   topics have none;
    /// - the movements ascend, and each goes from another to the owner;
    /// - the summary is that of the assignment, counted anew.
    ///
    /// Near linear in partitions and members, but for looking subscriptions up.
    fn check(&self) -> Result<(), String> {
        let (mut assigned, mut unowned) = (0, Vec::new());
        for (topic, described) in self.group.topics() {
            let mut owned = 0;
            for (partition, owner) in self.assignment.owners_of(topic).iter() {
                if !self.group.subscribes(owner, topic) {
                    return Err(format!("{partition:?} is with {owner:?}, which does not subscribe to it"));
                }
                owned += 1;
            }
            if owned != 0 && owned != described.partitions() {
                return Err(format!("of {topic:?} {owned} of {} partitions have an owner", described.partitions()));
            }
            assigned += u64::from(owned);
            unowned.extend((owned == 0 && described.partitions() > 0).then_some(topic));
        }
        let subscribed = self.group.subscribed_among(&unowned);
        if !subscribed.is_empty() {
            return Err(format!("{subscribed:?} have subscribers and no owners"));
        }
        if assigned != self.assignment.len() {
            return Err(format!("{} partitions have an owner, {assigned} of topics in the group", self.assignment.len()));
        }
        if !self.movements.is_sorted_by(|one, next| one.partition < next.partition) {
            return Err("movements do not ascend".into());
        }
        for movement in self.movements.iter() {
            let is_owner = self.assignment.owner(movement.partition) == Some(movement.to);
            if !is_owner || movement.from == movement.to {
                return Err(format!("{movement:?} is none of the plan's"));
            }
        }
        let Summary { retained, moved, .. } = self.summary;
        let is_forced = |movement: &&Movement| !self.group.subscribes(movement.from, movement.partition.topic);
        let forced = self.movements.iter().filter(is_forced).count() as u64;
        let counted = Summary::of(&self.group, &self.assignment, self.movements.len() as u64, retained + moved);
        if (Summary { forced, ..counted }) != self.summary {
            return Err(format!("the summary is {:?}, counted {counted:?}", self.summary));
        }
        Ok(())
    }

    /// The group the plan is for.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.group().member_count(), 2);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// Who owns what.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.assignment().len(), 4);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    /// Who owns what, by names: member id → topic → partitions.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.by_name().of_member("c2"), Some([("orders", vec![2, 3])].into()));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn by_name(&self) -> ByName<'_> {
        self.assignment.by_name(&self.group)
    }

    /// The partitions that had an owner before and have another now, ascending. Of those that are
    /// forced the owner before may have left: the group that the plan was made from knows its name.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// use sticky_assignor::{Event, NewMember as Joining};
    /// let next = plan.rebalance(Event::Join(Joining::new("c3", "orders")))?;
    /// assert!(next.movements().iter().all(|movement| Some(movement.to) == next.group().member_id("c3")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// The plan's figures.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!((plan.summary().assigned, plan.summary().min, plan.summary().max), (4, 2, 2));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// The goals it is the best in.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.goals(), sticky_assignor::Goals::default());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn goals(&self) -> Goals {
        self.proof.goals()
    }

    /// What it costs in each of its goals. Linear in partitions where racks or spread is among
    /// them.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// use sticky_assignor::Goal;
    /// assert_eq!(plan.costs().get(Goal::Balance), Some(8)); // 2² + 2²
    /// assert_eq!(plan.costs().get(Goal::Stickiness), Some(4)); // nobody had anything
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn costs(&self) -> Cost {
        Cost::new(self.goals(), |goal| match goal {
            Goal::Balance => self.summary.sum_of_squares.into(),
            Goal::Stickiness => i128::from(self.summary.moved) + i128::from(self.summary.new),
            Goal::Rack => {
                self.assignment.iter().filter(|&(partition, owner)| self.group.is_rack_mismatch(owner, partition)).count() as i128
            }
            Goal::Spread => self.spread(),
        })
    }

    /// The counts that members have of topics, squared and added.
    fn spread(&self) -> i128 {
        let mut counts = vec![0_i128; self.group.all_members().numbers()];
        let (mut sum, mut of_topic) = (0, Vec::new());
        let mut topic = None;
        for (partition, owner) in self.assignment.iter() {
            if topic.replace(partition.topic) != Some(partition.topic) {
                of_topic.drain(..).for_each(|owner: MemberId| counts[owner.index()] = 0);
            }
            // Each owner once: partitions may be many more.
            if counts[owner.index()] == 0 {
                of_topic.push(owner);
            }
            // The k-th costs 2k − 1.
            sum += 2 * counts[owner.index()] + 1;
            counts[owner.index()] += 1;
        }
        sum
    }

    /// Prices under which no plan of this group can be better.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.proof().bound(plan.group()), plan.costs());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The index of who subscribes to what.
    pub(crate) fn subscribers(&self) -> &SubscriberIndex {
        &self.subscribers
    }
}
