//! Importing records of `__consumer_offsets`, a million of a hundred groups, beside reading the
//! lines and decoding the hex alone.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod floor;

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../proptests/kafka/records/encode.rs"]
mod encode;

use std::fmt::Write;
use std::hint::black_box;

use data_encoding::HEXLOWER_PERMISSIVE;
use encode::{ClassicMember, Generation, Parts};
use floor::timed;
use sticky_assignor::import::{ImportOptions, read};

const GROUPS: usize = 100;

/// Makes a stream of that many records.
type Stream = fn(usize) -> String;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let (records, runs) = if testing { (1_000, 1) } else { (1_000_000, 5) };
    let cases: [(&str, usize, Stream, &str); 4] = [
        ("offsets, one record in 100 a generation of 10 members", records, classic, "2"),
        ("offsets, in 100 records 25 of what members hold and a target", records, consumer_protocol, "2"),
        ("one record in 25 a generation of 10 members", records, restless, ""),
        ("generations of 10 members alone", records / 10, generations, ""),
    ];
    println!("{:<62} {:>8} {:>6} {:>10} {:>10} {:>6} {:>4}", "case", "records", "MB", "decode ms", "import ms", "ratio", "aim");
    for (name, records, stream, aim) in cases {
        let text = stream(records);
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..runs {
            best.0 = best.0.min(timed(|| decode(black_box(&text))));
            best.1 = best.1.min(timed(|| read(black_box(&text), &ImportOptions::default()).expect("it is read")));
        }
        let (decode, import) = (best.0 / 1e6, best.1 / 1e6);
        println!("{name:<62} {records:>8} {:>6} {decode:>10.1} {import:>10.1} {:>6.2} {aim:>4}", text.len() >> 20, import / decode);
    }
}

/// Reads the lines and decodes the hex: how many bytes that gives.
fn decode(text: &str) -> usize {
    let bytes = |word: &str| HEXLOWER_PERMISSIVE.decode(word.as_bytes()).map_or(0, |bytes| black_box(bytes).len());
    text.lines().map(|line| line.split(' ').skip(2).map(bytes).sum::<usize>()).sum()
}

fn classic(records: usize) -> String {
    with_generations(records, 100)
}

fn restless(records: usize) -> String {
    with_generations(records, 25)
}

/// Offsets, and one generation in that many records of a group.
fn with_generations(records: usize, turn: usize) -> String {
    let generation = generation();
    stream(records, |number, group| match number / GROUPS % turn {
        0 => (encode::group_key(2, group), generation.clone()),
        other => offset(group, other),
    })
}

fn offset(group: &str, partition: usize) -> (Vec<u8>, Vec<u8>) {
    (encode::offset_key(1, group, "orders", partition as i32), vec![0; 40])
}

fn generations(records: usize) -> String {
    let generation = generation();
    stream(records, |_, group| (encode::group_key(2, group), generation.clone()))
}

fn consumer_protocol(records: usize) -> String {
    let held = vec![([7; 16], (0..10).collect())];
    let (current, target) = (encode::current([1, 0], 0, &held, &Vec::new(), &[]), encode::target(&held));
    stream(records, |number, group| {
        let turn = number / GROUPS;
        let member = format!("member-{}", turn % 10);
        match turn % 100 {
            0..10 => (encode::member_key(7, group, &member), target.clone()),
            10 => (encode::group_key(6, group), encode::epoch(turn as i32, &[])),
            11..36 => (encode::member_key(8, group, &member), current.clone()),
            other => offset(group, other),
        }
    })
}

/// A line for each record, the groups in turn.
fn stream(records: usize, record: impl Fn(usize, &str) -> (Vec<u8>, Vec<u8>)) -> String {
    let mut text = String::new();
    for number in 0..records {
        let (key, value) = record(number, &format!("group-{}", number % GROUPS));
        write!(text, "{} {number} ", 1_772_359_203_110 + number).expect("it is written");
        HEXLOWER_PERMISSIVE.encode_append(&key, &mut text);
        text.push(' ');
        HEXLOWER_PERMISSIVE.encode_append(&value, &mut text);
        text.push('\n');
    }
    text
}

/// Ten members with ten partitions each.
fn generation() -> Vec<u8> {
    let topics = ["orders".to_string(), "payments".to_string()];
    let member = |number: i32| {
        let given = topics.iter().map(|topic| (topic.clone(), (5 * number..5 * number + 5).collect()));
        ClassicMember {
            id: format!("consumer-{number}-3fc8d6f1-581a-4472-bdf3-3515b4aee8c1"),
            client: format!("consumer-{number}"),
            host: "/10.0.0.1".into(),
            subscription: encode::subscription(&topics, &Parts::new(), -1, None),
            assignment: encode::assignment(&given.collect()),
            ..ClassicMember::default()
        }
    };
    let members = (0..10).map(member).collect();
    encode::generation(3, &Generation { protocol_type: "consumer".into(), generation: 1, members, ..Generation::default() })
}
