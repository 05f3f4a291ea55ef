//! Who subscribes to what: shapes for a whole group, and members that keep out of them.

use proptest::prelude::*;
use sticky_assignor::Subscription;

/// How the subscriptions of a group are connected.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// All members subscribe to all topics.
    Identical,
    /// All do but the first member, who subscribes to some.
    MostlyAlike,
    /// Each member subscribes to the first few topics.
    Nested,
    /// There are four kinds of members, and those of one kind subscribe alike.
    Kinds,
    /// Each member shares a topic with the next: moves have to go through chains of members.
    Chain,
    /// The same, and the last member shares one with the first.
    Ring,
    /// Each member subscribes to any topics.
    Scattered,
}

/// What one member asks for.
#[derive(Clone, Debug)]
pub(super) enum Asking {
    /// What the shape has for it; where the shape leaves a choice, these bits make it.
    AsShaped(u16),
    /// The same, and a topic that does not exist.
    AsShapedAndAbsent(u16),
    /// Every topic, as `"*"`.
    Every,
    /// No topic.
    Nothing,
}

pub(super) fn any_shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        1 => Just(Shape::Identical),
        1 => Just(Shape::MostlyAlike),
        1 => Just(Shape::Nested),
        2 => Just(Shape::Kinds),
        1 => Just(Shape::Chain),
        1 => Just(Shape::Scattered),
    ]
}

pub(super) fn any_asking() -> impl Strategy<Value = Asking> {
    prop_oneof![
        16 => any::<u16>().prop_map(Asking::AsShaped),
        1 => any::<u16>().prop_map(Asking::AsShapedAndAbsent),
        1 => Just(Asking::Every),
        1 => Just(Asking::Nothing),
    ]
}

/// What the member at this place asks for, in a group with this many topics.
pub(super) fn subscription(shape: Shape, place: usize, asking: &Asking, topics: usize) -> Subscription {
    let names = |places: Vec<usize>| places.into_iter().map(|topic| format!("t{topic}"));
    match *asking {
        Asking::AsShaped(bits) => Subscription::Named(names(shaped(shape, place, bits, topics)).collect()),
        Asking::AsShapedAndAbsent(bits) => {
            let asked = names(shaped(shape, place, bits, topics)).chain(["absent".into()]);
            Subscription::Named(asked.collect())
        }
        Asking::Every => Subscription::Every,
        Asking::Nothing => Subscription::Named(Vec::new()),
    }
}

fn shaped(shape: Shape, place: usize, bits: u16, topics: usize) -> Vec<usize> {
    match shape {
        Shape::Identical => (0..topics).collect(),
        Shape::MostlyAlike if place > 0 => (0..topics).collect(),
        Shape::Nested => (0..=usize::from(bits) % topics.max(1)).take_while(|topic| *topic < topics).collect(),
        Shape::Kinds => (0..topics).filter(|topic| of_kind(bits % 4, *topic, topics)).collect(),
        Shape::Chain => [place.wrapping_sub(1), place].into_iter().filter(|topic| *topic < topics).collect(),
        Shape::Ring => [place, place + 1].map(|topic| topic % topics.max(1)).to_vec(),
        Shape::MostlyAlike | Shape::Scattered => (0..topics).filter(|topic| bits >> (topic % 16) & 1 == 1).collect(),
    }
}

/// The kinds overlap, so that what one kind holds too much of can go to another.
fn of_kind(kind: u16, topic: usize, topics: usize) -> bool {
    match kind {
        0 => true,
        1 => topic.is_multiple_of(2),
        2 => !topic.is_multiple_of(3),
        _ => topic < topics / 2,
    }
}
