//! Records of `__consumer_offsets`, as lines of hex, as the console consumer's JSON and as the log
//! dump, and the lives of groups that they tell.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fault, lines, notes, read};
use crate::kafka::records::encode::{self, ClassicMember, Described, Generation, IdParts, ModernMember, Parts};
use crate::strategies::configured;

/// A record, in what the forms of text need.
#[derive(Clone, Debug)]
struct Written {
    at: i64,
    kind: i16,
    group: String,
    member: Option<String>,
    /// The value in bytes and in JSON; none where it is a tombstone.
    value: Option<(Vec<u8>, Value)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Hex,
    Console,
    Dump,
}

impl Written {
    fn text(&self, form: Form) -> String {
        let key = match &self.member {
            Some(member) => encode::member_key(self.kind, &self.group, member),
            None => encode::group_key(self.kind, &self.group),
        };
        let value = self.value.as_ref();
        match form {
            Form::Hex => {
                let value = value.map_or_else(|| "-".into(), |(bytes, _)| HEXLOWER.encode(bytes));
                format!("{} 7 {} {value}\n", self.at, HEXLOWER.encode(&key))
            }
            Form::Console => {
                let value = value.map_or(Value::Null, |(_, value)| value.clone());
                json!({"key": {"type": self.kind, "data": self.key()}, "value": value}).to_string()
            }
            Form::Dump => {
                let key = json!({"type": self.kind.to_string(), "data": self.key()});
                let payload = value.map_or_else(|| "<DELETE>".into(), |(_, value)| value.to_string());
                format!(
                    "| offset: 7 CreateTime: {} keySize: 9 valueSize: 9 sequence: -1 headerKeys: [] key: {key} payload: {payload}\n",
                    self.at
                )
            }
        }
    }

    fn key(&self) -> Value {
        match (&self.member, self.kind) {
            (Some(member), _) => json!({"groupId": self.group, "memberId": member}),
            (None, 2) => json!({"group": self.group}),
            (None, _) => json!({"groupId": self.group}),
        }
    }
}

/// A member of a life: what it subscribes to and what it is given.
#[derive(Clone, Debug)]
struct Living {
    instance: Option<String>,
    rack: Option<String>,
    topics: BTreeSet<String>,
    given: Parts,
    /// What it holds meanwhile, in the consumer protocol.
    held: Parts,
}

/// A rebalance of a life: the members there are then.
type Turn = BTreeMap<String, Living>;

const TOPICS: [&str; 3] = ["clicks", "orders", "payments"];

fn parts() -> impl Strategy<Value = Parts> {
    let list = prop::collection::btree_set(0..6_i32, 1..4).prop_map(|list| list.into_iter().collect::<Vec<i32>>());
    prop::collection::btree_map(prop::sample::select(&TOPICS[..]).prop_map(String::from), list, 0..3)
}

fn living() -> impl Strategy<Value = Living> {
    let topics = prop::sample::subsequence(&TOPICS[..], 0..=3);
    (any::<bool>(), prop::option::of("r[12]"), topics, parts(), parts()).prop_map(|(is_static, rack, topics, given, held)| Living {
        instance: is_static.then(|| "pod".into()),
        rack,
        topics: topics.into_iter().map(String::from).collect(),
        given,
        held,
    })
}

/// The members' ids are their instances', so that no two share one.
fn life() -> impl Strategy<Value = Vec<Turn>> {
    vec(prop::collection::btree_map("m[1-4]", living(), 0..4), 1..6).prop_map(|turns| {
        let named = |(id, living): (String, Living)| {
            let instance = living.instance.map(|instance| format!("{instance}-{id}"));
            (id, Living { instance, ..living })
        };
        turns.into_iter().map(|turn| turn.into_iter().map(named).collect()).collect()
    })
}

fn id_of(topic: &str) -> [u8; 16] {
    let mut id = [7; 16];
    id[..topic.len()].copy_from_slice(topic.as_bytes());
    id
}

