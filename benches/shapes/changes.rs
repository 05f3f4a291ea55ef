//! Changes to measure on.

use sticky_assignor::{Change, Event, NewMember, NewTopic, Plan, Subscription};

use super::{Dice, subscribing, topic_name};

/// What can happen to a group, in turn; a deleted topic is created again.
pub(crate) const KINDS: [&str; 6] =
    ["a member leaves", "a member joins", "a subscription changes", "a topic grows", "a topic is deleted", "a topic is created"];

/// What members subscribe to that join, or that subscribe to something else.
pub(crate) enum Subscriptions {
    /// 1 to 40 of 1,000 topics, others every time.
    Anything,
    /// What others subscribe to.
    OneOf(Vec<Subscription>),
}

impl Subscriptions {
    fn pick(&self, dice: &mut Dice) -> Subscription {
        match self {
            Self::Anything => {
                let count = dice.between(1, 40);
                subscribing(dice.choose(count, 1000))
            }
            Self::OneOf(subscriptions) => subscriptions[dice.between(0, subscriptions.len() - 1)].clone(),
        }
    }
}

/// A random change of the kind whose turn it is, in a group of 1,000 topics.
pub(crate) fn change(plan: &Plan, dice: &mut Dice, number: usize, subscribes: &Subscriptions) -> (&'static str, Change) {
    let kind = KINDS[number % KINDS.len()];
    (kind, Change::from([event(plan, dice, kind, number, subscribes)]))
}

fn event(plan: &Plan, dice: &mut Dice, kind: &str, number: usize, subscribes: &Subscriptions) -> Event {
    let ids: Vec<String> = plan.group().members().map(|(_, member)| member.id().to_string()).collect();
    let someone = ids[dice.between(0, ids.len() - 1)].clone();
    let topic = topic_name(dice.between(0, 999));
    match kind {
        "a member leaves" => Event::Leave(someone),
        "a member joins" => Event::Join(NewMember::new(format!("new-{number}"), subscribes.pick(dice))),
        "a subscription changes" => Event::Subscribe { member: someone, subscription: subscribes.pick(dice) },
        "a topic grows" => Event::Topic(NewTopic::new(topic.clone(), partitions(plan, &topic) + 5)),
        "a topic is deleted" => Event::DeleteTopic(topic_name(number % 1000)),
        _ => Event::Topic(NewTopic::new(topic_name((number - 1) % 1000), dice.between(50, 200) as u32)),
    }
}

fn partitions(plan: &Plan, topic: &str) -> u32 {
    plan.group().topic_id(topic).map_or(0, |id| plan.group().topic(id).expect("a topic of the group").partitions())
}

/// What happens to the million partitions of which everyone subscribes to everything, and the most
/// floors that the next plan is to take.
pub(crate) fn of_a_million() -> [(&'static str, f64, Change); 4] {
    let names = |more: Option<&str>| Subscription::Named((0..500).map(topic_name).chain(more.map(String::from)).collect());
    let events = [
        ("one leaves", 1.0, Event::Leave("m01000".into())),
        ("one joins", 1.0, Event::Join(NewMember::new("newcomer", names(None)))),
        ("a topic nobody subscribes to is created", 0.02, Event::Topic(NewTopic::new("unheard", 12))),
        (
            "a member subscribes to one more topic that does not exist",
            0.02,
            Event::Subscribe { member: "m01000".into(), subscription: names(Some("unheard")) },
        ),
    ];
    events.map(|(name, aim, event)| (name, aim, Change::from([event])))
}

pub(crate) fn rebalanced(plan: &Plan, change: &Change) -> Plan {
    plan.rebalance(change).expect("the change can happen")
}
