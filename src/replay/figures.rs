//! What a rebalance comes to, and many together; how unevenly it spreads single topics, and what
//! the best would have been.

use std::collections::BTreeMap;

use serde::Serialize;

use super::log::EventLog;
use super::window::RebalanceWindow;
use crate::balance::claims::claimed_owners;
use crate::model::{Assignment, ChangeError, Claims, Goals, Group, MemberId, Subscribed, TopicId, TopicPartition, Transfer};
use crate::plan::{Plan, Summary};

/// The figures of one rebalance: `partitions` = `retained` + `moved` + `new`.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::replay::Figures;
/// let figures = Figures::of(&plan);
/// assert_eq!((figures.members, figures.new, figures.imbalance()), (2, 4, 0));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Figures {
    /// Members of the group.
    pub members: usize,
    /// Partitions of topics that somebody subscribes to; each has an owner.
    pub partitions: u64,
    /// Partitions whose owner is the one before.
    pub retained: u64,
    /// Partitions whose owner is another than the one before, also where that one left.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic: they had to move.
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

impl Figures {
    /// The figures of a plan, measured from the claims of its group.
    ///
    /// O(what changed) where the claims are the assignment before and share their table with the
    /// plan's. Else linear in claims, partitions, members and different subscriptions.
    pub fn of(plan: &Plan) -> Self {
        let before = match plan.group().claims() {
            Claims::Previous(before) => before,
            Claims::Stated(_) => &plan.claimed_owners(),
        };
        Self::after(plan, before.differences(plan.assignment()))
    }

    /// The figures of a plan in which these partitions have another owner than the one that claims
    /// them.
    pub(super) fn after(plan: &Plan, changed: impl Iterator<Item = Transfer>) -> Self {
        Self::new(plan.group(), plan.assignment(), Loads::from(plan.summary()), MoveCounts::of(plan.group(), changed))
    }

    /// The figures of an assignment, whoever made it, measured from the claims of the group.
    ///
    /// The assignment is one of this group, or of one that it came from (see [`MemberId`]).
    ///
    /// O(members + what changed), where [`of`](Self::of) is O(what changed); else as that.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// use sticky_assignor::{Strategy, replay::Figures};
    /// let figures = Figures::measure(&group, &Strategy::Range.assign(&group));
    /// assert_eq!((figures.partitions, figures.min, figures.max), (4, 2, 2));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn measure(group: &Group, assignment: &Assignment) -> Self {
        let before = match group.claims() {
            Claims::Previous(before) => before,
            Claims::Stated(_) => &claimed_owners(group),
        };
        let moves = MoveCounts::of(group, before.differences(assignment));
        Self::new(group, assignment, Loads::of(group, assignment), moves)
    }

    fn new(group: &Group, assignment: &Assignment, loads: Loads, moves: MoveCounts) -> Self {
        let (partitions, MoveCounts { moved, forced, new }) = (assignment.len(), moves);
        Self {
            members: group.member_count(),
            partitions,
            retained: partitions - moved - new,
            moved,
            forced,
            new,
            min: loads.min,
            max: loads.max,
            sum_of_squares: loads.sum_of_squares,
        }
    }

    /// The figures as the summary of a plan of this group.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// use sticky_assignor::replay::Figures;
    /// assert_eq!(Figures::of(&plan).summary(&group), plan.summary());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn summary(&self, group: &Group) -> Summary {
        let Self { partitions: assigned, retained, moved, forced, new, min, max, sum_of_squares, .. } = *self;
        let partitions = group.partition_count();
        Summary { partitions, assigned, unassigned: partitions - assigned, retained, moved, forced, new, min, max, sum_of_squares }
    }

    /// How far apart the loads of two members are at most: `max` − `min`.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// use sticky_assignor::{Goals, replay::Figures};
    /// let sticky: Goals = "stickiness".parse()?;
    /// assert!(Figures::of(&sticky.balance(&group)).imbalance() <= 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn imbalance(&self) -> u32 {
        self.max - self.min
    }

    /// Partitions that a member which stays gives to another: in cooperative mode (KIP-429) they
    /// cost a second round, because they can be given only when they were revoked.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// use sticky_assignor::{Event, NewMember as Joining, replay::Figures};
    /// let next = plan.rebalance(Event::Join(Joining::new("c3", "orders")))?;
    /// assert_eq!(Figures::of(&next).second_round(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn second_round(&self) -> u64 {
        self.moved - self.forced
    }
}

/// How even the loads are.
#[derive(Clone, Copy)]
struct Loads {
    min: u32,
    max: u32,
    sum_of_squares: u64,
}

impl Loads {
    fn of(group: &Group, assignment: &Assignment) -> Self {
        let loads = || group.members().map(|(member, _)| assignment.load(member));
        let sum_of_squares = loads().map(|load| u64::from(load).pow(2)).sum();
        Self { min: loads().min().unwrap_or(0), max: loads().max().unwrap_or(0), sum_of_squares }
    }
}

