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
use sticky_assignor::import::{ImportOptions, Imported, read};

const GROUPS: usize = 100;
const MEMBERS: usize = 10;

/// Makes a stream of that many records.
type Stream = fn(usize) -> String;

fn main() {
    let testing = std::env::args().any(|argument| argument == "--test");
    let (records, runs) = if testing { (1_000, 1) } else { (1_000_000, 5) };
    let cases: [(&str, usize, Stream, &str); 4] = [
        ("offsets, one record in 100 a generation of 10 members", records, classic, "2"),
        ("offsets, in 100 records 25 of what members hold and a target", records, consumer_protocol, "2"),
        ("one record in 25 a generation of 10 members", records, restless, "2"),
        ("generations of 10 members alone", records / 10, generations, "2"),
    ];
    println!("{:<62} {:>8} {:>6} {:>10} {:>10} {:>6} {:>4}", "case", "records", "MB", "decode ms", "import ms", "ratio", "aim");
    let word = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    for (name, records, stream, aim) in cases.into_iter().filter(|(name, ..)| name.contains(&word)) {
        let text = stream(records);
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..runs {
            best.0 = best.0.min(timed(|| decode(black_box(&text))));
            best.1 = best.1.min(timed(|| import(black_box(&text))));
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

/// Imports a text and makes each line of all histories, one after another.
fn import(text: &str) -> Imported {
    read(text, &ImportOptions::default()).expect("it is read")
}

fn classic(records: usize) -> String {
    with_generations(records, 100)
}

fn restless(records: usize) -> String {
    with_generations(records, 25)
}

/// Offsets, and one generation in that many records of a group.
fn with_generations(records: usize, turn: usize) -> String {
    let generations = generations_in_turn();
    stream(records, |number, group| match (number / GROUPS / turn, number / GROUPS % turn) {
        (before, 0) => (encode::group_key(2, group), generations[before % MEMBERS].clone()),
        (_, other) => offset(group, other),
    })
}

fn offset(group: &str, partition: usize) -> (Vec<u8>, Vec<u8>) {
    (encode::offset_key(1, group, "orders", partition as i32), vec![0; 40])
}

fn generations(records: usize) -> String {
    with_generations(records, 1)
}

fn consumer_protocol(records: usize) -> String {
    let held = vec![([7; 16], (0..10).collect())];
    let target = encode::target(&held);
    stream(records, |number, group| {
        let turn = number / GROUPS;
        let member = format!("member-{}", turn % 10);
        match turn % 100 {
            0..10 => (encode::member_key(7, group, &member), target.clone()),
            10 => (encode::group_key(6, group), encode::epoch(turn as i32, &[])),
            11..36 => {
                let epochs = [turn as i32, turn as i32 - 1];
                (encode::member_key(8, group, &member), encode::current(epochs, 0, &held, &Vec::new(), &[]))
            }
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

/// Generations one after another, the first after the last: in each, three members have other
/// partitions than before.
fn generations_in_turn() -> Vec<Vec<u8>> {
    (0..MEMBERS).map(|number| generation(number as i32)).collect()
}

/// Members with ten partitions each; this one has a topic's partitions of the next, and the next
/// has its.
fn generation(swapped: i32) -> Vec<u8> {
    let topics = ["orders".to_string(), "payments".to_string()];
    let next = (swapped + 1) % MEMBERS as i32;
    let member = |number: i32| {
        let orders = match number {
            number if number == swapped => next,
            number if number == next => swapped,
            number => number,
        };
        let partitions = |share: i32| (5 * share..5 * share + 5).collect();
        let given = Parts::from([(topics[0].clone(), partitions(orders)), (topics[1].clone(), partitions(number))]);
        ClassicMember {
            id: format!("consumer-{number}-3fc8d6f1-581a-4472-bdf3-3515b4aee8c1"),
            client: format!("consumer-{number}"),
            host: "/10.0.0.1".into(),
            subscription: encode::subscription(&topics, &Parts::new(), -1, None),
            assignment: encode::assignment(&given),
            ..ClassicMember::default()
        }
    };
    let members = (0..MEMBERS as i32).map(member).collect();
    encode::generation(3, &Generation { protocol_type: "consumer".into(), generation: swapped, members, ..Generation::default() })
}
