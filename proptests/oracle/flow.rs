//! The best plan of any group: a minimum-cost flow by successive cheapest paths.
//!
//! Partitions of a topic are alike but for their owner before, so only counts matter:
//! `held[topic][member]`. A topic's next partition enters at the topic and may push others along:
//! topic → member (the member takes one), member → topic (the member gives one up), and so on to a
//! member that keeps one more. A plan that is best for the partitions placed so far, changed along
//! a cheapest such path, is best for one partition more.

use std::collections::VecDeque;

use super::{Optimum, Problem};

/// The figures of the best plans.
pub(crate) fn flow(problem: &Problem) -> Optimum {
    let mut flow = Flow::nothing(problem);
    for (topic, _) in problem.partitions() {
        flow.place_one(topic);
    }
    flow.figures()
}

struct Flow<'a> {
    problem: &'a Problem,
    /// How many partitions of a topic the claims leave to a member.
    claimed: Vec<Vec<u64>>,
    /// How many partitions of a topic a member holds.
    held: Vec<Vec<u64>>,
    /// The topics each member subscribes to.
    subscriptions: Vec<Vec<usize>>,
    loads: Vec<u64>,
}

impl<'a> Flow<'a> {
    fn nothing(problem: &'a Problem) -> Self {
        let mut subscriptions = vec![Vec::new(); problem.members.len()];
        for (place, topic) in problem.topics.iter().enumerate() {
            topic.subscribers.iter().for_each(|&member| subscriptions[member].push(place));
        }
        let held = vec![vec![0; problem.members.len()]; problem.topics.len()];
        Self { problem, claimed: problem.claim_counts(), held, subscriptions, loads: vec![0; problem.members.len()] }
    }

    fn place_one(&mut self, topic: usize) {
        let paths = self.cheapest_paths(topic);
        let reached = (0..self.loads.len()).filter(|&member| paths.members[member].is_some());
        // One more partition raises a square by 2·load + 1; then the fewest moves decide.
        let cheapest = reached.min_by_key(|&member| (2 * self.loads[member] + 1, paths.members[member].map(|way| way.moves)));
        let mut member = cheapest.expect("the topic has a subscriber");
        self.loads[member] += 1;
        while let Some(taken) = paths.members[member] {
            self.held[taken.from][member] += 1;
            let Some(given_up) = paths.topics[taken.from] else { return };
            self.held[taken.from][given_up.from] -= 1;
            member = given_up.from;
        }
    }

    /// The cheapest way from a topic to every member and every other topic, in moves (Bellman and
    /// Ford, with a queue).
    fn cheapest_paths(&self, start: usize) -> Paths {
        let mut paths = Paths { members: vec![None; self.loads.len()], topics: vec![None; self.held.len()] };
        let mut queue = VecDeque::from([start]);
        while let Some(topic) = queue.pop_front() {
            // The start itself is entered from nowhere.
            let moves = paths.topics[topic].map_or(0, |way| way.moves);
            for &member in &self.problem.topics[topic].subscribers {
                let here = Way { from: topic, moves: moves + self.cost_of_taking(topic, member) };
                if improves(&mut paths.members[member], here) {
                    queue.extend(self.give_up(start, member, here.moves, &mut paths.topics));
                }
            }
        }
        paths
    }

    /// The topics that are now cheapest entered by this member giving one up.
    fn give_up(&self, start: usize, member: usize, moves: i64, topics: &mut [Option<Way>]) -> Vec<usize> {
        let others = self.subscriptions[member].iter().copied().filter(|&topic| topic != start);
        let held = others.filter(|&topic| self.held[topic][member] > 0);
        held.filter(|&topic| improves(&mut topics[topic], Way { from: member, moves: moves - self.cost_of_having(topic, member) }))
            .collect()
    }

    /// One more of the topic costs a member a move, unless claims leave it more than it holds.
    fn cost_of_taking(&self, topic: usize, member: usize) -> i64 {
        i64::from(self.held[topic][member] >= self.claimed[topic][member])
    }

    /// What the last one of the topic did cost the member.
    fn cost_of_having(&self, topic: usize, member: usize) -> i64 {
        i64::from(self.held[topic][member] > self.claimed[topic][member])
    }

    fn figures(&self) -> Optimum {
        let retained = |topic: usize, member: usize| self.held[topic][member].min(self.claimed[topic][member]);
        let members = 0..self.loads.len();
        Optimum {
            sum_of_squares: self.loads.iter().map(|load| load * load).sum(),
            retained: (0..self.held.len()).flat_map(|topic| members.clone().map(move |member| retained(topic, member))).sum(),
        }
    }
}

/// The last step of a cheapest way, and the cost of the whole.
#[derive(Clone, Copy)]
struct Way {
    from: usize,
    moves: i64,
}

struct Paths {
    members: Vec<Option<Way>>,
    topics: Vec<Option<Way>>,
}

/// Whether a way is cheaper than the one known; it is the one known from then on.
fn improves(known: &mut Option<Way>, way: Way) -> bool {
    let cheaper = known.is_none_or(|known| way.moves < known.moves);
    if cheaper {
        *known = Some(way);
    }
    cheaper
}
