//! The judgement of any assignment somebody gives: what is wrong with it, and what it costs.

use std::collections::{BTreeMap, BTreeSet};

use sticky_assignor::{Name, Violation};

use super::{Costs, Optimum, Problem};

/// An assignment as documents have it: member id, topic, partitions.
pub(crate) type Given = BTreeMap<String, BTreeMap<String, Vec<i64>>>;

/// What there is to say about an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// What makes it invalid.
    pub(crate) violations: BTreeSet<Violation>,
    /// What it costs in each goal; meaningful where it is valid.
    pub(crate) costs: Costs,
    /// How even it is, and how much it keeps.
    pub(crate) figures: Optimum,
}

impl Judgement {
    pub(crate) fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Looks at every listed partition once, then at those nobody lists.
pub(crate) fn judge(problem: &Problem, given: &Given) -> Judgement {
    let mut bench = Bench { problem, owners: BTreeMap::new(), violations: BTreeSet::new() };
    for (member, topics) in given {
        match problem.place_of_member(member) {
            Some(place) => bench.hear_member(place, topics),
            None => bench.find(Violation::UnknownMember { member: member.as_str().into() }),
        }
    }
    bench.miss_unassigned();
    let costs = bench.costs();
    Judgement { costs, figures: Optimum::of(problem, costs.balance, costs.stickiness), violations: bench.violations }
}

struct Bench<'a> {
    problem: &'a Problem,
    /// The first member found to have a partition.
    owners: BTreeMap<(usize, i64), usize>,
    violations: BTreeSet<Violation>,
}

impl Bench<'_> {
    fn find(&mut self, violation: Violation) {
        self.violations.insert(violation);
    }

    fn hear_member(&mut self, place: usize, topics: &BTreeMap<String, Vec<i64>>) {
        for (name, partitions) in topics {
            match self.problem.place_of_topic(name) {
                Some(topic) => partitions.iter().for_each(|&partition| self.hear_partition(place, topic, partition)),
                None => {
                    let (topic, member) = (name.as_str().into(), self.problem.members[place].as_str().into());
                    self.find(Violation::UnknownTopic { topic, member });
                }
            }
        }
    }

    fn hear_partition(&mut self, place: usize, topic: usize, partition: i64) {
        let asked = &self.problem.topics[topic];
        let (name, member) = (Name::from(asked.name.as_str()), Name::from(self.problem.members[place].as_str()));
        if !(0..asked.partitions).contains(&partition) {
            return self.find(Violation::UnknownPartition { topic: name, partition, member });
        }
        if !asked.subscribers.contains(&place) {
            self.find(Violation::NotSubscribed { topic: name.clone(), partition, member: member.clone() });
        }
        if let Some(&first) = self.owners.get(&(topic, partition)) {
            let first = self.problem.members[first].clone();
            return self.find(Violation::Duplicate { topic: name, partition, member, first: first.into() });
        }
        self.owners.insert((topic, partition), place);
    }

    fn miss_unassigned(&mut self) {
        for (topic, partition) in self.problem.partitions() {
            if !self.owners.contains_key(&(topic, partition)) {
                self.find(Violation::Unassigned { topic: self.problem.topics[topic].name.as_str().into(), partition });
            }
        }
    }

    fn costs(&self) -> Costs {
        let mut loads: BTreeMap<usize, u64> = BTreeMap::new();
        let mut shares: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for (&(topic, _), &member) in &self.owners {
            *loads.entry(member).or_default() += 1;
            *shares.entry((topic, member)).or_default() += 1;
        }
        let stays = |partition: &(usize, i64)| {
            let owner = self.owners.get(partition);
            owner.is_some() && owner == self.problem.owners_before.get(partition)
        };
        let mismatched =
            |partition: &(usize, i64)| self.owners.get(partition).is_some_and(|&owner| self.problem.mismatches(*partition, owner));
        Costs {
            balance: loads.values().map(|load| load * load).sum(),
            rack: self.problem.partitions().filter(mismatched).count() as u64,
            stickiness: self.problem.partitions().filter(|partition| !stays(partition)).count() as u64,
            spread: shares.values().map(|share| share * share).sum(),
        }
    }
}
