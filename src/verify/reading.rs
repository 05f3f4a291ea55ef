//! An assignment read against its group: who owns what, what makes it invalid, and what it costs in
//! each goal, counted partition by partition.

use std::collections::BTreeMap;

use super::verdict::{Violation, Violations};
use crate::model::{Assignment, Goal, Goals, Group, MemberId, NO_OWNER, Name, Slots, Topic, TopicId, TopicPartition};
use crate::proof::{Audit, Cost, Mismatches, SubscriptionCursor};

/// An assignment as some client gave it: member id → topic → partitions. Nothing about it need be
/// true.
///
/// ```
/// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
/// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
/// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// # let plan = balance(&group);
/// use sticky_assignor::{GivenAssignment, verify_given};
/// let mut given = GivenAssignment::default();
/// given.0.entry("c1".into()).or_default().insert("orders".into(), vec![0, 1, 2, 9]);
/// let kinds = verify_given(&group, &given, None).violations.iter().count();
/// assert_eq!(kinds, 2, "3 has no owner, and there is no 9");
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenAssignment(pub BTreeMap<String, BTreeMap<String, Vec<i64>>>);

/// What an assignment says of its group's partitions.
pub(super) struct Reading {
    /// The first owner read of each slot, or [`NO_OWNER`].
    pub(super) owners: Vec<u32>,
    pub(super) violations: Violations,
}

impl Reading {
    /// An assignment of this group, or of one it came from: members and topics may be gone.
    pub(super) fn of(audit: &Audit<'_>, assignment: &Assignment) -> Self {
        let mut reader = AssignmentReader::new(audit);
        let holding = (0..).zip(assignment.loads()).filter(|(_, load)| *load > 0);
        let given_again = audit.group().given_again_since(assignment);
        for member in holding.map(|(number, _)| MemberId::from_raw(number)) {
            if given_again.binary_search(&member).is_ok() {
                reader.violations.push(Violation::UnknownMember { member: numbered(member) });
                continue;
            }
            let partitions: Vec<TopicPartition> = assignment.partitions_of(member).collect();
            reader.read_member(member, &partitions);
        }
        reader.finish()
    }

    /// An assignment by names, none of which need be one of the group's.
    pub(super) fn of_given(audit: &Audit<'_>, given: &GivenAssignment) -> Self {
        let mut reader = AssignmentReader::new(audit);
        for (member, topics) in &given.0 {
            match audit.group().member_id(member) {
                None => reader.violations.push(Violation::UnknownMember { member: member.as_str().into() }),
                Some(id) => reader.read_names(id, topics.iter().map(|(topic, partitions)| (topic.as_str(), &**partitions))),
            }
        }
        reader.finish()
    }
}

struct AssignmentReader<'a> {
    audit: &'a Audit<'a>,
    group: &'a Group,
    slots: &'a Slots,
    owners: Vec<u32>,
    violations: Violations,
}

impl<'a> AssignmentReader<'a> {
    fn new(audit: &'a Audit<'a>) -> Self {
        let slots = audit.slots();
        Self { audit, group: audit.group(), slots, owners: vec![NO_OWNER; slots.len()], violations: Violations::default() }
    }

    fn finish(mut self) -> Reading {
        for topic in self.audit.topics() {
            let name = self.group.all_topics().get(topic).name();
            for (partition, slot) in self.slots.of(topic).enumerate() {
                if self.owners[slot as usize] == NO_OWNER {
                    self.violations.push(Violation::Unassigned { topic: name.clone(), partition: partition as i64 });
                }
            }
        }
        Reading { owners: self.owners, violations: self.violations }
    }

    /// Reads what a member has: partitions that ascend.
    fn read_member(&mut self, member: MemberId, partitions: &[TopicPartition]) {
        if self.group.member(member).is_none() {
            return self.violations.push(Violation::UnknownMember { member: member_name(self.group, member) });
        }
        let mut subscription = SubscriptionCursor::of(self.group, member);
        for of_topic in partitions.chunk_by(|one, next| one.topic == next.topic) {
            let topic = of_topic[0].topic;
            match self.group.topic(topic).is_some_and(Topic::exists) {
                true => {
                    let subscribes = subscription.includes(topic);
                    let numbers = of_topic.iter().map(|partition| i64::from(partition.partition));
                    self.read_topic(member, topic, subscribes, numbers);
                }
                false => self
                    .violations
                    .push(Violation::UnknownTopic { topic: topic_name(self.group, topic), member: member_name(self.group, member) }),
            }
        }
    }

