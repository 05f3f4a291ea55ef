//! Texts as people paste them: what each says is read, or it is refused with the line at fault.

use serde_json::{Value, json};
use sticky_assignor::import::ImportError;

use super::{documents, fault, lines, notes, only, read, read_with, topics};

const MEMBERS: &str = "
GROUP           CONSUMER-ID   HOST            CLIENT-ID       #PARTITIONS     ASSIGNMENT
orders          c1-aaaa       /127.0.0.1      app             2               clicks(0,1)
orders          c2-bbbb       /127.0.0.1      app             1               clicks(2)
orders          c3-cccc       /127.0.0.1      app             0               -
";

const LEADER: &str = "[2026-03-01 10:00:03,110] INFO [Consumer clientId=app-1, groupId=orders] Finished assignment for group at generation 2: {c1-aaaa=Assignment(partitions=[clicks-0, clicks-1]), c2-bbbb=Assignment(partitions=[clicks-2])} (o.a.k.ConsumerCoordinator)\n";

/// The text with this before each line.
fn prefixed(prefix: &str, text: &str) -> String {
    text.lines().map(|line| format!("{prefix}{line}\n")).collect()
}

/// The text as a container's log has it, a JSON object for each line.
fn wrapped(text: &str) -> String {
    let object = |line: &str| json!({"log": format!("{line}\n"), "stream": "stdout", "time": "2026-03-01T10:00:03.110Z"}).to_string();
    text.lines().map(|line| object(line) + "\n").collect()
}

fn line_of(text: &str) -> String {
    let error = fault(text).to_string();
    error.split_once(':').map_or(error.clone(), |(line, _)| line.to_string())
}

#[test]
fn what_containers_and_timestampers_put_before_each_line_is_none_of_it() {
    let expected = documents(MEMBERS);
    for prefix in ["Mar 01 10:00:03 ", "2026-03-01T10:00:03.110123456Z ", "cli-1  | 2026-03-01T10:00:03Z ", "> > \u{1b}[1m"] {
        assert_eq!(documents(&prefixed(prefix, MEMBERS)), expected, "{prefix}");
    }
    assert_eq!(documents(&format!("\u{feff}{MEMBERS}")), expected);
    assert_eq!(documents(&wrapped(MEMBERS)), expected);
    // An empty line with the time before it is empty, and no moment ends there.
    let owners = "\nGROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS\norders c1-aaaa /h app 2\norders c3-cccc /h app 0\n".to_string() + OWNERS;
    let stamped: String = owners.lines().map(|line| format!("2026-03-01T10:00:03.110Z {line}\n")).collect();
    assert_eq!(documents(&stamped), documents(&owners));
}

const OWNERS: &str = "
GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST        CLIENT-ID
orders          clicks          0          5               5               0    c1-aaaa      /127.0.0.1  app
orders          clicks          1          -               5               -    c1-aaaa      /127.0.0.1  app
orders          clicks          2          5               5               0    c2-bbbb      /127.0.0.1  app
";

#[test]
fn a_table_cut_off_on_its_right_is_refused() {
    let cut: String = OWNERS.lines().map(|line| line.chars().take(88).collect::<String>() + "\n").collect();
    assert_eq!(fault(&cut), ImportError::CutOff { line: 2, column: "CONSUMER".into() });
    let without_owners: String = OWNERS.lines().map(|line| line.chars().take(80).collect::<String>() + "\n").collect();
    assert_eq!(fault(&without_owners), ImportError::CutOff { line: 2, column: "LAG".into() });
    assert_eq!(fault("GROUP TOPIC PARTITION\norders clicks 0\n"), ImportError::NoAssignments { line: 1 });
    let members = MEMBERS.replace("ASSIGNMENT", "ASSIGNM");
    assert_eq!(fault(&members), ImportError::CutOff { line: 2, column: "ASSIGNM".into() });
    let targets = "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS CURRENT-EPOCH CURRENT-ASSIGNMENT TARGET-EPOCH TARGET-ASS\ng c1 /h app 1 3 t:0 3 t:0\n";
    assert_eq!(fault(targets), ImportError::CutOff { line: 1, column: "TARGET-ASS".into() });
    for (text, line) in [
        (MEMBERS.replace("clicks(0,1)", "clicks(0,"), "line 3"),
        (MEMBERS.replace("clicks(0,1)", "clicks(0,1)..."), "line 3"),
        (MEMBERS.replace("clicks(0,1)", "\nclicks(0,1)"), "line 3"),
    ] {
        assert_eq!(line_of(&text), line, "{text}");
    }
}

