//! What proves a flow the best: the prices of classes and members in each goal.

use crate::balance::racks::Classes;
use crate::balance::stages::Solved;
use crate::balance::two_goals::{LevelPrice, TwoGoals};
use crate::model::{Goal, Goals, Group};
use crate::network::Network;
use crate::proof::{Price, Proof, at_level};

impl Solved {
    /// The proof that the flow is best in the first of its goals, as many as are asked for.
    pub(crate) fn proof(&self, goals: Goals, group: &Group, network: &Network, classes: &Classes) -> Proof {
        let price_of = |node: usize, is_class: bool| {
            let components = self.prices.iter().take(goals.len()).map(|(goal, price)| match (goal, is_class) {
                (Goal::Rack | Goal::Stickiness, _) => i64::from(price[node]),
                // Where the k-th unit costs 2k − 1 instead of k, a price of p from there to the
                // ground is 2p − 1, and one from a class to a member as well.
                (Goal::Balance, _) | (Goal::Spread, true) => 2 * i64::from(price[node]) - 1,
                (Goal::Spread, false) => 2 * i64::from(price[node]),
            });
            components.enumerate().fold(Price::ZERO, |price, (place, component)| price.with(place, component))
        };
        let mut members = vec![Price::ZERO; group.all_members().numbers()];
        let mut topics = vec![Price::ZERO; group.all_topics().len()];
        for (number, id) in network.members.iter().enumerate() {
            members[id.index()] = price_of(self.face.actor(self.face.actors.of_member[number] as usize), false);
        }
        for (topic, id) in network.topics.iter().enumerate() {
            topics[id.index()] = price_of(classes.of_topic(topic).start, true);
        }
        let proof = Proof::of_numbers(goals, &members, &topics);
        let several = (0..network.topics.len()).filter(|&topic| classes.of_topic(topic).len() > 1);
        several.fold(proof, |proof, topic| {
            let sets = classes.rack_sets(group, network, topic);
            proof.with_classes(network.topics[topic], sets.into_iter().map(|(set, class)| (set, price_of(class, true))))
        })
    }
}

impl TwoGoals {
    /// The proof of what was decided in goals that begin with these two, racks aside, which mean
    /// nothing; with the price of each class in spread where that follows.
    pub(crate) fn proof(&self, goals: Goals, group: &Group, network: &Network, spread: &[i32]) -> Proof {
        let price_of = |price: &LevelPrice, spread: i64| {
            let component = |goal| match goal {
                Goal::Balance => at_level(price.level),
                Goal::Rack => 0,
                Goal::Stickiness => price.moves.into(),
                Goal::Spread => spread,
            };
            goals.iter().enumerate().fold(Price::ZERO, |price, (place, goal)| price.with(place, component(goal)))
        };
        let mut members = vec![Price::ZERO; group.all_members().numbers()];
        let mut topics = vec![Price::ZERO; group.all_topics().len()];
        network.members.iter().zip(&self.members).for_each(|(id, price)| members[id.index()] = price_of(price, 0));
        for (number, (id, price)) in network.topics.iter().zip(&self.classes).enumerate() {
            let spread = spread.get(number).map_or(0, |&unit| 2 * i64::from(unit) - 1);
            topics[id.index()] = price_of(price, spread);
        }
        Proof::of_numbers(goals, &members, &topics)
    }
}
