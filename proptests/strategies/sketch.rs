//! A group in small numbers, before it is written as a document.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use sticky_assignor::document::{AnyInteger, GroupDocument, MemberDocument, SubscriptionDocument, TopicDocument, UniqueMap};

use super::claims::{ClaimStyle, any_claim_style, claims};
use super::racks::{Replicas, any_rack, any_replicas, rack, replicas};
use super::subscriptions::{Asking, Shape, any_asking, any_shape, subscription};

/// The most there may be of each.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) topics: usize,
    pub(crate) partitions: i64,
    pub(crate) members: usize,
}

/// A topic: how many partitions, and where their replicas are if that is given.
#[derive(Clone, Debug)]
pub(super) struct TopicSketch {
    partitions: i64,
    racks: Option<Vec<Replicas>>,
}

/// A member: what it asks for, and whether it is a static one.
#[derive(Clone, Debug)]
pub(super) struct MemberSketch {
    pub(super) asking: Asking,
    /// Where its instance id stands in the order of those.
    instance: Option<u8>,
    rack: Option<u8>,
}

/// A group.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) topics: Vec<TopicSketch>,
    pub(super) members: Vec<MemberSketch>,
    shape: Shape,
    claims: ClaimStyle,
    /// Whether anything is said of racks.
    racked: bool,
}

pub(super) fn any_sketch(sizes: Sizes) -> impl Strategy<Value = Sketch> {
    let topics = prop::collection::vec(any_topic(sizes.partitions), 0..=sizes.topics);
    let members = prop::collection::vec(any_member(), 0..=sizes.members);
    (topics, members, any_shape(), any_claim_style(sizes.partitions), prop::bool::weighted(0.4))
        .prop_map(|(topics, members, shape, claims, racked)| Sketch { topics, members, shape, claims, racked })
}

/// Members in a row, each sharing a topic with the next, who own one partition less each: no single
/// move helps, a chain of them does.
pub(super) fn staircase() -> impl Strategy<Value = Sketch> {
    (3..6_i64, 3..6_usize).prop_map(|(top, members)| Sketch {
        topics: (0..members as i64).map(|step| TopicSketch { partitions: (top - step).max(0), racks: None }).collect(),
        members: vec![MemberSketch { asking: Asking::AsShaped(0), instance: None, rack: None }; members],
        shape: Shape::Chain,
        claims: ClaimStyle::Skewed { picks: vec![0], generation: -1 },
        racked: false,
    })
}

/// This many members in a row or a circle, each sharing a topic with the next: what is far away can
/// be reached only through many hands.
pub(super) fn chain_or_ring(members: RangeInclusive<usize>) -> impl Strategy<Value = Sketch> {
    let topics = prop::collection::vec(1..3_i64, members);
    let picks = prop::collection::vec(any::<u8>(), 1..24);
    (topics, picks, prop_oneof![Just(Shape::Chain), Just(Shape::Ring)]).prop_map(|(topics, picks, shape)| Sketch {
        members: vec![MemberSketch { asking: Asking::AsShaped(0), instance: None, rack: None }; topics.len()],
        topics: topics.into_iter().map(|partitions| TopicSketch { partitions, racks: None }).collect(),
        shape,
        claims: ClaimStyle::Skewed { picks, generation: -1 },
        racked: false,
    })
}

fn any_topic(most: i64) -> impl Strategy<Value = TopicSketch> {
    (0..=most, prop::option::weighted(0.8, any_replicas())).prop_map(|(partitions, racks)| TopicSketch { partitions, racks })
}

fn any_member() -> impl Strategy<Value = MemberSketch> {
    (any_asking(), prop::option::weighted(0.15, 0..3_u8), any_rack()).prop_map(|(asking, instance, rack)| MemberSketch {
        asking,
        instance,
        rack,
    })
}

impl Sketch {
    /// The same, everybody subscribing to everything.
    pub(super) fn alike(mut self) -> Self {
        self.shape = Shape::Identical;
        self.members.iter_mut().for_each(|member| member.asking = Asking::AsShaped(0));
        self
    }

    /// The same, nobody claiming anything.
    pub(super) fn fresh(mut self) -> Self {
        self.claims = ClaimStyle::Fresh;
        self
    }

    pub(super) fn document(self) -> GroupDocument {
        let topics: UniqueMap<TopicDocument> =
            self.topics.iter().enumerate().map(|(place, topic)| (format!("t{place}"), topic.document(self.racked))).collect();
        let members = self.members.iter().enumerate().map(|(place, member)| member.document(place, &self)).collect();
        let unclaimed = GroupDocument { name: None, topics, members };
        claims(unclaimed, &self.claims)
    }
}

impl TopicSketch {
    fn document(&self, racked: bool) -> TopicDocument {
        let racks = self.racks.as_ref().filter(|_| racked).map(|bits| replicas(bits, self.partitions));
        TopicDocument { partitions: self.partitions, racks }
    }
}

impl MemberSketch {
    fn document(&self, place: usize, sketch: &Sketch) -> MemberDocument {
        MemberDocument {
            id: format!("m{place}"),
            topics: SubscriptionDocument(subscription(sketch.shape, place, &self.asking, sketch.topics.len())),
            owned: UniqueMap::default(),
            generation: AnyInteger(-1),
            rack: self.rack.filter(|_| sketch.racked).map(rack),
            instance: self.instance.map(|order| format!("pod-{order}-{place}")),
        }
    }
}
