//! The best plan of a tiny group, by trying every plan there is.

use super::{Optimum, Problem};

/// The figures of the best of all plans.
pub(crate) fn brute_force(problem: &Problem) -> Optimum {
    let partitions: Vec<(usize, i64)> = problem.partitions().collect();
    let nothing = Plan { loads: vec![0; problem.members.len()], retained: 0 };
    best_completion(problem, &partitions, &nothing)
}

/// How many plans there are: the product of the numbers of subscribers.
pub(crate) fn plans(problem: &Problem) -> f64 {
    problem.partitions().map(|(topic, _)| problem.topics[topic].subscribers.len() as f64).product()
}

#[derive(Clone)]
struct Plan {
    loads: Vec<u64>,
    retained: u64,
}

impl Plan {
    fn giving(mut self, member: usize, owner_before: Option<usize>) -> Self {
        self.loads[member] += 1;
        self.retained += u64::from(owner_before == Some(member));
        self
    }

    fn figures(&self) -> Optimum {
        Optimum { sum_of_squares: self.loads.iter().map(|load| load * load).sum(), retained: self.retained }
    }
}

fn best_completion(problem: &Problem, partitions: &[(usize, i64)], plan: &Plan) -> Optimum {
    let Some((partition, rest)) = partitions.split_first() else { return plan.figures() };
    let owner_before = problem.owners_before.get(partition).copied();
    let subscribers = &problem.topics[partition.0].subscribers;
    let completions = subscribers.iter().map(|&member| best_completion(problem, rest, &plan.clone().giving(member, owner_before)));
    completions.reduce(|best, other| if other.beats(best) { other } else { best }).expect("partitions to give have subscribers")
}
