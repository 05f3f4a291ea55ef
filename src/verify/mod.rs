//! The judgement of an assignment, whoever made it.

mod cost;
mod verdict;
mod witness;

pub use verdict::{ProofStanding, Verdict, Violation};

use std::collections::{BTreeMap, BTreeSet};

use crate::balance::balance;
use crate::model::{Assignment, Goal, Group, MemberId, NO_OWNER, Name, OwnerTable, Slots, Topic, TopicId, TopicPartition};
use crate::proof::{Audit, Cost, Proof};
use crate::verify::cost::Figures;
use crate::verify::witness::witness;

/// An assignment as some client gave it: member id → topic → partitions. Nothing about it need be
/// true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenAssignment(pub BTreeMap<String, BTreeMap<String, Vec<i64>>>);

/// Judges an assignment of this group: is it valid, balanced, sticky; and if it falls short, what
/// would improve it.
///
/// The assignment is one of this group, or of one that it came from (see [`MemberId`]); one with
/// names is for [`verify_given`]. A member or a topic that is gone is told once, as there; what has
/// no name any more is called by its number: `#2`.
///
/// The solver only proposes prices. What decides is the bound they give, evaluated on its own.
/// Costs a [`balance`] and the bound.
#[must_use]
pub fn verify(group: &Group, assignment: &Assignment) -> Verdict {
    let mut reading = Reading::of(group);
    for (partition, owner) in assignment.iter() {
        reading.take(partition, owner);
    }
    reading.verdict(None)
}

/// Judges an assignment that came from any client, with the proof that came with it, if one did.
#[must_use]
pub fn verify_given(group: &Group, given: &GivenAssignment, proof: Option<&Proof>) -> Verdict {
    let mut reading = Reading::of(group);
    for (member, topics) in &given.0 {
        match group.member_id(member) {
            None => reading.violations.push(Violation::UnknownMember { member: member.as_str().into() }),
            Some(id) => topics.iter().for_each(|(topic, partitions)| reading.take_topic(id, topic, partitions)),
        }
    }
    reading.verdict(proof)
}

/// What of an assignment can be believed, and what cannot.
struct Reading<'g> {
    group: &'g Group,
    slots: Slots,
    /// The first owner read of each slot.
    owners: Vec<u32>,
    violations: Vec<Violation>,
    /// The members that are not there, and the topics that members have and that are not there:
    /// told once each.
    unknown: BTreeSet<(MemberId, Option<TopicId>)>,
}

impl<'g> Reading<'g> {
    fn of(group: &'g Group) -> Self {
        let slots = Slots::of_topics(group.all_topics());
        Self { group, owners: vec![NO_OWNER; slots.len()], slots, violations: Vec::new(), unknown: BTreeSet::new() }
    }

    fn take_topic(&mut self, member: MemberId, topic: &str, partitions: &[i64]) {
        let Some(id) = self.group.topic_id(topic) else {
            return self.violations.push(Violation::UnknownTopic { topic: topic.into(), member: self.member_name(member) });
        };
        for &partition in partitions {
            let known = u32::try_from(partition).map(|partition| TopicPartition { topic: id, partition });
            match known.ok().filter(|&known| self.group.has_partition(known)) {
                Some(known) => self.take(known, member),
                None => {
                    let member = self.member_name(member);
                    let topic = self.group.topic(id).name().clone();
                    self.violations.push(Violation::UnknownPartition { topic, partition, member });
                }
            }
        }
    }

    fn take(&mut self, partition: TopicPartition, member: MemberId) {
        if self.group.member(member).is_none() {
            let violation = Violation::UnknownMember { member: self.member_name(member) };
            return self.complain_once(member, None, violation);
        }
        let Some(slot) = self.slots.slot(partition) else { return self.take_unknown(partition, member) };
        if !self.group.subscribes(member, partition.topic) {
            self.complain(partition, member, |topic, partition, member| Violation::NotSubscribed { topic, partition, member });
        }
        match self.owners[slot as usize] {
            NO_OWNER => self.owners[slot as usize] = member.raw(),
            first => {
                let first = self.member_name(MemberId::from_raw(first));
                self.complain(partition, member, |topic, partition, member| Violation::Duplicate {
                    topic,
                    partition,
                    member,
                    first: first.clone(),
                });
            }
        }
    }

    /// Takes a partition that does not exist.
    fn take_unknown(&mut self, partition: TopicPartition, member: MemberId) {
        if self.group.known_topic(partition.topic).is_some_and(Topic::exists) {
            return self.complain(partition, member, |topic, partition, member| Violation::UnknownPartition { topic, partition, member });
        }
        let violation = Violation::UnknownTopic { topic: self.topic_name(partition), member: self.member_name(member) };
        self.complain_once(member, Some(partition.topic), violation);
    }

    fn complain_once(&mut self, member: MemberId, topic: Option<TopicId>, violation: Violation) {
        if self.unknown.insert((member, topic)) {
            self.violations.push(violation);
        }
    }

    fn complain(&mut self, partition: TopicPartition, member: MemberId, violation: impl Fn(Name, i64, Name) -> Violation) {
        self.violations.push(violation(self.topic_name(partition), partition.partition.into(), self.member_name(member)));
    }

    fn member_name(&self, member: MemberId) -> Name {
        self.group.member(member).map_or_else(|| format!("#{}", member.index()).into(), |member| member.id().clone())
    }

    fn topic_name(&self, partition: TopicPartition) -> Name {
        let known = self.group.known_topic(partition.topic);
        known.map_or_else(|| format!("#{}", partition.topic.index()).into(), |topic| topic.name().clone())
    }

    fn verdict(mut self, proof: Option<&Proof>) -> Verdict {
        let audit = Audit::of(self.group);
        self.find_unassigned(&audit);
        let (group, valid) = (self.group, self.violations.is_empty());
        let plan = balance(group);
        let goals = plan.proof().goals();
        let figures = Figures::of(goals, &audit, &self.owners);
        let least = plan.proof().bound_of(&audit);
        let assignment = Assignment::from_table(OwnerTable::of_numbers(self.slots, self.owners, group.all_members().numbers()));
        let meets = |bound: Cost| valid && figures.cost == bound;
        let of_least = |goal| u64::try_from(least.get(goal).unwrap_or(0)).unwrap_or(0);
        Verdict {
            balanced: valid && figures.cost.get(Goal::Balance) == least.get(Goal::Balance),
            sum_of_squares: figures.sum_of_squares,
            optimal_sum_of_squares: of_least(Goal::Balance),
            retained: figures.retained,
            optimal_retained: audit.partitions() - of_least(Goal::Stickiness),
            witness: if valid && !meets(least) { witness(&audit, &assignment, &plan) } else { Vec::new() },
            proof: match proof.map(|proof| meets(proof.bound_of(&audit))) {
                None => ProofStanding::Absent,
                Some(true) => ProofStanding::Holds,
                Some(false) => ProofStanding::Short,
            },
            violations: self.violations,
        }
    }

    fn find_unassigned(&mut self, audit: &Audit<'_>) {
        for topic in audit.topics() {
            let missing = || self.slots.of(topic).enumerate().filter(|(_, slot)| self.owners[*slot as usize] == NO_OWNER);
            // Where nothing is given to anybody there are millions: a list that grew by doubling
            // would take twice the room.
            self.violations.reserve(missing().count());
            self.violations.extend(missing().map(|(partition, _)| Violation::Unassigned {
                topic: self.group.topic(topic).name().clone(),
                partition: partition as i64,
            }));
        }
    }
}