impl From<Summary> for Loads {
    fn from(summary: Summary) -> Self {
        Self { min: summary.min, max: summary.max, sum_of_squares: summary.sum_of_squares }
    }
}

/// How many partitions changed hands.
#[derive(Clone, Copy, Default)]
struct MoveCounts {
    moved: u64,
    forced: u64,
    new: u64,
}

impl MoveCounts {
    fn of(group: &Group, changed: impl Iterator<Item = Transfer>) -> Self {
        let mut moves = Self::default();
        for transfer in changed.filter(|transfer| transfer.to.is_some()) {
            match transfer.from {
                None => moves.new += 1,
                Some(owner) => {
                    moves.moved += 1;
                    moves.forced += u64::from(!group.subscribes(owner, transfer.partition.topic));
                }
            }
        }
        moves
    }
}

/// How many partitions have an owner in a rack that none of the replicas is in (KIP-881).
///
/// Linear in members, and in partitions with their replicas where racks are known.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::replay::rack_mismatches;
/// assert_eq!(rack_mismatches(&group, plan.assignment()), 0); // no racks are known
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
pub fn rack_mismatches(group: &Group, assignment: &Assignment) -> u64 {
    let known = group.topics().filter(|(_, topic)| topic.racks().is_some());
    let owned = known.flat_map(|(topic, of)| (0..of.partitions()).map(move |partition| TopicPartition { topic, partition }));
    owned.filter(|&partition| assignment.owner(partition).is_some_and(|owner| group.is_rack_mismatch(owner, partition))).count() as u64
}

/// The most partitions of one topic that a subscriber has more than another subscriber of it.
///
/// O(partitions log partitions + members × the topics of one).
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
/// # let orders = group.topic_id("orders").expect("a topic");
/// use sticky_assignor::{Assignment, TopicPartition, replay::topic_skew};
/// let one: Assignment = (0..3).map(|partition| (TopicPartition::new(orders, partition), c1)).collect();
/// assert_eq!((topic_skew(&group, plan.assignment()), topic_skew(&group, &one)), (0, 3));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
pub fn topic_skew(group: &Group, assignment: &Assignment) -> u32 {
    topic_shares(group, assignment).iter().map(TopicShares::skew).max().unwrap_or(0)
}

/// How a topic is shared out among its subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicShares {
    /// The topic.
    pub topic: TopicId,
    /// How many members subscribe to it.
    pub subscribers: usize,
    /// The most partitions of it that a subscriber has.
    pub most: u32,
    /// The least.
    pub least: u32,
}

impl TopicShares {
    /// How many partitions of the topic a subscriber has more than another, at most.
    pub fn skew(&self) -> u32 {
        self.most - self.least
    }
}

/// How each topic is shared out, in the order of topics.
///
/// O(partitions log partitions + members × the topics of one).
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::replay::topic_shares;
/// let share = topic_shares(&group, plan.assignment())[0];
/// assert_eq!((share.subscribers, share.most, share.least, share.skew()), (2, 2, 2, 0));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
pub fn topic_shares(group: &Group, assignment: &Assignment) -> Vec<TopicShares> {
    let held = held(assignment);
    let shares = |(topic, subscribers): (TopicId, usize)| {
        let shares = || held.range((topic, MemberId::from_raw(0))..=(topic, MemberId::from_raw(u32::MAX))).map(|(_, &count)| count);
        let least = if shares().count() >= subscribers { shares().min() } else { None };
        TopicShares { topic, subscribers, most: shares().max().unwrap_or(0), least: least.unwrap_or(0) }
    };
    subscriber_counts(group).map(shares).collect()
}

/// How many members subscribe to each topic, in the order of topics.
pub(crate) fn subscriber_counts(group: &Group) -> impl Iterator<Item = (TopicId, usize)> {
    let mut alike: BTreeMap<&Subscribed, usize> = BTreeMap::new();
    for (member, _) in group.members() {
        *alike.entry(group.all_members().subscribed(member)).or_insert(0) += 1;
    }
    let (mut every, mut named) = (0, BTreeMap::new());
    for (subscribed, members) in alike {
        match subscribed {
            Subscribed::Every => every += members,
            Subscribed::These(topics) => topics.iter().for_each(|&topic| *named.entry(topic).or_insert(0) += members),
        }
    }
    group.topics().map(move |(topic, _)| (topic, every + named.get(&topic).copied().unwrap_or(0)))
}

/// How many partitions of each topic its owners have.
fn held(assignment: &Assignment) -> BTreeMap<(TopicId, MemberId), u32> {
    let mut held = BTreeMap::new();
    for (partition, owner) in assignment.iter() {
        *held.entry((partition.topic, owner)).or_insert(0) += 1;
    }
    held
}