#[test]
fn what_is_said_behind_a_prompt_is_no_row() {
    let text = format!("root@broker:/# kafka-consumer-groups --describe{MEMBERS}root@broker:/# exit\nexit\nlogout\n");
    assert_eq!(documents(&text), documents(MEMBERS));
    assert!(notes(&text).contains("2 lines are passed over"));
    for around in ["(END)\n~\n~\n", "--More--\n", "{noformat}\n", "{code:java}\n", "</pre>\n"] {
        assert_eq!(documents(&format!("{}{around}", MEMBERS.trim_start())), documents(MEMBERS), "{around}");
    }
    // What looks like a row is one all the same, or is refused.
    assert_eq!(line_of(&format!("{MEMBERS}$ cat more\norders c4-dddd /127.0.0.1 app 2\n")), "line 7");
}

#[test]
fn states_are_no_assignments_and_empty_and_missing_groups_give_a_note() {
    let states =
        |state: &str| format!("\nGROUP  COORDINATOR (ID)  ASSIGNMENT-STRATEGY STATE  #MEMBERS\norders b-1:9092 (1)      {state}\n");
    assert_eq!(fault(&states("range               Stable 3")), ImportError::NoAssignments { line: 3 });
    assert!(notes(&states("                    Empty  0")).contains("\"orders\": has no members"));
    assert!(notes("\nError: Consumer group 'orders' does not exist.\n").contains("\"orders\": does not exist"));
    let other = format!("\nWarning: Consumer group 'other' is rebalancing.\n{MEMBERS}");
    assert!(notes(&other).contains("group \"other\": 1 moment is left out, in which it was rebalancing"));
    assert!(!notes(&other).contains("\"orders\": is rebalancing"));
}

#[test]
fn dates_between_tables_are_read_in_their_common_forms_or_refused() {
    let two = |first: &str, second: &str| format!("{first}\n{MEMBERS}{second}\n{}", MEMBERS.replace("c3-cccc", "c4-dddd"));
    for (first, second) in [
        ("1772359203", "1772359213"),
        ("1772359203.000", "1772359213.000000000"),
        ("1772359203000", "1772359213000000000"),
        ("2026-03-01 10:00:03", "2026-03-01 11:00:13 +0100"),
        ("2026-03-01 10:00:03 UTC", "[2026-03-01T10:00:13Z]"),
        ("Time: 2026-03-01T10:00:03Z", "=== 2026-03-01T10:00:13+00:00 ==="),
        ("Sun Mar  1 10:00:03 UTC 2026", "Sun 01 Mar 2026 10:00:13 AM UTC"),
        ("Sun, 01 Mar 2026 10:00:03 +0000", "2026-03-01T11:00:13,000+01:00"),
    ] {
        let at: Vec<Value> = lines(&two(first, second)).iter().map(|line| line["at"].clone()).collect();
        assert_eq!(at, ["2026-03-01T10:00:03.000Z", "2026-03-01T10:00:13.000Z"], "{first}, {second}");
    }
    for date in [
        "So 1. Mär 10:00:03 CET 2026",
        "dim. 01 mars 2026 10:00:03 CET",
        "Sunday, March 1, 2026 10:00:03 AM",
        "03/01/2026 10:00:03",
        "10:00:03",
    ] {
        let error = fault(&two(date, date));
        assert_eq!(error, ImportError::Date { line: 1, text: date.into() });
        assert!(error.to_string().contains("`date -u`"), "{error}");
    }
    assert!(matches!(fault(&two("Sun 01 Mar 2026 10:00:03 AM CET", "")), ImportError::Zone { line: 1, .. }));
    assert_eq!(documents(&format!("Last login: Sun Mar  1 10:00:03 2026 from 10.0.0.1\n{MEMBERS}")), documents(MEMBERS));
}

