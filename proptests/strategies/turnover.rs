//! Groups of a few large topics that can be shared out evenly, and members that come and go in
//! them: the last of what a joining member needs is with few others. Members have a few different
//! things, or nearly everybody something else.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, Subscription};

const TOPICS: usize = 10;
const PARTITIONS: u32 = 120;

/// The numbers of members that groups begin with, which divide the partitions.
const MEMBERS: [usize; 3] = [24, 30, 40];

/// A group of topics of the same size, and a history in which one leaves, then another joins, and
/// so on; now and then somebody's subscription changes besides.
pub(crate) fn turnover() -> impl Strategy<Value = (Group, Vec<Change>)> {
    let subscriptions = prop_oneof![1..5_usize, Just(30)].prop_flat_map(|count| prop::collection::vec(any_topics(), count));
    let members = prop::sample::select(MEMBERS.as_slice()).prop_flat_map(|members| prop::collection::vec(any::<Index>(), members));
    let other = prop::option::weighted(0.2, (any_member(), any::<Index>()));
    let turns = prop::collection::vec((any_member(), any::<Index>(), other), 1..8);
    (subscriptions, members, turns).prop_map(|(subscriptions, members, turns)| {
        let one = |index: Index| index.get(&subscriptions).clone();
        let members = members.into_iter().enumerate().map(|(place, index)| NewMember::new(format!("m{place}"), one(index)));
        let events = turns.into_iter().enumerate().flat_map(|(turn, (leaves, joins, other))| {
            let joins = Event::Join(NewMember::new(format!("new{turn}"), one(joins)));
            let other = other.map(|(member, index)| Event::Subscribe { member, subscription: one(index) });
            [Some(Event::Leave(leaves)), Some(joins), other].into_iter().flatten()
        });
        (group(&members.collect::<Vec<_>>()), events.map(Change::from).collect())
    })
}

fn group(members: &[NewMember]) -> Group {
    let topics: Vec<NewTopic> = (0..TOPICS).map(|topic| NewTopic::new(topic_name(topic), PARTITIONS)).collect();
    Group::new(&topics, members).expect("a group")
}

fn topic_name(place: usize) -> String {
    format!("t{place}")
}

fn any_member() -> impl Strategy<Value = String> {
    (0..MEMBERS[0]).prop_map(|place| format!("m{place}"))
}

fn any_topics() -> impl Strategy<Value = Subscription> {
    prop::collection::vec(0..TOPICS, 2..6).prop_map(|topics| Subscription::Named(topics.into_iter().map(topic_name).collect()))
}