    /// Reads what a member has by the names of topics, which ascend.
    fn read_names<'t>(&mut self, member: MemberId, topics: impl Iterator<Item = (&'t str, &'t [i64])>) {
        let mut subscription = SubscriptionCursor::of(self.group, member);
        let mut next = 0;
        for (name, partitions) in topics {
            // Lists come in the order of names, as the numbers of topics do unless some came later.
            let expected = self.group.topic(TopicId::from_index(next)).filter(|topic| topic.exists() && **topic.name() == *name);
            let found = expected.map(|_| TopicId::from_index(next)).or_else(|| self.group.topic_id(name));
            match found {
                None => self.violations.push(Violation::UnknownTopic { topic: name.into(), member: member_name(self.group, member) }),
                Some(topic) => {
                    if topic.index() < next {
                        subscription = SubscriptionCursor::of(self.group, member);
                    }
                    next = topic.index() + 1;
                    let subscribes = subscription.includes(topic);
                    self.read_topic(member, topic, subscribes, partitions.iter().copied());
                }
            }
        }
    }

    fn read_topic(&mut self, member: MemberId, topic: TopicId, subscribes: bool, partitions: impl Iterator<Item = i64>) {
        let group = self.group;
        let slots = self.slots.of(topic);
        for partition in partitions {
            let slot = usize::try_from(partition).ok().filter(|&place| place < slots.len()).map(|place| slots.start as usize + place);
            let names = || (group.all_topics().get(topic).name().clone(), member_name(group, member));
            let Some(slot) = slot else {
                let (topic, member) = names();
                self.violations.push(Violation::UnknownPartition { topic, partition, member });
                continue;
            };
            if !subscribes {
                let (topic, member) = names();
                self.violations.push(Violation::NotSubscribed { topic, partition, member });
            }
            match self.owners[slot] {
                NO_OWNER => self.owners[slot] = member.raw(),
                first => {
                    let first = member_name(group, MemberId::from_raw(first));
                    let (topic, member) = names();
                    self.violations.push(Violation::Duplicate { topic, partition, member, first });
                }
            }
        }
    }
}

/// The id of a member; of one that is gone its number: `#2`.
fn member_name(group: &Group, member: MemberId) -> Name {
    group.member(member).map_or_else(|| numbered(member), |member| member.id().clone())
}

fn numbered(member: MemberId) -> Name {
    format!("#{}", member.index()).into()
}

/// The name of a topic; of one that the group does not know its number.
fn topic_name(group: &Group, topic: TopicId) -> Name {
    group.topic(topic).map_or_else(|| format!("#{}", topic.index()).into(), |topic| topic.name().clone())
}

/// The figures of an assignment that has an owner from the group for each slot, or [`NO_OWNER`].
pub(super) struct AssignmentFigures {
    /// The loads of all members, squared and added.
    pub(super) sum_of_squares: u64,
    /// Partitions that stay with the owner their claims name.
    pub(super) retained: u64,
    /// What it costs, where it is valid.
    pub(super) cost: Cost,
}

impl AssignmentFigures {
    /// Linear in partitions and members.
    pub(super) fn of(goals: Goals, audit: &Audit<'_>, owners: &[u32]) -> Self {
        let count = Count { audit, owners, tally: vec![0; audit.group().all_members().numbers()] };
        let (sum_of_squares, retained) = (count.sum_of_squares(), count.retained());
        let cost = Cost::new(goals, |goal| match goal {
            Goal::Balance => sum_of_squares.into(),
            Goal::Rack => count.mismatched().into(),
            Goal::Stickiness => i128::from(audit.partitions()) - i128::from(retained),
            Goal::Spread => count.sum_of_topic_squares().into(),
        });
        Self { sum_of_squares, retained, cost }
    }
}

/// Owners to be counted.
struct Count<'a> {
    audit: &'a Audit<'a>,
    owners: &'a [u32],
    /// Nothing for each member.
    tally: Vec<u32>,
}

impl<'a> Count<'a> {
    fn topics(&self) -> impl Iterator<Item = (TopicId, &'a [u32])> + '_ {
        self.audit.topics().map(|topic| {
            let slots = self.audit.slots().of(topic);
            (topic, &self.owners[slots.start as usize..slots.end as usize])
        })
    }

    fn sum_of_squares(&self) -> u64 {
        let mut loads = self.tally.clone();
        self.owners.iter().filter(|owner| **owner != NO_OWNER).for_each(|&owner| loads[owner as usize] += 1);
        loads.into_iter().map(|load| u64::from(load) * u64::from(load)).sum()
    }

    fn retained(&self) -> u64 {
        let stays = |&(owner, claimant): &(&u32, &u32)| owner == claimant && *owner != NO_OWNER;
        let of_topic =
            |(topic, owners): (TopicId, &'a [u32])| owners.iter().zip(self.audit.claimants_of(topic)).filter(stays).count() as u64;
        self.topics().map(of_topic).sum()
    }

    /// How many partitions are with an owner whose rack has none of their replicas.
    fn mismatched(&self) -> u64 {
        let mismatches = Mismatches::of(self.audit.group());
        let of_topic = |(topic, owners): (TopicId, &[u32])| match self.audit.group().all_topics().get(topic).racks() {
            None => 0,
            Some(racks) => {
                let owned = owners.iter().zip(racks.iter()).filter(|(owner, _)| **owner != NO_OWNER);
                owned.filter(|(owner, replicas)| mismatches.is_outside(**owner, replicas)).count() as u64
            }
        };
        self.topics().map(of_topic).sum()
    }

    /// The partitions that each member has of each topic, squared and added.
    fn sum_of_topic_squares(&self) -> u64 {
        let mut counts = self.tally.clone();
        let mut of_topic = |owners: &[u32]| {
            let owned = || owners.iter().filter(|owner| **owner != NO_OWNER).map(|&owner| owner as usize);
            owned().for_each(|owner| counts[owner] += 1);
            // A member's count is squared where it is met first.
            owned().map(|owner| std::mem::take(&mut counts[owner])).map(|count| u64::from(count) * u64::from(count)).sum::<u64>()
        };
        self.topics().map(|(_, owners)| of_topic(owners)).sum()
    }
}