fn by_id(parts: &Parts) -> (IdParts, Value) {
    let ids: IdParts = parts.iter().map(|(topic, list)| (id_of(topic), list.clone())).collect();
    let value = ids.iter().map(|(id, list)| json!({"topicId": BASE64URL_NOPAD.encode(id), "partitions": list})).collect();
    (ids, value)
}

/// The records of a classic group: a value for each turn; where JSON has bytes, in one of both
/// ways.
fn classic(group: &str, turns: &[Turn], version: i16, is_decoded: bool) -> Vec<Written> {
    let record = |(number, turn): (usize, &Turn)| {
        let members: Vec<ClassicMember> = turn.iter().map(|(id, living)| classic_member(id, living)).collect();
        let of_json = |member: &ClassicMember| {
            let living = &turn[&member.id];
            let listed =
                |parts: &Parts| -> Value { parts.iter().map(|(topic, list)| json!({"topic": topic, "partitions": list})).collect() };
            let (subscription, assignment) = match is_decoded {
                true => (
                    json!({"topics": living.topics, "userData": null, "ownedPartitions": listed(&living.held), "generationId": 3, "rackId": living.rack}),
                    json!({"assignedPartitions": listed(&living.given), "userData": null}),
                ),
                false => (json!(BASE64.encode(&member.subscription)), json!(BASE64.encode(&member.assignment))),
            };
            json!({"memberId": member.id, "groupInstanceId": member.instance, "clientId": member.client, "clientHost": "/h",
                   "rebalanceTimeout": 1, "sessionTimeout": 1, "subscription": subscription, "assignment": assignment})
        };
        let data = json!({"protocolType": "consumer", "generation": number, "protocol": "range", "leader": null,
                          "currentStateTimestamp": at(number), "members": members.iter().map(of_json).collect::<Vec<_>>()});
        let generation = Generation {
            protocol_type: "consumer".into(),
            generation: number as i32,
            protocol: Some("range".into()),
            leader: None,
            since: at(number),
            members,
        };
        let value = (encode::generation(version, &generation), json!({"version": version, "data": data}));
        Written { at: at(number), kind: 2, group: group.into(), member: None, value: Some(value) }
    };
    turns.iter().enumerate().map(record).collect()
}

fn classic_member(id: &str, living: &Living) -> ClassicMember {
    let topics: Vec<String> = living.topics.iter().cloned().collect();
    ClassicMember {
        id: id.into(),
        instance: living.instance.clone(),
        client: "app".into(),
        subscription: encode::subscription(&topics, &living.held, 3, living.rack.as_ref()),
        assignment: encode::assignment(&living.given),
        ..ClassicMember::default()
    }
}

/// The records of a group of the consumer protocol, as a broker writes them: who left, who is
/// there, the group's epoch, the targets, their epoch. Before the first, what topics there are.
fn modern(group: &str, turns: &[Turn]) -> Vec<Written> {
    let mut records = Vec::new();
    let mut before: Turn = Turn::new();
    for (number, turn) in turns.iter().enumerate() {
        let mut write = |kind: i16, member: Option<&String>, value: Option<(Vec<u8>, Value)>| {
            let value = value.map(|(bytes, data)| (bytes, json!({"version": 0, "data": data})));
            records.push(Written { at: at(number), kind, group: group.into(), member: member.cloned(), value });
        };
        if number == 0 {
            write(4, None, Some(described()));
        }
        for gone in before.keys().filter(|id| !turn.contains_key(*id)) {
            [8, 7, 5].into_iter().for_each(|kind| write(kind, Some(gone), None));
        }
        for (id, living) in turn {
            write(5, Some(id), Some(modern_member(living)));
        }
        write(3, None, Some((encode::epoch(number as i32, &[]), json!({"epoch": number}))));
        for (id, living) in turn {
            let (held, held_value) = by_id(&living.held);
            let current = encode::current([1, 0], 0, &held, &Vec::new(), &[]);
            let data = json!({"memberEpoch": 1, "previousMemberEpoch": 0, "state": 0, "assignedPartitions": held_value, "partitionsPendingRevocation": []});
            write(8, Some(id), Some((current, data)));
            let (target, target_value) = by_id(&living.given);
            write(7, Some(id), Some((encode::target(&target), json!({"topicPartitions": target_value}))));
        }
        if !turn.is_empty() {
            write(6, None, Some((encode::epoch(number as i32, &[]), json!({"assignmentEpoch": number}))));
        }
        before.clone_from(turn);
    }
    records
}

