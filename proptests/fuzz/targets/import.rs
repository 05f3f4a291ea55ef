//! Any text at all is imported or refused, in pieces as in one, and what comes out is written and
//! read again: `cargo +nightly fuzz run --fuzz-dir proptests/fuzz import -- -malloc_limit_mb=64`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sticky_assignor::document::VerifyInput;
use sticky_assignor::import::{ImportOptions, read, read_pieces};

fuzz_target!(|text: &[u8]| {
    let text = String::from_utf8_lossy(text);
    let topics = [("t".to_string(), 3)].into();
    let options = ImportOptions { topics, ..ImportOptions::default() };
    let imported = read(&text, &options);
    let cut = (0..=text.len() / 2).rev().find(|cut| text.is_char_boundary(*cut)).unwrap_or(0);
    let (first, second) = text.split_at(cut);
    assert_eq!(read_pieces([first, second], &options), imported);
    let Ok(imported) = imported else { return };
    for group in &imported.groups {
        let written = serde_json::to_string(group).expect("it is written");
        assert_eq!(serde_json::from_str::<VerifyInput>(&written).expect("it is read"), *group);
    }
    assert!(imported.notes.iter().all(|note| note.to_string().chars().count() < 1_000));
});
