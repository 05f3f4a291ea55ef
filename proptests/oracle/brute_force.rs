//! What every plan of a tiny group costs, and so what the best one does.

use std::collections::BTreeSet;

use sticky_assignor::Goals;

use super::{Costs, Problem};

/// How many plans there are: the product of the numbers of subscribers.
pub(crate) fn plans(problem: &Problem) -> f64 {
    problem.partitions().map(|(topic, _)| problem.topics[topic].subscribers.len() as f64).product()
}

/// The costs of all plans there are.
pub(crate) fn costs_of_every_plan(problem: &Problem) -> BTreeSet<Costs> {
    let partitions: Vec<(usize, i64)> = problem.partitions().collect();
    let mut found = BTreeSet::new();
    complete(problem, &partitions, &mut Vec::new(), &mut found);
    found
}

/// The least of them in an order of goals.
pub(crate) fn least_of(costs: &BTreeSet<Costs>, goals: &Goals) -> Vec<u64> {
    costs.iter().map(|costs| costs.in_order(goals)).min().expect("there is a plan, if only of nothing")
}

/// Tries every owner of the next partition, and of those after it.
fn complete(problem: &Problem, partitions: &[(usize, i64)], owners: &mut Vec<usize>, found: &mut BTreeSet<Costs>) {
    let Some(&(topic, _)) = partitions.get(owners.len()) else {
        found.insert(costs(problem, partitions, owners));
        return;
    };
    for &member in &problem.topics[topic].subscribers {
        owners.push(member);
        complete(problem, partitions, owners, found);
        owners.pop();
    }
}

fn costs(problem: &Problem, partitions: &[(usize, i64)], owners: &[usize]) -> Costs {
    let mut loads = vec![0_u64; problem.members.len()];
    let mut of_topic = vec![vec![0_u64; problem.members.len()]; problem.topics.len()];
    let mut costs = Costs::default();
    for (&partition, &owner) in partitions.iter().zip(owners) {
        loads[owner] += 1;
        of_topic[partition.0][owner] += 1;
        costs.rack += u64::from(problem.mismatches(partition, owner));
        costs.stickiness += u64::from(problem.owners_before.get(&partition) != Some(&owner));
    }
    costs.balance = loads.iter().map(|load| load * load).sum();
    costs.spread = of_topic.iter().flatten().map(|count| count * count).sum();
    costs
}
