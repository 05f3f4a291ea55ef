//! Groups of a few large topics that can be shared out evenly, and members that come and go in them: the last of what a newcomer needs is with few others.

use proptest::prelude::*;
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic, Subscription};

const TOPICS: usize = 10;
const PARTITIONS: i64 = 120;

/// The most members a group has, of whom each number divides the partitions.
const MEMBERS: [usize; 4] = [12, 24, 30, 40];

/// A group of topics of the same size, whose members follow some of them each.
pub(crate) fn group_of_large_topics() -> impl Strategy<Value = Group> {
    let members = prop::sample::select(MEMBERS.as_slice()).prop_flat_map(|members| prop::collection::vec(any_topics(), members));
    members.prop_map(|members| {
        let topics: Vec<NewTopic> = (0..TOPICS).map(|topic| NewTopic::new(topic_name(topic), PARTITIONS)).collect();
        let member = |(place, topics)| NewMember::new(format!("m{place}"), topics);
        Group::new(&topics, &members.into_iter().enumerate().map(member).collect::<Vec<_>>()).expect("a group")
    })
}

/// One leaves, then another joins, and so on; now and then somebody's subscription changes besides.
pub(crate) fn turnover() -> impl Strategy<Value = Vec<Change>> {
    let other = prop::option::weighted(0.2, (any_member(), any_topics()));
    prop::collection::vec((any_member(), any_topics(), other), 1..8).prop_map(|turns| {
        let events = turns.into_iter().enumerate().flat_map(|(turn, (leaves, topics, other))| {
            let joins = Event::Join(NewMember::new(format!("new{turn}"), topics));
            let other = other.map(|(member, subscription)| Event::Subscribe { member, subscription });
            [Some(Event::Leave(leaves)), Some(joins), other].into_iter().flatten()
        });
        events.map(Change::from).collect()
    })
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