#[test]
fn a_leaders_log_is_read_within_json_and_never_joined_with_what_follows() {
    let expected = lines(LEADER);
    let object = json!({"@timestamp": "2026-03-01T10:00:03.110Z", "level": "INFO", "message": LEADER[32..].trim_end()});
    assert_eq!(lines(&format!("{object}\n")), expected);
    let folded = format!("{}\n{}\n{}", &LEADER[..150], &LEADER[150..200], &LEADER[200..]);
    assert_eq!(lines(&folded), expected);
    for cut in [150, 180, 200] {
        assert_eq!(line_of(&format!("{}\n{LEADER}", &LEADER[..cut])), "line 1", "{cut}");
        assert_eq!(line_of(&LEADER[..cut]), "line 1", "{cut}");
    }
    let old = "DEBUG o.a.k.ConsumerCoordinator - Finished assignment for group orders: {c1=Assignment(partitions=[t-0])}\n";
    let [line] = lines(old).try_into().expect("one line");
    assert_eq!((&line["group"]["name"], line["group"].get("generation")), (&json!("orders"), None));
}

#[test]
fn an_assignment_of_librdkafkas_log_that_lacks_a_line_is_left_out() {
    let text = include_str!("../cases/import/librdkafka-assignor.log");
    let whole = lines(text);
    let listed: Vec<&str> = text.lines().filter(|line| line.contains("ASSIGN")).collect();
    for missing in 1..listed.len() {
        let lacking: Vec<&str> = listed.iter().enumerate().filter(|(place, _)| *place != missing).map(|(_, line)| *line).collect();
        let Ok(imported) = read(&lacking.join("\n")) else { continue };
        let mut lines = imported.histories.iter().flat_map(|history| history.lines.iter());
        let differs = lines.find(|line| serde_json::to_value(line).unwrap()["group"] != whole[0]["group"]);
        assert_eq!(differs, None, "without {}", listed[missing]);
    }
}

#[test]
fn librdkafkas_log_is_read_as_pythons_logging_writes_it() {
    let text = include_str!("../cases/import/librdkafka-assignor.log");
    let (_, first) = text.split_once("|ASSIGN|").unwrap();
    let client = first.split_once('|').unwrap().0;
    let logged: String = text.lines().filter_map(|line| line.split_once("|ASSIGN|")).fold(String::new(), |logged, (_, said)| {
        let (_, said) = said.split_once("| ").unwrap();
        logged + &format!("2023-11-14 22:13:20,897 DEBUG ASSIGN [{client}] {said}\n")
    });
    let assignment = |text: &str| lines(text).iter().map(|line| line["group"]["assignment"].clone()).collect::<Vec<_>>();
    assert_eq!(assignment(&logged), assignment(text));
}

fn coordinator(lines: &[(&str, &str)]) -> String {
    let line = |(time, said): &(&str, &str)| {
        format!(
            "[2026-03-01 10:{time},104] INFO [GroupCoordinator id=1 topic=__consumer_offsets partition=7] {said} (org.apache.kafka.coordinator.group.GroupMetadataManager)\n"
        )
    };
    lines.iter().map(line).collect()
}

