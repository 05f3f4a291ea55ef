//! The best plan of any group in any order of goals: a minimum-cost flow by successive cheapest
//! paths.
//!
//! Partitions of a topic with replicas in the same racks, a [`Class`], are alike but for their
//! owner before, so only counts matter. They flow through a network, and each goal has its tolls
//! there:
//!
//! ```text
//! class ──rack, stickiness──▶ (topic, member) ──spread──▶ member ──balance──▶ sink
//! ```
//!
//! The next unit through an arc never costs less than the one before. So a plan that is best for
//! the units sent so far, changed along a cheapest path of the residual network, is best for one
//! unit more. A price has a place for each goal in their order, and prices are compared place by
//! place.

use std::collections::{BTreeMap, VecDeque};

use sticky_assignor::Goals;

use super::problem::Class;
use super::{Costs, Given, Problem};

/// The costs of the best plans in these goals, in their order.
pub(crate) fn least_costs(problem: &Problem, goals: &Goals) -> Vec<u64> {
    let paid = Network::with_everything_sent(problem, goals).paid;
    (0..goals.len()).map(|place| u64::try_from(paid[place]).expect("a whole plan costs no less than nothing")).collect()
}

/// One of the best plans.
pub(crate) fn best_plan(problem: &Problem, goals: &Goals) -> Given {
    Network::with_everything_sent(problem, goals).plan()
}

/// Place by place what the first goal costs, then the second, and so on.
type Price = [i64; 4];

/// The numbers of the nodes: classes first, then what each member has of each topic, then members,
/// then the sink.
struct Nodes {
    classes: usize,
    topics: usize,
    members: usize,
}

impl Nodes {
    fn class(place: usize) -> usize {
        place
    }

    fn share(&self, topic: usize, member: usize) -> usize {
        self.classes + topic * self.members + member
    }

    fn member(&self, member: usize) -> usize {
        self.share(self.topics, member)
    }

    fn sink(&self) -> usize {
        self.member(self.members)
    }

    fn count(&self) -> usize {
        self.sink() + 1
    }
}

/// An arc, and what the next unit through it costs.
struct Arc {
    from: usize,
    to: usize,
    units: u64,
    toll: Toll,
}

enum Toll {
    /// A partition of a class goes to a member, of whom the claims name it for this many of them.
    Give { member: usize, mismatches: bool, claimed: u64 },
    /// A member has one more of a topic.
    Spread,
    /// A member has one more.
    Balance,
}

impl Toll {
    /// What a unit costs that is the nth one on its arc. The nth adds 2n − 1 to a square.
    fn of_unit(&self, nth: u64) -> Costs {
        match *self {
            Self::Give { mismatches, claimed, .. } => {
                Costs { rack: u64::from(mismatches), stickiness: u64::from(nth > claimed), ..Costs::default() }
            }
            Self::Spread => Costs { spread: 2 * nth - 1, ..Costs::default() },
            Self::Balance => Costs { balance: 2 * nth - 1, ..Costs::default() },
        }
    }
}

struct Network<'a> {
    problem: &'a Problem,
    goals: &'a Goals,
    classes: Vec<Class>,
    nodes: Nodes,
    arcs: Vec<Arc>,
    /// For each node, the places of the arcs that leave it, and of those that enter it.
    leaving: Vec<Vec<usize>>,
    entering: Vec<Vec<usize>>,
    /// What all units sent so far cost.
    paid: Price,
}

/// One step of a path: an arc, and whether a unit more goes through it or one goes back.
#[derive(Clone, Copy)]
struct Step {
    arc: usize,
    forward: bool,
}

impl<'a> Network<'a> {
    fn with_everything_sent(problem: &'a Problem, goals: &'a Goals) -> Self {
        let mut network = Self::empty(problem, goals);
        for class in 0..network.classes.len() {
            for _ in 0..network.classes[class].partitions.len() {
                network.send_one(class);
            }
        }
        network
    }

    fn empty(problem: &'a Problem, goals: &'a Goals) -> Self {
        let classes = problem.classes();
        let nodes = Nodes { classes: classes.len(), topics: problem.topics.len(), members: problem.members.len() };
        let mut arcs = Vec::new();
        let mut connect = |from, to, toll| arcs.push(Arc { from, to, units: 0, toll });
        for (place, class) in classes.iter().enumerate() {
            for &member in &problem.topics[class.topic].subscribers {
                let (mismatches, claimed) = (problem.mismatches(class.first(), member), class.claimed[member]);
                connect(Nodes::class(place), nodes.share(class.topic, member), Toll::Give { member, mismatches, claimed });
            }
        }
        for (place, topic) in problem.topics.iter().enumerate() {
            for &member in &topic.subscribers {
                connect(nodes.share(place, member), nodes.member(member), Toll::Spread);
            }
        }
        for member in 0..problem.members.len() {
            connect(nodes.member(member), nodes.sink(), Toll::Balance);
        }
        let by = |end: fn(&Arc) -> usize| {
            let mut of_node = vec![Vec::new(); nodes.count()];
            arcs.iter().enumerate().for_each(|(place, arc)| of_node[end(arc)].push(place));
            of_node
        };
        let (leaving, entering) = (by(|arc| arc.from), by(|arc| arc.to));
        Self { problem, goals, classes, nodes, arcs, leaving, entering, paid: Price::default() }
    }

