//! Groups whose members come one after the other and leave again: every topic's share of each of
//! them changes at each step.

use proptest::prelude::*;
use proptest::sample::Index;
use sticky_assignor::document::GroupDocument;
use sticky_assignor::{Change, Event, NewMember, Subscription};

use super::racks::{any_rack, rack};
use super::sketch::{Sizes, any_sketch};

/// A group, and joins and leaves that are all possible. Members subscribe alike, or are of one of
/// two kinds.
pub(crate) fn growth() -> impl Strategy<Value = (GroupDocument, Vec<Change>)> {
    let turn = (any_rack(), prop::bool::weighted(0.8), any::<Index>());
    (any_sketch(Sizes { topics: 4, partitions: 12, members: 2 }), prop::collection::vec(turn, 2..12), 0..8_usize).prop_map(
        |(sketch, joins, leaves)| {
            let topics = sketch.topics.len();
            let document = sketch.alike().document();
            let mut present: Vec<String> = document.members.iter().map(|member| member.id.clone()).collect();
            let mut changes = Vec::new();
            for (place, (rack, alike, _)) in joins.iter().enumerate() {
                present.push(format!("new{place}"));
                changes.push(Event::Join(joining_member(place, *rack, *alike, topics)));
            }
            for (_, _, index) in joins.iter().take(leaves) {
                changes.push(Event::Leave(present.remove(index.index(present.len()))));
            }
            (document, changes.into_iter().map(Change::from).collect())
        },
    )
}

fn joining_member(place: usize, of_rack: Option<u8>, alike: bool, topics: usize) -> NewMember {
    let subscription = match alike {
        true => Subscription::Every,
        false => Subscription::Named((0..topics.div_ceil(2)).map(|topic| format!("t{topic}")).collect()),
    };
    let member = NewMember::new(format!("new{place}"), subscription);
    of_rack.map_or(member.clone(), |number| member.rack(rack(number)))
}
