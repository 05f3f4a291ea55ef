//! What proves a flow the best: the prices of classes and members in each goal.

use crate::balance::by_rack::ThreeGoals;
use crate::balance::even::SpreadPrices;
use crate::balance::racks::Classes;
use crate::balance::stages::Solved;
use crate::balance::two_goals::{LevelPrice, TwoGoals};
use crate::model::{Goal, Goals, Group};
use crate::network::Network;
use crate::proof::{Price, Proof, at_count, at_level};

impl Solved {
    /// The proof that the flow is best in the first of its goals, as many as are asked for.
    pub(crate) fn proof(&self, goals: Goals, group: &Group, network: &Network, classes: &Classes) -> Proof {
        let price_of = |node: usize, is_class: bool| {
            let components = self.prices.iter().map(|(goal, price)| match (goal, is_class) {
                (Goal::Rack | Goal::Stickiness, _) => i64::from(price[node]),
                // Where the k-th unit costs 2k − 1 instead of k, a price of p from there to the
                // ground is 2p − 1, and one from a class to a member as well.
                (Goal::Balance, _) | (Goal::Spread, true) => at_count(price[node]),
                (Goal::Spread, false) => 2 * i64::from(price[node]),
            });
            price_in(goals, components)
        };
        let member = |number: usize| price_of(self.face.actor(self.face.actors.of_member[number] as usize), false);
        let topic = |number: usize| price_of(classes.of_topic(number).start, true);
        let proof = proof_in(goals, group, network, member, topic);
        with_classes(proof, group, network, classes, |class| price_of(class, true))
    }
}

impl TwoGoals {
    /// The proof of what was decided in goals that begin with these two, racks aside, which mean
    /// nothing; with prices in spread where that follows.
    pub(crate) fn proof(&self, goals: Goals, group: &Group, network: &Network, spread: Option<&SpreadPrices>) -> Proof {
        let member =
            |number: usize| level_price(goals, &self.members[number], 0, spread.map_or(0, |spread| 2 * i64::from(spread.members[number])));
        let topic =
            |number: usize| level_price(goals, &self.classes[number], 0, spread.map_or(0, |spread| at_count(spread.classes[number])));
        proof_in(goals, group, network, member, topic)
    }
}

impl ThreeGoals {
    /// The proof of what was decided in goals that begin with these three, with prices in spread of
    /// classes and members.
    pub(crate) fn proof(&self, goals: Goals, group: &Group, network: &Network, classes: &Classes, spread: &SpreadPrices) -> Proof {
        let (two_goals, mismatches) = (&self.two_goals, self.mismatches());
        let class =
            |class: usize| level_price(goals, &two_goals.classes[class], mismatches.classes[class], at_count(spread.classes[class]));
        let member = |number: usize| {
            level_price(goals, &two_goals.members[number], mismatches.members[number], 2 * i64::from(spread.members[number]))
        };
        let topic = |number: usize| class(classes.of_topic(number).start);
        let proof = proof_in(goals, group, network, member, topic);
        with_classes(proof, group, network, classes, class)
    }
}

/// A price by level and moves with its other components.
fn level_price(goals: Goals, price: &LevelPrice, mismatches: i32, spread: i64) -> Price {
    let component = |goal| match goal {
        Goal::Balance => at_level(price.level),
        Goal::Rack => mismatches.into(),
        Goal::Stickiness => price.moves.into(),
        Goal::Spread => spread,
    };
    price_in(goals, goals.iter().map(component))
}

/// The proof with these prices of classes where a topic has several.
fn with_classes(proof: Proof, group: &Group, network: &Network, classes: &Classes, price: impl Fn(usize) -> Price) -> Proof {
    let several = (0..network.topics.len()).filter(|&topic| classes.of_topic(topic).len() > 1);
    several.fold(proof, |proof, topic| {
        let sets = classes.rack_sets(group, network, topic);
        proof.with_classes(network.topics[topic], sets.into_iter().map(|(set, class)| (set, price(class))))
    })
}

/// The price that has these components, in the order of the goals; those beyond them are left out.
fn price_in(goals: Goals, components: impl Iterator<Item = i64>) -> Price {
    components.take(goals.len()).enumerate().fold(Price::ZERO, |price, (place, component)| price.with(place, component))
}

/// The proof with these prices of a network's members and topics, by their numbers there.
fn proof_in(goals: Goals, group: &Group, network: &Network, member: impl Fn(usize) -> Price, topic: impl Fn(usize) -> Price) -> Proof {
    let mut members = vec![Price::ZERO; group.all_members().numbers()];
    let mut topics = vec![Price::ZERO; group.all_topics().len()];
    network.members.iter().enumerate().for_each(|(number, id)| members[id.index()] = member(number));
    network.topics.iter().enumerate().for_each(|(number, id)| topics[id.index()] = topic(number));
    Proof::of_numbers(goals, &members, &topics)
}