    /// Sends a unit from a class to the sink along a cheapest path.
    fn send_one(&mut self, class: usize) {
        let (price, path) = self.cheapest_path(class);
        self.paid = plus(self.paid, price);
        for Step { arc, forward } in path {
            let units = &mut self.arcs[arc].units;
            *units = if forward { *units + 1 } else { *units - 1 };
        }
    }

    /// A cheapest path from a class to the sink (Bellman and Ford, with a queue), and its price.
    fn cheapest_path(&self, class: usize) -> (Price, Vec<Step>) {
        let mut prices: Vec<Option<Price>> = vec![None; self.nodes.count()];
        let mut last_steps: Vec<Option<Step>> = vec![None; self.nodes.count()];
        let (start, sink) = (Nodes::class(class), self.nodes.sink());
        prices[start] = Some(Price::default());
        let mut queue = VecDeque::from([start]);
        let mut queued = vec![false; self.nodes.count()];
        while let Some(node) = queue.pop_front() {
            queued[node] = false;
            let here = prices[node].expect("what is in the queue has a price");
            for step in self.steps_from(node) {
                let (next, price) = (self.end_of(step), plus(here, self.price_of(step)));
                if prices[next].is_none_or(|known| price < known) {
                    (prices[next], last_steps[next]) = (Some(price), Some(step));
                    // A path ends at the sink, even if it could come back from there.
                    if next != sink && !std::mem::replace(&mut queued[next], true) {
                        queue.push_back(next);
                    }
                }
            }
        }
        let mut path = Vec::new();
        let mut node = sink;
        while let Some(step) = last_steps[node] {
            path.push(step);
            node = self.start_of(step);
        }
        (prices[sink].expect("a class has subscribers, and they lead to the sink"), path)
    }

    /// Where a unit may go on to from a node: onward, or back along an arc that it could have come
    /// by.
    fn steps_from(&self, node: usize) -> impl Iterator<Item = Step> + '_ {
        let onward = self.leaving[node].iter().map(|&arc| Step { arc, forward: true });
        let used = self.entering[node].iter().filter(|&&arc| self.arcs[arc].units > 0);
        onward.chain(used.map(|&arc| Step { arc, forward: false }))
    }

    fn end_of(&self, Step { arc, forward }: Step) -> usize {
        if forward { self.arcs[arc].to } else { self.arcs[arc].from }
    }

    fn start_of(&self, Step { arc, forward }: Step) -> usize {
        if forward { self.arcs[arc].from } else { self.arcs[arc].to }
    }

    /// What one more costs, or what is saved by the last one.
    fn price_of(&self, Step { arc, forward }: Step) -> Price {
        let Arc { units, toll, .. } = &self.arcs[arc];
        let (sign, costs) = if forward { (1, toll.of_unit(units + 1)) } else { (-1, toll.of_unit(*units)) };
        let mut price = Price::default();
        self.goals.iter().zip(&mut price).for_each(|(goal, place)| *place = sign * costs.of(goal) as i64);
        price
    }

    /// The counts as partitions: each member first what the claims name it for.
    fn plan(&self) -> Given {
        let mut given: Given = self.problem.members.iter().map(|member| (member.clone(), BTreeMap::new())).collect();
        for (place, class) in self.classes.iter().enumerate() {
            let mut due = vec![0; self.problem.members.len()];
            for &arc in &self.leaving[Nodes::class(place)] {
                if let Arc { toll: Toll::Give { member, .. }, units, .. } = self.arcs[arc] {
                    due[member] = units;
                }
            }
            for (partition, member) in self.owners(class, due) {
                let topic = self.problem.topics[class.topic].name.clone();
                given.entry(self.problem.members[member].clone()).or_default().entry(topic).or_default().push(partition);
            }
        }
        given
    }

    fn owners(&self, class: &Class, mut due: Vec<u64>) -> Vec<(i64, usize)> {
        let (mut owners, mut free) = (Vec::new(), Vec::new());
        for &partition in &class.partitions {
            match self.problem.owners_before.get(&(class.topic, partition)) {
                Some(&owner) if due[owner] > 0 => {
                    due[owner] -= 1;
                    owners.push((partition, owner));
                }
                _ => free.push(partition),
            }
        }
        let takers = due.iter().enumerate().flat_map(|(member, &due)| std::iter::repeat_n(member, due as usize));
        owners.extend(free.into_iter().zip(takers));
        owners
    }
}

fn plus(one: Price, other: Price) -> Price {
    std::array::from_fn(|place| one[place] + other[place])
}
