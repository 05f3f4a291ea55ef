//! Lines that show the whole group: what they change, and who keeps what.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use sticky_assignor::document::{EventContent, GroupDocument, MemberDocument};
use sticky_assignor::replay::{EventBatch, EventKind, EventLog, Faults, RebalanceWindow};
use sticky_assignor::{Change, Event, Goals, Group};

use super::{UNLIMITED, batches_of, history_of, log_of};
use crate::strategies::{any_group, configured, given};

/// A `group` line: topics, and members as (id, instance, rack, topics).
fn line(at: u32, topics: &Value, members: &[(&str, &str, &str, &[&str])]) -> String {
    let named = |name: &str| if name.is_empty() { Value::Null } else { json!(name) };
    let member = |&(id, instance, rack, topics): &(&str, &str, &str, &[&str])| json!({"id": id, "instance": named(instance), "rack": named(rack), "topics": topics});
    json!({"at": at, "group": {"topics": topics, "members": members.iter().map(member).collect::<Vec<_>>()}}).to_string()
}

/// What the second of two lines changes.
fn changes(before: &str, after: &str) -> Vec<String> {
    let log = log_of(&[before, after]);
    let batches = batches_of(&log, RebalanceWindow::default());
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].kinds, [EventKind::Group]);
    batches[0].change.events().iter().map(told).collect()
}

fn told(event: &Event) -> String {
    match event {
        Event::Join(member) => format!("join {}", member.id),
        Event::Rejoin(member) => format!("rejoin {} as {}", member.id, member.instance.as_deref().unwrap_or("nobody")),
        Event::Leave(id) => format!("leave {id}"),
        Event::Subscribe { member, .. } => format!("subscribe {member}"),
        Event::Topic(topic) => format!("topic {} {}", topic.name, topic.partitions),
        Event::DeleteTopic(name) => format!("delete {name}"),
    }
}

#[test]
fn what_differs_from_before_is_one_change() {
    let two = json!({"t": 4, "u": 2});
    let before = line(1, &two, &[("a", "", "", &["t"]), ("b", "", "", &["t"]), ("c", "", "", &["t", "u"])]);
    assert_eq!(changes(&before, &before), Vec::<String>::new());
    let after = line(2, &json!({"t": 6, "v": 1}), &[("d", "", "", &["t"]), ("c", "", "", &["u", "t", "u"]), ("b", "", "", &["u"])]);
    assert_eq!(changes(&before, &after), ["leave a", "delete u", "topic t 6", "topic v 1", "subscribe b", "join d"]);
}

#[test]
fn a_rack_or_an_instance_that_changes_is_a_rejoining() {
    let topics = json!({"t": 4});
    let before = line(1, &topics, &[("a", "i", "east", &["t"]), ("b", "j", "", &["t"])]);
    let elsewhere = line(2, &topics, &[("a", "i", "west", &["t"]), ("b", "j", "", &["t"])]);
    assert_eq!(changes(&before, &elsewhere), ["rejoin a as i"]);
    let swapped = line(2, &topics, &[("a", "j", "east", &["t"]), ("b", "i", "", &["t"])]);
    let expected = ["rejoin b as nobody", "rejoin a as nobody", "rejoin b as i", "rejoin a as j"];
    assert_eq!(changes(&before, &swapped), expected);
    let replaced = line(2, &topics, &[("c", "i", "east", &["t"]), ("b", "j", "", &["t"])]);
    assert_eq!(changes(&before, &replaced), ["join c"]);
}

#[test]
fn racks_said_anew_are_a_change_and_a_bare_count_keeps_them() {
    let racked = |racks: Value| json!({"t": {"partitions": 2, "racks": racks}});
    let members: [(&str, &str, &str, &[&str]); 1] = [("a", "", "", &["t"])];
    let before = line(1, &racked(json!([["x", "y"], []])), &members);
    let unchanged = [json!({"t": 2}), racked(json!([["y", "x", "", "y"], [""]]))];
    for topics in unchanged {
        assert_eq!(changes(&before, &line(2, &topics, &members)), Vec::<String>::new(), "{topics}");
    }
    assert_eq!(changes(&before, &line(2, &racked(json!([[], []])), &members)), ["topic t 2"]);
    let log = log_of(&[&before, &line(2, &json!({"t": 3}), &members)]);
    let last = GroupDocument::from(history_of(&log, RebalanceWindow::default()).last().group());
    assert_eq!(last.topics.0["t"].racks.as_ref().map(|racks| racks.iter().map(Vec::len).collect()), Some(vec![2, 0, 0]));
}

