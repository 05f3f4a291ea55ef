//! The judgement of an assignment, whoever made it.

mod verdict;
mod witness;

pub use verdict::{ProofStanding, Verdict, Violation};

use std::collections::{BTreeMap, BTreeSet};

use crate::balance::balance;
use crate::model::{Assignment, Group, MemberId, NO_OWNER, Name, Sheet, Slots, Topic, TopicId, TopicPartition};
use crate::proof::audit::Believed;
use crate::proof::{Bound, Proof};
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
        let believed = Believed::of(self.group);
        self.find_unassigned(&believed);
        let (group, valid) = (self.group, self.violations.is_empty());
        let assignment = Assignment::from_sheet(Sheet::new(self.slots, self.owners, group.all_members().numbers()));
        let cost = Cost::of(group, &believed, &assignment);
        let plan = balance(group);
        let best = plan.proof().bound_of(group, &believed);
        let total = believed.partitions();
        let meets = |bound: Bound| valid && cost.bound(total) == bound;
        Verdict {
            balanced: valid && cost.bound(total).sum_of_squares == best.sum_of_squares,
            sum_of_squares: cost.sum_of_squares,
            optimal_sum_of_squares: u64::try_from(best.sum_of_squares).unwrap_or(0),
            retained: cost.retained,
            optimal_retained: u64::try_from(i128::from(total) - best.moves).unwrap_or(0),
            witness: if valid && !meets(best) { witness(&believed, &assignment, &plan) } else { Vec::new() },
            proof: match proof.map(|proof| meets(proof.bound_of(group, &believed))) {
                None => ProofStanding::Absent,
                Some(true) => ProofStanding::Holds,
                Some(false) => ProofStanding::Short,
            },
            violations: self.violations,
        }
    }

    fn find_unassigned(&mut self, believed: &Believed) {
        for (topic, _) in believed.topics() {
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

/// What an assignment costs.
struct Cost {
    sum_of_squares: u64,
    retained: u64,
}

impl Cost {
    fn of(group: &Group, believed: &Believed, assignment: &Assignment) -> Self {
        let loads = group.members().map(|(member, _)| u64::from(assignment.load(member)));
        let stays = |&(partition, owner): &(TopicPartition, MemberId)| believed.claimant(partition) == Some(owner);
        Self { sum_of_squares: loads.map(|load| load * load).sum(), retained: assignment.iter().filter(stays).count() as u64 }
    }

    fn bound(&self, partitions: u64) -> Bound {
        Bound { sum_of_squares: self.sum_of_squares.into(), moves: i128::from(partitions) - i128::from(self.retained) }
    }
}