fn modern_member(living: &Living) -> (Vec<u8>, Value) {
    let topics: Vec<String> = living.topics.iter().cloned().collect();
    let said = ModernMember {
        instance: living.instance.clone(),
        rack: living.rack.clone(),
        client: "app".into(),
        topics: topics.clone(),
        ..ModernMember::default()
    };
    let data = json!({"instanceId": living.instance, "rackId": living.rack, "clientId": "app", "clientHost": "", "subscribedTopicNames": topics,
                      "subscribedTopicRegex": null, "rebalanceTimeoutMs": 0, "serverAssignor": null});
    (encode::member(&said, &[]), data)
}

fn described() -> (Vec<u8>, Value) {
    let topics = TOPICS.map(|name| Described { id: id_of(name), name: name.into(), partitions: 6, racks: Vec::new() });
    let data: Value = topics
        .iter()
        .map(|topic| json!({"topicId": BASE64URL_NOPAD.encode(&topic.id), "topicName": topic.name, "numPartitions": 6, "partitionMetadata": []}))
        .collect();
    (encode::described(&topics), json!({"topics": data}))
}

fn at(turn: usize) -> i64 {
    1_772_359_203_110 + 1_000 * turn as i64
}

/// The time of a turn, as documents have it.
fn date(turn: usize) -> String {
    format!("2026-03-01T10:00:{:02}.110Z", 3 + turn)
}

/// The lines of the event log that tells a life.
fn told(group: &str, turns: &[Turn], topics_of: impl Fn(usize) -> Value, tells_held: bool) -> Vec<Value> {
    let line = |(number, turn): (usize, &Turn)| {
        let apart = tells_held && turn.values().any(|living| living.held != living.given);
        let member = |(id, living): (&String, &Living)| {
            let mut member = json!({"id": id, "topics": living.topics});
            let fields = [
                ("owned", apart.then(|| json!(living.held))),
                ("rack", living.rack.as_ref().map(|rack| json!(rack))),
                ("instance", living.instance.as_ref().map(|instance| json!(instance))),
            ];
            for (name, value) in fields {
                if let Some(value) = value {
                    member[name] = value;
                }
            }
            member
        };
        let members: Vec<Value> = turn.iter().map(member).collect();
        let assignment: Value = turn.iter().map(|(id, living)| (id.clone(), json!(living.given))).collect::<serde_json::Map<_, _>>().into();
        json!({"at": date(number), "group": {"name": group, "generation": number, "topics": topics_of(number), "members": members, "assignment": assignment}})
    };
    turns.iter().enumerate().map(line).collect()
}

/// The partition counts that a classic group's records show up to a turn.
fn seen_counts(turns: &[Turn], turn: usize) -> Value {
    let mut counts: BTreeMap<&String, i32> = BTreeMap::new();
    for living in turns[..=turn].iter().flat_map(BTreeMap::values) {
        for (topic, list) in living.given.iter().chain(&living.held) {
            let count = counts.entry(topic).or_default();
            *count = (*count).max(list.iter().max().map_or(0, |highest| highest + 1));
        }
    }
    json!(counts)
}

fn all_counts() -> Value {
    TOPICS.iter().map(|topic| ((*topic).to_string(), json!(6))).collect::<serde_json::Map<_, _>>().into()
}