/// The figures of rebalances 1 to N, added up; that of the group itself, rebalance 0, is not one
/// of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// How many rebalances.
    pub rebalances: u64,
    /// Partitions given out, over all of them.
    pub assigned: u64,
    /// Partitions whose owner stayed.
    pub retained: u64,
    /// Partitions that moved.
    pub moved: u64,
    /// Those of them whose owner left or gave up the topic.
    pub forced: u64,
    /// Partitions that had no owner before.
    pub new: u64,
    /// The farthest that loads were ever apart, and where.
    pub worst: Worst,
}

/// The farthest that the loads of two members were ever apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Worst {
    /// The most partitions of a member less the least.
    pub imbalance: u32,
    /// The number of the first rebalance that left them so; 0 if none left them apart.
    pub rebalance: u64,
}

impl Totals {
    /// Partitions that cost a second round in cooperative mode.
    pub fn second_round(&self) -> u64 {
        self.moved - self.forced
    }

    /// These totals and one more rebalance.
    fn with(self, figures: Figures) -> Self {
        let worst = match figures.imbalance() > self.worst.imbalance {
            true => Worst { imbalance: figures.imbalance(), rebalance: self.rebalances + 1 },
            false => self.worst,
        };
        Self {
            rebalances: self.rebalances + 1,
            assigned: self.assigned + figures.partitions,
            retained: self.retained + figures.retained,
            moved: self.moved + figures.moved,
            forced: self.forced + figures.forced,
            new: self.new + figures.new,
            worst,
        }
    }
}

impl FromIterator<Figures> for Totals {
    fn from_iter<I: IntoIterator<Item = Figures>>(figures: I) -> Self {
        figures.into_iter().fold(Self::default(), Self::with)
    }
}

/// A rebalance under any assignor, beside the best there could have been for those subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Its figures, measured from that assignor's own assignment before.
    pub figures: Figures,
    /// The least sum of squared loads that any assignment of the group has.
    pub best_sum_of_squares: u64,
    /// The most partitions of one topic that a subscriber has more than another subscriber of it.
    pub topic_skew: u32,
    /// Partitions whose owner is in a rack that no replica is in (KIP-881).
    pub rack_mismatches: u64,
}

impl Outcome {
    /// How far the loads are from the most even ones, in sums of squares.
    pub fn excess(&self) -> u64 {
        self.figures.sum_of_squares.saturating_sub(self.best_sum_of_squares)
    }
}

/// The outcomes of rebalances 1 to N, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutcomeTotals {
    /// The sums of the figures.
    pub totals: Totals,
    /// Rebalances that left the loads less even than possible.
    pub uneven: u64,
    /// The farthest from the most even loads, in sums of squares.
    pub worst_excess: u64,
    /// The widest skew within a topic.
    pub worst_topic_skew: u32,
    /// Partitions whose owner was in a rack that no replica was in, summed over the rebalances.
    pub rack_mismatches: u64,
}

impl FromIterator<Outcome> for OutcomeTotals {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        outcomes.into_iter().fold(Self::default(), Self::with)
    }
}

impl OutcomeTotals {
    fn with(self, outcome: Outcome) -> Self {
        Self {
            totals: self.totals.with(outcome.figures),
            uneven: self.uneven + u64::from(outcome.excess() > 0),
            worst_excess: self.worst_excess.max(outcome.excess()),
            worst_topic_skew: self.worst_topic_skew.max(outcome.topic_skew),
            rack_mismatches: self.rack_mismatches.saturating_add(outcome.rack_mismatches),
        }
    }
}

/// The totals of a log whose events are gathered this way; what [`History`](super::History) would
/// say, without keeping one.
///
/// # Errors
///
/// None for a log that was checked.
///
/// ```
/// # #[cfg(feature = "json")] {
/// # use sticky_assignor::replay::{EventLog, Faults, RebalanceWindow, totals};
/// # use sticky_assignor::Goals;
/// let text = br#"{"topics": {"orders": 4}, "members": [{"id": "c1", "topics": "*"}, {"id": "c2", "topics": "*"}]}
/// {"at": 0, "leave": "c1"}
/// {"at": 5, "join": {"id": "c3", "topics": "*"}}"#;
/// let log = EventLog::from_json_lines(text, Faults::Refuse, 1_000)?;
/// let at_once = RebalanceWindow { length: Some(10.into()), ..RebalanceWindow::default() };
/// let moved = |window| totals(&log, window, Goals::BALANCE_STICKINESS).map(|totals| totals.moved);
/// assert_eq!((moved(RebalanceWindow::default())?, moved(at_once)?), (4, 2));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn totals(log: &EventLog, window: RebalanceWindow, goals: Goals) -> Result<Totals, ChangeError> {
    let mut plan = goals.balance(&log.group);
    let mut totals = Totals::default();
    for batch in window.batches(log) {
        plan = plan.rebalance(&batch.change)?;
        totals = totals.with(Figures::of(&plan));
    }
    Ok(totals)
}
