//! Records that nobody should write, as lines of hex and as JSON: `cargo +nightly fuzz run
//! --fuzz-dir proptests/fuzz record_text -- -malloc_limit_mb=64`.

#![no_main]

use std::fmt::Write;

use libfuzzer_sys::fuzz_target;
use sticky_assignor::import::{ImportOptions, read};

fuzz_target!(|records: Vec<(i64, Vec<u8>, Option<Vec<u8>>)>| {
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut text = String::new();
    for (at, key, value) in &records {
        // A key begins with its type, and few are known.
        let kind = key.first().map_or(2, |kind| kind % 10);
        let value = value.as_ref().map_or_else(|| "-".into(), |value| hex(value));
        writeln!(text, "{at} 4 000{kind}{} {value}", hex(key.get(1..).unwrap_or_default())).expect("it is written");
    }
    let _ = read(&text, &ImportOptions::default());
    for (_, key, value) in &records {
        let (key, value) = (String::from_utf8_lossy(key), value.as_ref().map(|value| String::from_utf8_lossy(value)));
        let _ = read(&format!("{{\"key\": {key}, \"value\": {}}}", value.as_deref().unwrap_or("null")), &ImportOptions::default());
    }
});
