//! The judgement of an assignment, whoever made it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::believed::Believed;
use super::proof::{Bound, Proof};
use super::verdict::{ProofStanding, Verdict, Violation};
use super::witness::witness;
use super::{Plan, balance};
use crate::model::{Assignment, Group, MemberId, Movement, TopicPartition};

/// An assignment as some client gave it: member id → topic → partitions. Nothing about it need be true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenAssignment(pub BTreeMap<String, BTreeMap<String, Vec<i64>>>);

/// Judges an assignment of this group: is it valid, balanced, sticky; and if it falls short, what would improve it.
///
/// The solver only proposes prices. What decides is the bound they give, evaluated on its own. Costs a [`balance`] and the bound.
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
            None => reading.violations.push(Violation::UnknownMember { member: member.clone() }),
            Some(id) => topics.iter().for_each(|(topic, partitions)| reading.take_topic(id, topic, partitions)),
        }
    }
    reading.verdict(proof)
}

/// What of an assignment can be believed, and what cannot.
struct Reading<'g> {
    group: &'g Group,
    assignment: BTreeMap<TopicPartition, MemberId>,
    violations: Vec<Violation>,
}

impl<'g> Reading<'g> {
    fn of(group: &'g Group) -> Self {
        Self { group, assignment: BTreeMap::new(), violations: Vec::new() }
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
                    self.violations.push(Violation::UnknownPartition { topic: topic.into(), partition, member });
                }
            }
        }
    }

    fn take(&mut self, partition: TopicPartition, member: MemberId) {
        let (topic, number, name) = (self.topic_name(partition), i64::from(partition.partition), self.member_name(member));
        if self.group.member(member).is_none() {
            self.violations.push(Violation::UnknownMember { member: name });
        } else if !self.group.has_partition(partition) {
            self.violations.push(Violation::UnknownPartition { topic, partition: number, member: name });
        } else {
            if !self.group.subscribes(member, partition.topic) {
                let (topic, member) = (topic.clone(), name.clone());
                self.violations.push(Violation::NotSubscribed { topic, partition: number, member });
            }
            match self.assignment.entry(partition) {
                Entry::Vacant(free) => drop(free.insert(member)),
                Entry::Occupied(_) => self.violations.push(Violation::Duplicate { topic, partition: number, member: name }),
            }
        }
    }

    fn member_name(&self, member: MemberId) -> String {
        self.group.member(member).map_or_else(|| format!("#{}", member.index()), |member| member.id().to_string())
    }

    fn topic_name(&self, partition: TopicPartition) -> String {
        match partition.topic.index() < self.group.all_topics().len() {
            true => self.group.topic(partition.topic).name().to_string(),
            false => format!("#{}", partition.topic.index()),
        }
    }

    fn verdict(mut self, proof: Option<&Proof>) -> Verdict {
        let believed = Believed::of(self.group);
        self.find_unassigned(&believed);
        let cost = Cost::of(self.group, &believed, &self.assignment);
        let plan = balance(self.group);
        let best = plan.proof().bound(self.group);
        let total = believed.partitions();
        let valid = self.violations.is_empty();
        let balanced = valid && cost.bound(total).sum_of_squares == best.sum_of_squares;
        let meets = |bound: Bound| valid && cost.bound(total) == bound;
        Verdict {
            balanced,
            sum_of_squares: cost.sum_of_squares,
            optimal_sum_of_squares: u64::try_from(best.sum_of_squares).unwrap_or(0),
            retained: cost.retained,
            optimal_retained: u64::try_from(i128::from(total) - best.moves).unwrap_or(0),
            witness: if valid && !meets(best) { self.witness(&believed, &plan) } else { Vec::new() },
            proof: match proof.map(|proof| meets(proof.bound(self.group))) {
                None => ProofStanding::Absent,
                Some(true) => ProofStanding::Holds,
                Some(false) => ProofStanding::Short,
            },
            violations: self.violations,
        }
    }

    fn find_unassigned(&mut self, believed: &Believed) {
        for &topic in believed.topics.keys() {
            let partitions = (0..self.group.topic(topic).partitions()).map(|partition| TopicPartition { topic, partition });
            for partition in partitions.filter(|partition| !self.assignment.contains_key(partition)) {
                let topic = self.group.topic(topic).name().to_string();
                self.violations.push(Violation::Unassigned { topic, partition: i64::from(partition.partition) });
            }
        }
    }

    fn witness(&self, believed: &Believed, plan: &Plan) -> Vec<Movement> {
        let assignment = self.assignment.iter().map(|(&partition, &member)| (partition, member)).collect();
        witness(self.group, believed, &assignment, plan)
    }
}

/// What an assignment costs.
struct Cost {
    sum_of_squares: u64,
    retained: u64,
}

impl Cost {
    fn of(group: &Group, believed: &Believed, assignment: &BTreeMap<TopicPartition, MemberId>) -> Self {
        let mut loads: BTreeMap<MemberId, u64> = BTreeMap::new();
        let mut retained = 0;
        for (&partition, member) in assignment {
            *loads.entry(*member).or_default() += 1;
            retained += u64::from(believed.claimant(group, partition) == Some(*member));
        }
        Self { sum_of_squares: loads.values().map(|load| load * load).sum(), retained }
    }

    fn bound(&self, partitions: u64) -> Bound {
        Bound { sum_of_squares: self.sum_of_squares.into(), moves: i128::from(partitions) - i128::from(self.retained) }
    }
}
