//! Every decoder and `lead` on bytes that nobody should send: `cargo +nightly fuzz run --fuzz-dir
//! proptests/fuzz kafka -- -malloc_limit_mb=64`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sticky_assignor::NewTopic;
use sticky_assignor::kafka::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, CooperativeStickyAssignorUserData, JoinedMember, Protocol,
    StickyAssignorUserData, lead,
};

fuzz_target!(|message: &[u8]| {
    let _ = ConsumerProtocolAssignment::decode(message);
    let _ = StickyAssignorUserData::decode(message);
    let _ = CooperativeStickyAssignorUserData::decode(message);
    if let Ok(said) = ConsumerProtocolSubscription::decode(message) {
        let again = said.encode(3).expect("what was read can be written");
        assert_eq!(ConsumerProtocolSubscription::decode(&again), Ok(said));
    }
    for protocol in [Protocol::Sticky, Protocol::CooperativeSticky] {
        lead_group(protocol, message);
    }
});

/// Leads two members, who share the message between them, and a third that says all of it.
fn lead_group(protocol: Protocol, message: &[u8]) {
    let topics = [NewTopic::new("a", 3), NewTopic::new("b", 2)];
    let (one, other) = message.split_at(message.len() / 2);
    let members = [("m1", one), ("m2", other), ("m3", message)].map(|(id, metadata)| JoinedMember { id, instance: None, metadata });
    for members in [&members[..], &members[2..]] {
        if let Ok(led) = lead(protocol, members, &topics) {
            let next = led.next_round(protocol, members, &topics).expect("what was led can be followed up");
            for round in [led, next] {
                assert_eq!(round.given.len() + round.withheld.len() as u64, round.plan.summary().assigned);
            }
        }
    }
}