/// The records of several groups in one stream, each group's in their order.
fn interleaved(mut groups: Vec<Vec<Written>>, order: &[prop::sample::Index]) -> Vec<Written> {
    let mut stream = Vec::new();
    groups.iter_mut().for_each(|records| records.reverse());
    for turn in 0.. {
        groups.retain(|records| !records.is_empty());
        if groups.is_empty() {
            return stream;
        }
        let chosen = order[turn % order.len()].index(groups.len());
        stream.extend(groups[chosen].pop());
    }
    stream
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn a_life_written_as_records_is_imported_as_that_life(
        one in life(),
        other in life(),
        version in 0..5_i16,
        is_decoded in any::<bool>(),
        form in prop::sample::select(vec![Form::Hex, Form::Console, Form::Dump]),
        order in vec(any::<prop::sample::Index>(), 1..20),
    ) {
        // Versions before 3 have no instances.
        let without_instances = |turn: &Turn| turn.iter().map(|(id, living)| (id.clone(), Living { instance: None, ..living.clone() })).collect();
        let one: Vec<Turn> = if version < 3 && form == Form::Hex { one.iter().map(without_instances).collect() } else { one };
        let records = interleaved(vec![classic("one", &one, version, is_decoded), modern("other", &other)], &order);
        let text: String = records.iter().map(|record| record.text(form)).collect();
        let imported = read(&text).expect("it is read");
        let log = |name: &str| -> Vec<Value> {
            let history = imported.histories.iter().find(|history| history.name.as_deref() == Some(name));
            history.map_or_else(Vec::new, |history| history.lines.iter().map(|line| serde_json::to_value(line).expect("it is written")).collect())
        };
        prop_assert_eq!(log("one"), told("one", &one, |turn| seen_counts(&one, turn), false));
        if form != Form::Console {
            // The epoch of a group that stays empty says nothing more.
            let moments: Vec<Value> = told("other", &other, |_| all_counts(), true).into_iter().enumerate()
                .filter(|(turn, _)| *turn == 0 || !other[*turn].is_empty() || !other[turn - 1].is_empty())
                .map(|(_, line)| line).collect();
            prop_assert_eq!(log("other"), moments);
        }
    }

    #[test]
    fn what_is_no_record_is_refused_or_read_and_never_a_panic(
        records in vec(crate::kafka::records::said::written(), 1..4),
        cut in any::<prop::sample::Index>(),
        spoilt in any::<(prop::sample::Index, u8)>(),
    ) {
        let line = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| {
            let value = value.as_ref().map_or_else(String::new, |value| HEXLOWER.encode(value));
            format!("1772359203110 4 {} {value}\n", HEXLOWER.encode(key))
        };
        let mut text = records.iter().map(line).collect::<String>().into_bytes();
        let _ = read(&String::from_utf8_lossy(&text[..cut.index(text.len())]));
        let place = spoilt.0.index(text.len());
        text[place] = spoilt.1;
        let _ = read(&String::from_utf8_lossy(&text));
    }
}

fn hex(records: &[Written]) -> String {
    records.iter().map(|record| record.text(Form::Hex)).collect()
}

fn turn(members: &[(&str, &[i32])]) -> Turn {
    let living = |partitions: &[i32]| Living {
        instance: None,
        rack: None,
        topics: BTreeSet::from(["orders".to_string()]),
        given: BTreeMap::from([("orders".to_string(), partitions.to_vec())]),
        held: BTreeMap::from([("orders".to_string(), partitions.to_vec())]),
    };
    members.iter().map(|(id, partitions)| ((*id).to_string(), living(partitions))).collect()
}

#[test]
fn a_tombstone_ends_no_moment_and_a_generation_without_members_is_one() {
    let turns = [turn(&[("m1", &[0, 1])]), Turn::new()];
    let mut records = classic("g", &turns, 3, false);
    records.push(Written { at: at(2), kind: 2, group: "g".into(), member: None, value: None });
    let lines = lines(&hex(&records));
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[1]["group"]["members"], &lines[1]["group"]["topics"]), (&json!([]), &json!({"orders": 2})));
}

#[test]
fn a_converted_group_goes_on_under_its_name() {
    let mut records = classic("g", &[turn(&[("m1", &[0, 1])])], 3, false);
    records.push(Written { at: at(1), kind: 2, group: "g".into(), member: None, value: None });
    let epoch = (encode::epoch(1, &[]), json!({"version": 0, "data": {"epoch": 1}}));
    records.push(Written { at: at(1), kind: 3, group: "g".into(), member: None, value: Some(epoch) });
    records.extend(modern("g", &[turn(&[("m1", &[0, 1])])]));
    assert_eq!(lines(&hex(&records)).len(), 2);
}

