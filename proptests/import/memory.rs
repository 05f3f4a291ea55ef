//! How much memory an input takes: a test binary of its own, for it counts every allocation.

#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../kafka/records/encode.rs"]
mod encode;

#[path = "../peak.rs"]
mod peak;

use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;
use sticky_assignor::import::{ImportOptions, Imported, read_pieces};

use encode::Parts;
use peak::peak;

const GROUPS: usize = 10;

/// Reads pieces that are made when they are asked for.
fn import(pieces: impl Iterator<Item = String>) -> Imported {
    read_pieces(pieces, &ImportOptions::default()).expect("it is read")
}

/// Allocations are counted for all threads together.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What `import` takes of these, and how long they are.
fn measured(pieces: impl Iterator<Item = String>) -> (usize, usize) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut length = 0;
    (peak(|| import(pieces.inspect(|piece| length += piece.len()))), length)
}

fn hex(number: usize, key: &[u8], value: &[u8]) -> String {
    format!("{} {number} {} {}\n", 1_772_359_203_110 + number, HEXLOWER.encode(key), HEXLOWER.encode(value))
}

/// Offsets, what members hold, and in the beginning a generation of each group.
fn records(count: usize) -> impl Iterator<Item = String> {
    let held = vec![([7; 16], (0..100).collect())];
    let current = encode::current([1, 0], 0, &held, &Vec::new(), &[]);
    let member = encode::ClassicMember {
        id: "m".into(),
        assignment: encode::assignment(&Parts::from([("orders".into(), vec![0, 1])])),
        ..encode::ClassicMember::default()
    };
    let generation = encode::Generation { protocol_type: "consumer".into(), members: vec![member], ..encode::Generation::default() };
    let generation = encode::generation(3, &generation);
    (0..count).map(move |number| {
        let group = format!("group-{}", number % GROUPS);
        match number / GROUPS {
            0 => hex(number, &encode::group_key(2, &group), &generation),
            turn if turn % 2 == 0 => hex(number, &encode::offset_key(1, &group, "orders", 3), &[0; 40]),
            turn => hex(number, &encode::member_key(8, &group, &format!("m{}", turn % 5)), &current),
        }
    })
}

#[test]
fn records_take_memory_for_their_groups_and_not_for_their_number() {
    let (short, long) = (measured(records(2_000)), measured(records(40_000)));
    assert!(long.1 > 10_000_000, "{} bytes", long.1);
    assert!(long.0 < short.0 + short.0 / 4, "{} bytes for {}, {} for {}", long.0, long.1, short.0, short.1);
}

#[test]
fn json_without_line_breaks_takes_memory_for_a_record() {
    let key = r#"{"key":{"type":2,"data":{"group":"g"}},"value":"#;
    let first = [format!("{key}{}}}", r#"{"version":3,"data":{"protocolType":"consumer","generation":1,"members":[]}}"#)];
    let offset = format!(
        r#"{{"key":{{"type":1,"data":{{"group":"g","topic":"t","partition":1}}}},"value":{{"version":3,"data":{{"offset":1,"metadata":"{}"}}}}}}"#,
        "x".repeat(900)
    );
    let stream = |count: usize| first.clone().into_iter().chain(std::iter::repeat_n(offset.clone(), count));
    let (short, long) = (measured(stream(500)), measured(stream(10_000)));
    assert!(long.1 > 10_000_000, "{} bytes", long.1);
    assert!(long.0 < short.0 + short.0 / 4, "{} bytes for {}, {} for {}", long.0, long.1, short.0, short.1);
}

#[test]
fn a_description_of_many_groups_takes_memory_for_one() {
    let group = format!(
        r#"{{"groupId":"g","note":"{}","members":[{{"memberId":"m","assignment":[{{"topic":"t","partition":0}}]}}]}},"#,
        "x".repeat(1_000)
    );
    let list = |count: usize| std::iter::once("[".to_string()).chain(std::iter::repeat_n(group.clone(), count)).chain(["null]".into()]);
    let object = |count: usize| {
        let open = "{\"groups\":[\n".to_string();
        std::iter::once(open).chain(std::iter::repeat_n(format!("{group}\n"), count)).chain(["null]}".into()])
    };
    for (short, long) in [(measured(list(500)), measured(list(10_000))), (measured(object(500)), measured(object(10_000)))] {
        assert!(long.1 > 10_000_000, "{} bytes", long.1);
        assert!(long.0 < short.0 + short.0 / 2, "{} bytes for {}, {} for {}", long.0, long.1, short.0, short.1);
    }
}

#[test]
fn tables_in_which_nothing_changes_take_memory_for_one() {
    let rows: String = (0..200).map(|member| format!("g c{member} /h app 1 orders({member})\n")).collect();
    let table =
        |number: usize| format!("{}\n\nGROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n{rows}\n", 1_772_359_203 + 10 * number);
    let undated = |number: usize| table(number).split_once('\n').map_or_else(String::new, |(_, table)| table.into());
    let (short, long) = (measured((0..10).map(table)), measured((0..400).map(table)));
    assert!(long.0 < short.0 + short.0 / 4, "{} bytes for {}, {} for {}", long.0, long.1, short.0, short.1);
    let (short, long) = (measured((0..10).map(undated)), measured((0..400).map(undated)));
    assert!(long.0 < short.0 + short.0 / 4, "{} bytes for {}, {} for {}", long.0, long.1, short.0, short.1);
}
