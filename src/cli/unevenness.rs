//! Topics that a plan spreads unevenly over their subscribers, and which goal would have to give
//! way for each to be even.

use std::cmp::Reverse;

use sticky_assignor::replay::{TopicShares, topic_shares};
use sticky_assignor::{Goal, Goals, Plan};

/// How many uneven topics are looked into.
pub(crate) const LOOKED_INTO: usize = 5;

/// A topic of which some subscriber has at least two partitions more than another.
pub(crate) struct UnevenTopic {
    pub(crate) shares: TopicShares,
    pub(crate) price: Option<EvenPrice>,
}

/// What it would cost that the topic is even: the goal nearest to spread in the order that would
/// have to give way, and by how much. All topics are then as even as the goals left before allow.
pub(crate) struct EvenPrice {
    pub(crate) goal: Goal,
    pub(crate) more: i128,
    /// The order of goals that gives it.
    pub(crate) goals: Goals,
}

/// The uneven topics of a plan, the most uneven first, and for the first few of them what it would
/// cost that they are even. Costs up to three plans where there are any, nothing where not.
pub(crate) fn uneven_topics(plan: &Plan) -> Vec<UnevenTopic> {
    let uneven = topic_shares(plan.group(), plan.assignment()).into_iter().filter(|shares| shares.skew() > 1);
    let mut uneven: Vec<UnevenTopic> = uneven.map(|shares| UnevenTopic { shares, price: None }).collect();
    uneven.sort_by_key(|topic| Reverse(topic.shares.skew()));
    for goals in orders_with_spread_sooner(plan.goals()) {
        if uneven.iter().take(LOOKED_INTO).all(|topic| topic.price.is_some()) {
            break;
        }
        let sooner = goals.balance(plan.group());
        let skews = topic_shares(plan.group(), sooner.assignment());
        let is_even = |topic| skews.iter().any(|shares| shares.topic == topic && shares.skew() <= 1);
        let Some(goal) = goals.position(Goal::Spread).and_then(|place| goals.as_slice().get(place + 1)).copied() else { break };
        let more = sooner.costs().get(goal).unwrap_or(0) - plan.costs().get(goal).unwrap_or(0);
        for topic in uneven.iter_mut().take(LOOKED_INTO).filter(|topic| topic.price.is_none() && is_even(topic.shares.topic)) {
            topic.price = Some(EvenPrice { goal, more, goals });
        }
    }
    uneven
}

/// The same goals, spread moved before one more of them each time; none where spread is no goal.
fn orders_with_spread_sooner(goals: Goals) -> impl Iterator<Item = Goals> {
    let place = goals.position(Goal::Spread).unwrap_or(0);
    (0..place).rev().filter_map(move |sooner| {
        let mut order: Vec<Goal> = goals.iter().filter(|goal| *goal != Goal::Spread).collect();
        order.insert(sooner, Goal::Spread);
        Goals::new(order).ok()
    })
}
