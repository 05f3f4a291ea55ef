//! Records of `__consumer_offsets`, bytes that nobody should send as keys and values:
//! `cargo +nightly fuzz run records -- -malloc_limit_mb=64`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sticky_assignor::kafka::records::{Heard, RecordBody};

fuzz_target!(|message: &[u8]| {
    // The first byte says how long the key is; the rest is the value.
    let Some((length, rest)) = message.split_first() else { return };
    let (key, value) = rest.split_at(usize::from(*length).min(rest.len()));
    for value in [Some(value), None] {
        let Ok(Heard::Record(record)) = Heard::decode(key, value) else { continue };
        if let RecordBody::GroupMetadata(Some(metadata)) = record.body {
            for (place, member) in metadata.members.iter().enumerate() {
                let _ = (member.said(place), member.given(place));
            }
        }
    }
});