fn events(text: &str) -> Vec<Value> {
    let imported = read_with(text, &topics(&[("t", 2)])).unwrap();
    let [history] = imported.histories.as_slice() else { panic!("one history: {imported:?}") };
    let event = |line| {
        let mut event = serde_json::to_value(line).unwrap();
        event.as_object_mut().unwrap().remove("at");
        event
    };
    history.lines.iter().map(event).collect()
}

#[test]
fn the_coordinator_of_kafka_4_says_who_joins_and_leaves() {
    let classic = coordinator(&[
        (
            "00:00",
            "Dynamic member with unknown member id joins group cc in Empty state. Created a new member id m-1 and requesting the member to rejoin with this id.",
        ),
        (
            "00:01",
            "Preparing to rebalance group cc in state PreparingRebalance with old generation 0 (reason: Adding new member m-1 with group instance id null; client reason: need to re-join with the given member-id: m-1).",
        ),
        ("00:03", "Stabilized group cc generation 1 with 1 members."),
        (
            "01:03",
            "[Group cc] Member m-1 has left group through explicit `LeaveGroup` request; client reason: the consumer is being closed",
        ),
        (
            "01:03",
            "Preparing to rebalance group cc in state PreparingRebalance with old generation 1 (reason: explicit `LeaveGroup` request for (m-1) members.).",
        ),
        ("01:04", "Group cc with generation 2 is now empty."),
    ]);
    assert_eq!(events(&classic), [json!({"join": {"id": "m-1", "topics": "*"}}), json!({"leave": "m-1"})]);
    let modern = coordinator(&[
        ("00:00", "[GroupId cc] Member m-1 joins the consumer group using the consumer protocol."),
        ("00:00", "[GroupId cc] Bumped group epoch to 1 with metadata hash 123."),
        (
            "00:00",
            "[GroupId cc] Computed a new target assignment for epoch 1 with 'uniform' assignor in 1ms: {m-1=MemberAssignment(partitions={x=[0]})}.",
        ),
        ("00:05", "[GroupId cc] Static member m-2 with instance id pod joins the consumer group using the consumer protocol."),
        ("00:07", "[GroupId cc] Static Member m-2 with instance id pod temporarily left the consumer group."),
        (
            "00:08",
            "[GroupId cc] Static member with instance id pod re-joins the consumer group using the consumer protocol. Created a new member m-3 to replace the existing member m-2.",
        ),
        ("01:00", "[GroupId cc] Member m-1 fenced from the group because its session expired."),
        ("01:09", "[GroupId cc] Member m-3 left the consumer group."),
    ]);
    let joined = |id: &str| json!({"join": {"id": id, "topics": "*", "instance": "pod"}});
    let expected =
        [json!({"join": {"id": "m-1", "topics": "*"}}), joined("m-2"), joined("m-3"), json!({"leave": "m-1"}), json!({"leave": "m-3"})];
    assert_eq!(events(&modern), expected);
    let unknown = coordinator(&[
        ("00:00", "[GroupId cc] Member m-1 joins the consumer group using the consumer protocol."),
        ("00:01", "Loaded group because of a new epoch using what is there."),
    ]);
    let imported = read_with(&unknown, &topics(&[("t", 2)])).unwrap();
    assert_eq!(imported.histories.len(), 1);
    assert!(imported.notes.iter().any(|note| note.to_string().contains("1 line is passed over, the first in line 2")));
}

