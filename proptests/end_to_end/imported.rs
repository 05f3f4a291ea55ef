//! What is told of a group on a broker is imported as the life it had: what its clients say they
//! hold, as a table of its members; what an admin client says of it, in kafka-python's JSON; and
//! the records of its generations, read from the broker as the README does.
//!
//! The broker of these tests writes no such records, and its answers to admin clients lack what
//! members said and were given. Both are made of what the group's leader tells, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sticky_assignor::kafka::Protocol;

use super::TOPICS;
use super::group::{Group, Kind};
use super::rounds::Round;
use super::tools::Tools;
use crate::kafka::records::encode::{self, ClassicMember, Generation};
use crate::program::run;

#[test]
fn what_is_told_of_a_group_is_imported_as_its_life() {
    let Some(tools) = Tools::find("what_is_told_of_a_group_is_imported_as_its_life") else { return };
    let (mut group, mut life) = (Group::new(tools, Protocol::Sticky, &TOPICS), Life::default());
    group.join("leader", Kind::Ours);
    life.follow(&mut group, "alone");
    group.join("python", Kind::KafkaPython);
    life.follow(&mut group, "a member of kafka-python joins");
    group.join("barnabas", Kind::Barnabas);
    life.follow(&mut group, "a member of barnabas joins");
    group.kill("python");
    life.follow(&mut group, "one is killed");
    group.join("second", Kind::Ours);
    life.follow(&mut group, "another of ours joins");
    group.leave("barnabas");
    life.follow(&mut group, "one leaves");
    life.is_told_by_the_table();
    life.is_told_by_the_admin_client();
    life.is_told_by_the_records(&group);
}

/// Partitions by topic.
type Held = BTreeMap<String, Vec<i64>>;

/// Each state in which the group was settled, and what was told of it then.
#[derive(Default)]
struct Life {
    /// By member name, what each says that it holds.
    held: Vec<BTreeMap<String, Held>>,
    /// What the admin client says.
    described: Vec<String>,
    /// How many rounds there had been.
    rounds: Vec<usize>,
}

/// When the first state was, and how far states are apart.
const START: i64 = 1_772_359_200;

impl Life {
    /// Waits until the group is settled, and hears what is told of it.
    fn follow(&mut self, group: &mut Group, step: &str) {
        group.settle(step).led_by("leader");
        self.held.push(group.held_by_member());
        let rounds = group.rounds_led_by("leader");
        let bytes = |(id, said, given): (&str, &[u8], &[u8])| (id.to_string(), json!([HEXLOWER.encode(said), HEXLOWER.encode(given)]));
        let told: BTreeMap<String, Value> = rounds.last().expect("it led").told_of_members().map(bytes).collect();
        let described = group.ask(&["describe", "group"], &json!(told).to_string());
        self.described.push(described);
        self.rounds.push(rounds.len());
    }