#[test]
fn a_stream_that_begins_with_an_empty_group_gives_an_empty_moment() {
    let epoch = |at, epoch: i32| {
        let value = (encode::epoch(epoch, &[]), json!({"version": 0, "data": {"epoch": epoch}}));
        Written { at, kind: 3, group: "g".into(), member: None, value: Some(value) }
    };
    let later = modern("g", &[turn(&[("m1", &[0, 1])])]);
    let alone = lines(&hex(&[epoch(at(0) - 1_000, 4)]));
    assert_eq!((alone.len(), &alone[0]["group"]["members"]), (1, &json!([])));
    let followed: Vec<Written> = [epoch(at(0) - 1_000, 4)].into_iter().chain(later.clone()).collect();
    assert_eq!(lines(&hex(&followed)).len(), 2);
    // Of a group that is new the epoch may come with its first member.
    let new: Vec<Written> = [epoch(at(0), 4)].into_iter().chain(later.into_iter().filter(|record| record.kind != 4)).collect();
    assert_eq!(lines(&hex(&new)).len(), 1);
}

#[test]
fn a_conversion_of_clients_that_are_no_consumers_is_counted_and_passed_over() {
    let value = |kind: &str| {
        let generation = Generation { protocol_type: kind.into(), ..Generation::default() };
        Written { at: at(0), kind: 2, group: "w".into(), member: None, value: Some((encode::generation(3, &generation), Value::Null)) }
    };
    let offset = format!("1 1 {} 0001\n", HEXLOWER.encode(&encode::offset_key(1, "w", "orders", 3)));
    let text = hex(&[value("connect"), value("connect")]) + &offset + &offset;
    let notes = notes(&text);
    assert!(notes.contains("is a group of the protocol \"connect\", not of consumers; 2 records of it are passed over"), "{notes}");
    assert!(notes.contains("records are passed over: 2 of key type 1"), "{notes}");
}

#[test]
fn topics_without_names_are_named_by_a_table_in_the_same_input_or_keep_their_ids() {
    let records: Vec<Written> = modern("g", &[turn(&[("m1", &[0, 1])])]).into_iter().filter(|record| record.kind != 4).collect();
    let id = BASE64URL_NOPAD.encode(&id_of("orders"));
    let nameless = lines(&hex(&records));
    assert_eq!(nameless[0]["group"]["assignment"]["m1"], json!({&id: [0, 1]}));
    let table = format!("Topic: orders\tTopicId: {id}\tPartitionCount: 3\tReplicationFactor: 1\tConfigs:\n");
    let named = lines(&(hex(&records) + &table));
    assert_eq!((&named[0]["group"]["assignment"]["m1"], &named[0]["group"]["topics"]), (&json!({"orders": [0, 1]}), &json!({"orders": 3})));
}

#[test]
fn times_that_fall_are_raised_and_missing_ones_are_those_of_the_state() {
    let mut records = classic("g", &[turn(&[("m1", &[0])]), turn(&[("m1", &[0])])], 3, false);
    records[1].at -= 5_000;
    assert_eq!(lines(&hex(&records))[1]["at"], json!(date(0)));
    assert!(notes(&hex(&records)).contains("raised"));
    records.iter_mut().for_each(|record| record.at = -1);
    assert_eq!(lines(&hex(&records))[1]["at"], json!(date(1)));
}

#[test]
fn a_record_that_is_cut_off_is_an_error_with_its_line() {
    let text = hex(&classic("g", &[turn(&[("m1", &[0])]), turn(&[("m1", &[0])])], 3, false));
    let cut = &text[..text.len() - 9];
    assert!(fault(cut).to_string().starts_with("line 2: "), "{}", fault(cut));
    let broken = r#"{"key": {"type": 2, "data": {"group": "g"}}, "value": {"version": 3, "data": {"protocolType": "consumer"}}}"#;
    assert!(fault(broken).to_string().contains("the record cannot be read"), "{}", fault(broken));
}