#[test]
fn json_is_read_quoted_and_coloured_and_what_stands_behind_it_is_not_lost() {
    let described = |client: &str| json!({"groupId": "orders", "members": [{"memberId": "m", "clientId": client, "assignment": [{"topic": "t", "partition": 0}]}]});
    let (group, pretty) = (described("a | b"), serde_json::to_string_pretty(&described("a | b")).unwrap());
    let expected = documents(&group.to_string());
    for text in
        [prefixed("> ", &pretty), prefixed("app-1  | ", &pretty), pretty.replace('{', "\u{1b}[1m{\u{1b}[0m"), pretty.replace('\n', "\r\n")]
    {
        assert_eq!(documents(&text), expected, "{text}");
    }
    // What looks like a prefix within a text is none.
    let list =
        serde_json::to_string_pretty(&json!({"groupId": "g", "members": [{"memberId": "m", "assignment": ["a|b-0", "c-1"]}]})).unwrap();
    assert_eq!(only(&list)["assignment"]["m"], json!({"a|b": [0], "c": [1]}));
    assert_eq!(documents(&format!("{group}user@host:~$ \n")), expected);
    assert!(notes(&format!("{group} Done.\n")).contains("1 line is passed over, the first in line 1: Done."));
    assert_eq!(documents(&format!("{pretty}{MEMBERS}").replace("\"orders\"", "\"other\"")).len(), 2);
    assert_eq!(line_of(&format!("{{\"a\": 1}}\n{MEMBERS}")), "line 1");
}

#[test]
fn members_in_json_say_what_they_have_or_it_is_said_that_they_do_not() {
    let member = |id: &str, field: &str| json!({"memberId": id, field: [{"topic": "t", "partition": 0}]});
    let text = json!({"groupId": "g", "members": [member("m", "assignment"), member("n", "assignmnt")]}).to_string();
    assert!(notes(&text).contains("so are taken to have none: n"));
    assert_eq!(only(&text)["assignment"]["n"], json!({}));
    let twice = json!({"groupId": "g", "members": [member("m", "assignment"), member("m", "assignment")]}).to_string();
    assert!(fault(&twice).to_string().contains("line 1: member \"m\" is there twice"));
    let wrapper = json!({"data": {"members": [member("m", "assignment")]}}).to_string();
    assert_eq!(only(&wrapper).get("name"), None);
    assert_eq!(only(&json!({"orders": {"members": [member("m", "assignment")]}}).to_string())["name"], "orders");
}

#[cfg(feature = "kafka")]
mod records {
    use data_encoding::{BASE64, HEXLOWER};

    use super::*;
    use crate::kafka::records::encode;

    fn value(generation: i32) -> Vec<u8> {
        let member = encode::ClassicMember {
            id: "c1".into(),
            subscription: encode::subscription(&["clicks".into()], &encode::Parts::new(), -1, None),
            assignment: encode::assignment(&encode::Parts::from([("clicks".into(), vec![0, 1])])),
            ..encode::ClassicMember::default()
        };
        let generation = encode::Generation { protocol_type: "consumer".into(), generation, members: vec![member], ..Default::default() };
        encode::generation(3, &generation)
    }

    fn key() -> Vec<u8> {
        encode::group_key(2, "orders")
    }

    fn record(form: impl Fn(&[u8]) -> String) -> String {
        format!("1772359203110 4 {} {}\n", form(&key()), form(&value(1)))
    }

    #[test]
    fn base64_does_as_well_as_hex_also_beside_it() {
        let (hex, base64) = (record(|bytes| HEXLOWER.encode(bytes)), record(|bytes| BASE64.encode(bytes)));
        assert_eq!(lines(&base64), lines(&hex));
        assert_eq!(lines(&format!("{hex}{base64}")).len(), 2);
        assert_eq!(lines(&format!("{hex}1772359203111 5 {} NULL\n", HEXLOWER.encode(&key()))), lines(&hex));
    }