    /// The members of each state, as `kafka-consumer-groups.sh` would print them.
    fn is_told_by_the_table(&self) {
        let row = |(member, held): (&String, &Held)| {
            let list = |(topic, partitions): (&String, &Vec<i64>)| {
                format!("{topic}({})", partitions.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            };
            let count: usize = held.values().map(Vec::len).sum();
            format!("group {member} /127.0.0.1 {member} {count} {}\n", held.iter().map(list).collect::<Vec<_>>().join(", "))
        };
        let head = "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\n";
        let tables = self.held.iter().map(|members| format!("{head}{}", members.iter().map(row).collect::<String>()));
        let log = imported(&dated(tables));
        let assigned: Vec<BTreeMap<String, Held>> = log.iter().map(assignment).collect();
        assert_eq!(assigned, self.held);
        let changed: Vec<Value> = replayed(&log).into_iter().map(|line| line["changed"].clone()).collect();
        let joined = |name: &str| json!({"joined": [name]});
        let life = [joined("python"), joined("barnabas"), json!({"left": ["python"]}), joined("second"), json!({"left": ["barnabas"]})];
        assert_eq!(changed, life);
    }

    fn is_told_by_the_admin_client(&self) {
        let log = imported(&dated(self.described.iter().cloned()));
        let (assigned, held): (Vec<_>, Vec<_>) =
            (log.iter().map(|line| shares(&assignment(line))).collect(), self.held.iter().map(shares).collect());
        assert_eq!(assigned, held);
        let counts = replayed(&log).into_iter().map(|line| line["members"].as_u64());
        assert_eq!(counts.collect::<Vec<_>>(), [2, 3, 2, 3, 2].map(Some));
    }

    /// A record for each round, as the broker writes them; read by the README's program.
    fn is_told_by_the_records(&self, group: &Group) {
        let rounds = group.rounds_led_by("leader");
        let records = (1..).zip(&rounds).map(|(generation, round)| record(generation, round)).collect::<Vec<_>>().join("\n");
        group.ask(&["records", "__consumer_offsets"], &records);
        let log = imported(&group.run_python(&readme_program()));
        let given: Vec<BTreeMap<String, Held>> = rounds.iter().map(Round::given).collect();
        assert_eq!(log.iter().map(assignment).collect::<Vec<_>>(), given);
        let settled = self.rounds.iter().map(|count| shares(&given[count - 1]));
        assert_eq!(settled.collect::<Vec<_>>(), self.held.iter().map(shares).collect::<Vec<_>>());
        let at: Vec<&Value> = log.iter().map(|line| &line["at"]).collect();
        assert_eq!(*at[0], json!("2026-03-01T10:00:10.000Z"));
    }
}

/// Texts, each below the time that it is of.
fn dated(texts: impl Iterator<Item = String>) -> String {
    texts.enumerate().map(|(state, text)| format!("2026-03-01T10:00:{:02}Z\n{text}\n", state * 10)).collect()
}

/// A generation as a line of hex: `timestamp key value`.
fn record(generation: i32, round: &Round) -> String {
    let member = |(id, said, given): (&str, &[u8], &[u8])| ClassicMember {
        id: id.into(),
        client: id.into(),
        host: "/127.0.0.1".into(),
        subscription: said.into(),
        assignment: given.into(),
        ..ClassicMember::default()
    };
    let at = (START + i64::from(generation) * 10) * 1000;
    let value = Generation {
        protocol_type: "consumer".into(),
        generation,
        protocol: Some("sticky".into()),
        leader: round.told_of_members().next().map(|(id, ..)| id.into()),
        since: at,
        members: round.told_of_members().map(member).collect(),
    };
    format!("{at} {} {}", HEXLOWER.encode(&encode::group_key(2, "group")), HEXLOWER.encode(&encode::generation(3, &value)))
}

/// The program that the README has for whoever has a Python client only.
fn readme_program() -> String {
    let readme = include_str!("../../README.md");
    let block = readme.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
    block.expect("the README has one").into()
}

/// The lines of the event log that `import` makes of a text.
fn imported(text: &str) -> Vec<Value> {
    let ended = run(&["import", "-"], text);
    assert_eq!(ended.status, 0, "{text}\n{}", ended.err);
    ended.json()
}

/// What `replay` says of the rebalances of a log, the first left out.
fn replayed(log: &[Value]) -> Vec<Value> {
    let text: String = log.iter().map(|line| format!("{line}\n")).collect();
    let ended = run(&["replay", "--format", "json", "--compare", "recorded", "-"], text);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let mut lines = ended.json();
    assert!(lines.pop().is_some_and(|total| total["total"]["recorded"]["invalid"] == json!(0)));
    lines.drain(1..).collect()
}

fn assignment(line: &Value) -> BTreeMap<String, Held> {
    serde_json::from_value(line["group"]["assignment"].clone()).expect("an assignment")
}

/// What members have, whoever they are.
fn shares(members: &BTreeMap<String, Held>) -> BTreeSet<Held> {
    members.values().cloned().collect()
}
