//! What members say they own: nothing, a settled plan, a lopsided one, or words that contradict one
//! another and the group.

use proptest::prelude::*;
use sticky_assignor::Subscription;
use sticky_assignor::document::{AnyInteger, GroupDocument, MemberDocument};

/// How the claims of a group came about.
#[derive(Clone, Debug)]
pub(super) enum ClaimStyle {
    /// Nobody claims anything.
    Fresh,
    /// Each partition went to its least loaded subscriber; then some members lost their claims, as
    /// if they had just joined.
    Settled { joined: Vec<u8>, generation: i64 },
    /// Each partition went to whichever of its subscribers the picks say: 0 is the first of them.
    Skewed { picks: Vec<u8>, generation: i64 },
    /// Members claim what exists, whether or not others do, under generations of their own.
    Quarrel { words: Vec<Word> },
    /// Members claim anything.
    Hostile { words: Vec<Word> },
}

/// One claim: who says of which topic to own these partitions, since which generation.
#[derive(Clone, Debug)]
pub(super) struct Word {
    member: u8,
    topic: u8,
    partitions: Vec<i64>,
    generation: i64,
}

pub(super) fn any_claim_style(partitions: i64) -> impl Strategy<Value = ClaimStyle> {
    let generation = prop_oneof![Just(-1_i64), Just(5)];
    let picks = || prop::collection::vec(any::<u8>(), 1..24);
    prop_oneof![
        1 => Just(ClaimStyle::Fresh),
        2 => (prop::collection::vec(any::<u8>(), 0..3), generation.clone())
            .prop_map(|(joined, generation)| ClaimStyle::Settled { joined, generation }),
        3 => (picks(), generation).prop_map(|(picks, generation)| ClaimStyle::Skewed { picks, generation }),
        2 => any_words(0..partitions.max(1)).prop_map(|words| ClaimStyle::Quarrel { words }),
        2 => any_words(any_number()).prop_map(|words| ClaimStyle::Hostile { words }),
    ]
}

fn any_words(partition: impl Strategy<Value = i64>) -> impl Strategy<Value = Vec<Word>> {
    let generation = prop_oneof![6 => 0..3_i64, 2 => Just(-1), 1 => Just(-7), 1 => any::<i64>()];
    let word = (any::<u8>(), any::<u8>(), prop::collection::vec(partition, 0..10), generation);
    prop::collection::vec(word.prop_map(|(member, topic, partitions, generation)| Word { member, topic, partitions, generation }), 0..14)
}

fn any_number() -> impl Strategy<Value = i64> {
    prop_oneof![
        12 => 0..8_i64,
        1 => -3..0_i64,
        1 => Just(1 << 32),
        1 => prop_oneof![Just(i64::from(i32::MAX)), Just(i64::MIN), Just(i64::MAX)],
    ]
}

/// The document, its members claiming what the style says.
pub(super) fn claims(document: GroupDocument, style: &ClaimStyle) -> GroupDocument {
    match style {
        ClaimStyle::Fresh => document,
        ClaimStyle::Settled { joined, generation } => {
            let settled = give(document, *generation, |_, subscribers| *subscribers.iter().min_by_key(|(_, load)| *load).expect("one"));
            joined.iter().fold(settled, forget)
        }
        ClaimStyle::Skewed { picks, generation } => {
            give(document, *generation, |nth, subscribers| subscribers[usize::from(picks[nth % picks.len()]) % subscribers.len()])
        }
        ClaimStyle::Quarrel { words } => words.iter().fold(document, |document, word| say(document, word, document_topic)),
        ClaimStyle::Hostile { words } => words.iter().fold(document, |document, word| say(document, word, any_topic)),
    }
}

/// Every partition claimed by the subscriber chosen among (place, load).
fn give(mut document: GroupDocument, generation: i64, choose: impl Fn(usize, &[(usize, usize)]) -> (usize, usize)) -> GroupDocument {
    let mut loads = vec![0; document.members.len()];
    for (nth, (topic, partition)) in partitions(&document).into_iter().enumerate() {
        let asking = document.members.iter().enumerate().filter(|(_, member)| subscribes(member, &topic));
        let subscribers: Vec<(usize, usize)> = asking.map(|(place, _)| (place, loads[place])).collect();
        if !subscribers.is_empty() {
            let (place, _) = choose(nth, &subscribers);
            loads[place] += 1;
            document.members[place].owned.0.entry(topic).or_default().push(AnyInteger(partition));
        }
    }
    document.members.iter_mut().for_each(|member| member.generation = AnyInteger(generation));
    document
}

fn forget(mut document: GroupDocument, joined: &u8) -> GroupDocument {
    let members = document.members.len().max(1);
    if let Some(member) = document.members.get_mut(usize::from(*joined) % members) {
        member.owned.0.clear();
    }
    document
}

fn say(mut document: GroupDocument, word: &Word, topic: impl Fn(&GroupDocument, u8) -> Option<String>) -> GroupDocument {
    let topic = topic(&document, word.topic);
    let members = document.members.len().max(1);
    if let (Some(topic), Some(member)) = (topic, document.members.get_mut(usize::from(word.member) % members)) {
        let list: &mut Vec<AnyInteger> = member.owned.0.entry(topic).or_default();
        list.extend(word.partitions.iter().copied().map(AnyInteger));
        member.generation = AnyInteger(word.generation);
    }
    document
}

fn document_topic(document: &GroupDocument, topic: u8) -> Option<String> {
    let topics = document.topics.0.len().max(1);
    document.topics.0.keys().nth(usize::from(topic) % topics).cloned()
}

/// A topic of the document, or one that does not exist.
fn any_topic(document: &GroupDocument, topic: u8) -> Option<String> {
    let known = usize::from(topic) % (document.topics.0.len() + 1);
    Some(document.topics.0.keys().nth(known).cloned().unwrap_or_else(|| "ghost".into()))
}

fn partitions(document: &GroupDocument) -> Vec<(String, i64)> {
    let topics = document.topics.0.iter();
    topics.flat_map(|(name, topic)| (0..topic.partitions).map(|partition| (name.clone(), partition))).collect()
}

fn subscribes(member: &MemberDocument, topic: &str) -> bool {
    match &member.topics.0 {
        Subscription::Every => true,
        Subscription::Named(names) => names.iter().any(|name| name == topic),
    }
}