    #[test]
    fn a_record_that_is_not_as_it_should_be_is_refused_with_its_line() {
        let hex = record(|bytes| HEXLOWER.encode(bytes));
        let (key, value) = (HEXLOWER.encode(&key()), HEXLOWER.encode(&value(1)));
        for (line, part) in [
            (format!("1772359203110 5 0002zz {value}"), "looks like a record"),
            (format!("5 {key} {value}"), "looks like a record"),
            (format!("{key} {value}"), "looks like a record"),
            (format!("CreateTime:1772359203110 5 {key} {value}"), "looks like a record"),
            (format!("5 1772359203110 {key} {value}"), "the offset stands first"),
            (format!("1772359203110 5 {value} {key}"), "the end is expected"),
            (format!("1772359203110 5 {key} {}", &value[1..]), "is not in hex"),
            (format!("1772359203110 5 {key} {}", &value[..value.len() - 8]), "left"),
        ] {
            let error = fault(&format!("{hex}{line}\n")).to_string();
            assert!(error.starts_with("line 2: ") && error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn a_dump_says_more_than_its_records() {
        let record = r#"| offset: 7 CreateTime: 1772359203110 keySize: 9 valueSize: 9 sequence: -1 headerKeys: [] key: {"type":"2","data":{"group":"g"}} payload: {"version":3,"data":{"protocolType":"consumer","generation":1,"members":[]}}"#;
        let batch = "baseOffset: 7 lastOffset: 7 count: 1 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1772359203110 size: 500 magic: 2 compresscodec: none crc: 123 isvalid: true";
        let marker = "| offset: 8 CreateTime: 1772359203111 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: COMMIT coordinatorEpoch: 0";
        let text = format!("Dumping /data/__consumer_offsets-7/0.log\nLog starting offset: 0\n{batch}\n{record}\n{batch}\n{marker}\n");
        assert_eq!(lines(&text), lines(record));
        assert!(notes(&text).contains("1 line is passed over, the first in line 6"));
    }

    #[test]
    fn a_record_in_json_is_one_however_it_is_written() {
        let data = json!({"protocolType": "consumer", "generation": 1, "members": [
            {"memberId": "c1", "subscription": {"topics": ["clicks"]}, "assignment": {"assignedPartitions": [{"topic": "clicks", "partitions": [0, 1]}]}}]});
        let (key, value) = (json!({"type": 2, "data": {"group": "orders"}}), json!({"version": 3, "data": data}));
        let plain = format!("{{\"key\": {key}, \"value\": {value}}}");
        let of_group = |text: &str| lines(text).iter().map(|line| line["group"].clone()).collect::<Vec<_>>();
        let expected = of_group(&plain);
        let pretty = serde_json::to_string_pretty(&json!({"key": key, "value": value})).unwrap();
        for text in [format!("{{\"value\": {value}, \"key\": {key}}}"), pretty.clone(), wrapped(&plain), prefixed("> ", &pretty)] {
            assert_eq!(of_group(&text), expected, "{text}");
        }
        assert_eq!(of_group(&plain.repeat(3)), [&expected[..], &expected, &expected].concat());
        let dated = format!("{{\"partition\": 7, \"ts\": 1772359203110, \"key\": {key}, \"value\": {value}}}");
        assert_eq!(lines(&dated)[0]["at"], "2026-03-01T10:00:03.110Z");
        assert!(
            notes(&format!("{plain}Processed a total of 1 messages\n")).contains("line is passed over, the first in line 1: Processed")
        );
        assert_eq!(line_of(&format!("{plain}\n{}", &plain[..plain.len() - 9])), "line 2");
    }
}

#[test]
fn an_input_with_a_document_of_ours_is_told_which_command_takes_it() {
    for (text, part) in [
        (r#"{"assignment": {}, "summary": {}, "goals": []}"#, "this is a plan: `verify` takes its `assignment`"),
        (r#"{"goals": ["balance"], "members": {"a": [1]}, "topics": {"t": [1]}}"#, "this is a proof: `verify` takes it as `proof`"),
        (r#"{"valid": true, "violations": []}"#, "this is a verdict: no command takes it"),
        (r#"{"version": 1, "group": {}, "rebalances": []}"#, "this is a history"),
        (r#"{"at": 1, "group": {"members": []}}"#, "a line of an event log: `replay` takes it as it is"),
    ] {
        let error = fault(text).to_string();
        assert!(error.contains(part), "{text}: {error}");
    }
    assert!(read("{\"groupId\": \"g\", \"members\": []}").is_ok());
}