#[test]
fn what_cannot_be_is_refused() {
    let member = r#"{"id": "a", "topics": ["t"]}"#;
    let first = format!(r#"{{"at": 5, "group": {{"topics": {{"t": 4}}, "members": [{member}]}}}}"#);
    let refused = |second: &str| {
        let text = format!("{first}\n{second}");
        EventLog::from_json_lines(text.as_bytes(), Faults::Refuse, UNLIMITED).expect_err("refused").to_string()
    };
    let table = [
        (r#"{"at": 6, "group": {"topics": {"t": 3}, "members": []}}"#.into(), "line 2: topic \"t\" shrinks from 4 to 3"),
        (
            format!(r#"{{"at": 6, "group": {{"topics": {{}}, "members": [{member}, {member}]}}}}"#),
            "line 2: members: two members have the id",
        ),
        (r#"{"at": 4, "rebalance": "why"}"#.into(), "line 2: time runs backwards, from 5 to 4"),
        (r#"{"at": "2026-03-01T10:00:03Z", "rebalance": "why"}"#.into(), "line 2: the line before has the time 5, this one 2026-03-01"),
        (r#"{"at": -1, "rebalance": "why"}"#.into(), "line 2: -1 s is before the time at which a log can begin"),
        (r#"{"at": 6, "group": {"topics": {"t": 4000}, "members": []}}"#.into(), "line 2: "),
    ];
    for (second, reason) in &table[..5] {
        assert!(refused(second).starts_with(reason), "{second}: {}", refused(second));
    }
    let text = format!("{first}\n{}", table[5].0);
    let error = EventLog::from_json_lines(text.as_bytes(), Faults::Refuse, 100).expect_err("too many").to_string();
    assert!(error.contains("4000 partitions in all, more than 100"), "{error}");
    for (first, reason) in [
        (r#"{"at": 1, "group": {"topics": {"t": -1}, "members": []}}"#, "line 1: topics.t: -1 is not a partition count"),
        (r#"{"at": 1, "group": {"topics": {}}}"#, "line 1: group: missing field `members`"),
        (r#"{"at": -1, "group": {"topics": {}, "members": []}}"#, "line 1: -1 s is before the time"),
    ] {
        let error = EventLog::from_json_lines(first.as_bytes(), Faults::Refuse, UNLIMITED).expect_err("refused").to_string();
        assert!(error.starts_with(reason), "{error}");
    }
}

#[test]
fn in_a_window_the_last_line_counts() {
    let topics = json!({"t": 4});
    let both: [(&str, &str, &str, &[&str]); 2] = [("a", "", "", &["t"]), ("b", "", "", &["t"])];
    let lines = [line(1, &topics, &both), line(10, &topics, &both[1..]), line(12, &topics, &both), r#"{"at": 13, "leave": "b"}"#.into()];
    let log = log_of(&lines.each_ref().map(String::as_str));
    let window = RebalanceWindow { length: Some(5.into()), ..RebalanceWindow::default() };
    let batches = batches_of(&log, window);
    let told: Vec<String> = batches[0].change.events().iter().map(told).collect();
    assert_eq!((batches.len(), told, batches[0].seen), (1, vec!["leave b".into()], Some(1)));
    let history = history_of(&log, window);
    let figures = history.last_figures();
    assert_eq!((figures.retained, figures.moved, figures.forced), (2, 2, 2), "a was there all the time");
}

#[test]
fn a_session_timeout_does_not_hold_for_who_was_seen_to_be_gone() {
    let topics = json!({"t": 4});
    let both: [(&str, &str, &str, &[&str]); 2] = [("a", "pod", "", &["t"]), ("b", "", "", &["t"])];
    let seen = [line(1, &topics, &both), line(10, &topics, &both[1..])];
    let left = [line(1, &topics, &both), r#"{"at": 9, "leave": "a"}"#.into(), line(10, &topics, &both[1..]), line(20, &topics, &both)];
    let window = RebalanceWindow { session_timeout: 1000.into(), ..RebalanceWindow::default() };
    let told = |lines: &[String]| -> Vec<(f64, Vec<String>)> {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let batches = batches_of(&log_of(&lines), window);
        batches.iter().map(|batch| (batch.at.seconds(), batch.change.events().iter().map(self::told).collect())).collect()
    };
    assert_eq!(told(&seen), [(10.0, vec!["leave a".to_string()])]);
    assert_eq!(told(&left), [(10.0, vec!["leave a".to_string()]), (20.0, vec!["join a".into()])]);
}

#[test]
fn a_rebalance_without_a_change_keeps_its_reason() {
    let log = log_of(&[
        r#"{"topics": {"t": 4}, "members": [{"id": "a", "topics": "*"}]}"#,
        r#"{"at": "2026-03-01T10:00:03.110Z", "rebalance": "client rejoined"}"#,
    ]);
    let batch: EventBatch = batches_of(&log, RebalanceWindow::default()).remove(0);
    assert_eq!((batch.change, batch.kinds, batch.reasons), (Change::default(), vec![EventKind::Rebalance], vec!["client rejoined".into()]));
    assert_eq!(batch.at.to_string(), "2026-03-01T10:00:03.110Z");
}

#[test]
fn generations_left_out_are_known() {
    let seen = |at: u32, generation: i64| json!({"at": at, "group": {"generation": generation, "topics": {}, "members": []}}).to_string();
    let lines = [seen(1, 3), seen(2, 4), r#"{"at": 3, "rebalance": ""}"#.into(), seen(4, 7), seen(5, 2), seen(6, 3)];
    let log = log_of(&lines.each_ref().map(String::as_str));
    let gaps: Vec<(u64, i64, i64)> = log.generation_gaps().map(|gap| (gap.line, gap.before, gap.after)).collect();
    assert_eq!(gaps, [(4, 4, 7)]);
}

/// The line that shows a group as a document has it, without claims.
fn shown(at: u32, document: &GroupDocument) -> String {
    let mut document = document.clone();
    for member in &mut document.members {
        *member = MemberDocument { owned: Default::default(), generation: sticky_assignor::document::AnyInteger(-1), ..member.clone() };
    }
    json!({"at": at, "group": document}).to_string()
}

/// The same members in the order of their ids, without claims, each naming its topics once and in
/// order.
fn plain(document: &GroupDocument) -> Value {
    let mut members: Vec<Value> = document
        .members
        .iter()
        .map(|member| {
            let mut topics = json!(member.topics);
            if let Some(names) = topics.as_array_mut() {
                names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                names.dedup();
            }
            json!({"id": member.id, "instance": member.instance, "rack": member.rack, "topics": topics})
        })
        .collect();
    members.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    json!({"members": members, "topics": document.topics.0.iter().map(|(name, topic)| (name.clone(), json!(topic.partitions))).collect::<BTreeMap<_, _>>()})
}

proptest! {
    #![proptest_config(configured(500))]

    /// From any group to any other that it can become: the group is the one that was seen, and
    /// whoever is still there, by id or else by instance, claims what it had.
    #[test]
    fn the_group_becomes_the_one_that_was_seen(before in any_group(), mut after in any_group()) {
        for (name, topic) in &mut after.topics.0 {
            if let Some(known) = before.topics.0.get(name) {
                let partitions = topic.partitions.max(known.partitions);
                topic.racks.iter_mut().for_each(|racks| racks.resize(partitions as usize, Vec::new()));
                topic.partitions = partitions;
            }
        }
        let (first, second) = (shown(1, &before), shown(2, &after));
        let log = log_of(&[&first, &second]);
        let history = history_of(&log, RebalanceWindow::default());
        let (start, end) = (history.first(), history.last());
        prop_assert_eq!(plain(&GroupDocument::from(end.group())), plain(&after));
        let had = given(start.group(), start.assignment());
        let claims = GroupDocument::from(end.group());
        for member in &claims.members {
            let same = before.members.iter().find(|known| known.id == member.id);
            let replaced = before.members.iter().find(|known| {
                member.instance.is_some() && known.instance == member.instance && after.members.iter().all(|other| other.id != known.id)
            });
            let mut expected = same.or(replaced).map(|known| had[&known.id].clone()).unwrap_or_default();
            expected.retain(|topic, _| after.topics.0.contains_key(topic));
            let claimed: BTreeMap<String, Vec<i64>> =
                member.owned.0.iter().map(|(topic, list)| (topic.clone(), list.iter().map(|number| number.0).collect())).collect();
            prop_assert_eq!(claimed, expected, "{}", member.id);
        }
    }

    /// However the members of a line are written down, the plans are the same.
    #[test]
    fn the_order_of_members_means_nothing(before in any_group(), after in any_group(), goals in crate::strategies::any_goals()) {
        let mut turned = after.clone();
        turned.members.reverse();
        let plans = |after: &GroupDocument| {
            let lines = format!("{}\n{}", shown(1, &before), shown(2, after));
            let log = EventLog::from_json_lines(lines.as_bytes(), Faults::Skip, UNLIMITED).expect("lines that cannot be are skipped");
            let start = goals.balance(&log.group);
            RebalanceWindow::default().batches(&log).map(|batch| {
                let plan = start.rebalance(&batch.change).expect("the log was checked");
                given(plan.group(), plan.assignment())
            }).collect::<Vec<_>>()
        };
        prop_assert_eq!(plans(&after), plans(&turned));
    }
}

#[test]
fn a_line_that_shows_the_group_is_written_as_it_was_read() {
    let text = r#"{"at":"2026-03-01T10:00:03.110Z","group":{"topics":{"orders":1},"members":[{"id":"c1","topics":["orders"]}],"assignment":{"c1":{"orders":[0]}}}}"#;
    let log = log_of(&[text]);
    let first = log.first.expect("begins with it");
    assert!(matches!(first.event.content, EventContent::Group(_)));
    assert_eq!(serde_json::to_string(&first.event).expect("is JSON"), text);
    assert_eq!(Goals::default().balance(&log.group).group().member_count(), Group::member_count(&log.group));
}
