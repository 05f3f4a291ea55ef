//! Records made up at random, as the tests' encoder writes them.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::encode::{self, ClassicMember, Described, Generation, IdParts, ModernMember, Parts};

/// A key and a value.
pub(crate) type Written = (Vec<u8>, Option<Vec<u8>>);

pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[a-e]", 2 => "[a-zA-Z0-9._-]{0,12}", 1 => "\\PC{0,4}", 1 => "[x]{126,130}"]
}

fn number() -> impl Strategy<Value = i32> {
    prop_oneof![12 => 0..7_i32, 1 => any::<i32>()]
}

pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    btree_map(name(), vec(number(), 0..5), 0..4)
}

pub(crate) fn id_parts() -> impl Strategy<Value = IdParts> {
    vec((any::<[u8; 16]>(), vec(number(), 0..5)), 0..4)
}

pub(crate) fn tags() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    vec((0..100_u8, vec(any::<u8>(), 0..6)), 0..3)
}

fn subscription() -> impl Strategy<Value = Vec<u8>> {
    let written = (vec(name(), 0..4), parts(), -1..9, option::of(name()))
        .prop_map(|(topics, owned, generation, rack)| encode::subscription(&topics, &owned, generation, rack.as_ref()));
    prop_oneof![1 => Just(Vec::new()), 6 => written]
}

fn assignment() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![1 => Just(Vec::new()), 6 => parts().prop_map(|given| encode::assignment(&given))]
}

pub(crate) fn classic_member() -> impl Strategy<Value = ClassicMember> {
    let names = (name(), option::of(name()), name(), name());
    (names, any::<i32>(), any::<i32>(), subscription(), assignment()).prop_map(
        |((id, instance, client, host), rebalance_timeout, session_timeout, subscription, assignment)| ClassicMember {
            id,
            instance,
            client,
            host,
            rebalance_timeout,
            session_timeout,
            subscription,
            assignment,
        },
    )
}

pub(crate) fn generation() -> impl Strategy<Value = Generation> {
    let kind = prop_oneof![6 => Just("consumer".to_owned()), 1 => Just("connect".to_owned()), 1 => Just(String::new())];
    (kind, any::<i32>(), option::of(name()), option::of(name()), any::<i64>(), vec(classic_member(), 0..4)).prop_map(
        |(protocol_type, generation, protocol, leader, since, members)| Generation {
            protocol_type,
            generation,
            protocol,
            leader,
            since,
            members,
        },
    )
}

pub(crate) fn modern_member() -> impl Strategy<Value = ModernMember> {
    let names = (option::of(name()), option::of(name()), name(), name());
    (names, vec(name(), 0..4), option::of(name()), any::<i32>(), option::of(name())).prop_map(
        |((instance, rack, client, host), topics, regex, timeout, assignor)| ModernMember {
            instance,
            rack,
            client,
            host,
            topics,
            regex,
            timeout,
            assignor,
        },
    )
}

pub(crate) fn described() -> impl Strategy<Value = Vec<Described>> {
    let racks = vec((number(), vec(name(), 0..3)), 0..4);
    let topic = (any::<[u8; 16]>(), name(), any::<i32>(), racks);
    vec(topic.prop_map(|(id, name, partitions, racks)| Described { id, name, partitions, racks }), 0..3)
}

/// Any record of a known kind.
pub(crate) fn written() -> impl Strategy<Value = Written> {
    let value = prop_oneof![
        4 => (generation(), 0..5_i16).prop_map(|(said, version)| (2, encode::generation(version, &said))),
        1 => (any::<i32>(), tags()).prop_map(|(epoch, tags)| (3, encode::epoch(epoch, &tags))),
        1 => described().prop_map(|topics| (4, encode::described(&topics))),
        1 => (modern_member(), tags()).prop_map(|(said, tags)| (5, encode::member(&said, &tags))),
        1 => (any::<i32>(), tags()).prop_map(|(epoch, tags)| (6, encode::epoch(epoch, &tags))),
        1 => id_parts().prop_map(|parts| (7, encode::target(&parts))),
        1 => (any::<[i32; 2]>(), any::<i8>(), id_parts(), id_parts(), tags())
            .prop_map(|(epochs, state, assigned, revoking, tags)| (8, encode::current(epochs, state, &assigned, &revoking, &tags))),
    ];
    (name(), name(), option::weighted(0.9, Just(())), value).prop_map(|(group, member, said, (kind, value))| {
        let key = if matches!(kind, 5 | 7 | 8) { encode::member_key(kind, &group, &member) } else { encode::group_key(kind, &group) };
        (key, said.map(|()| value))
    })
}
