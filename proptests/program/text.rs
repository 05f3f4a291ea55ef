//! The text for a person: tables, colours, explanations, help.

use std::io::Read;

use super::documents::{ORDERS, PAIR, lonely};
use super::run::{feed, program, run};

#[test]
fn tables_show_members_and_moves() {
    let text = run(&["plan", "-"], ORDERS).out;
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in [
        &["c1", "12", "9", "a", "0", "orders", "0-8", "orders", "9-11", "–"][..],
        &["c2", "0", "9", "–", "0", "–", "–", "clicks", "0-5;", "orders", "9-11"],
        &["c1", "c2", "3", "orders", "9-11"],
    ] {
        assert!(rows.iter().any(|shown| shown == row), "{row:?} in:\n{text}");
    }
}

#[test]
fn no_line_of_a_table_ends_with_blanks() {
    for ended in [run(&["plan", "-"], ORDERS), run(&["verify", "-"], super::documents::judged(r#"{"a": {"t": [0,1,2]}, "b": {"t": [3]}}"#))]
    {
        assert!(!ended.out.is_empty() && ended.out.lines().all(|line| line == line.trim_end()), "{}", ended.out);
    }
}

#[test]
fn long_tables_are_cut_and_say_so() {
    let cut = run(&["plan", "-"], lonely(30)).out;
    assert!(cut.contains("… and 10 more members (--all shows them)") && !cut.contains("m9 "), "{cut}");
    let outlier = lonely(30)
        .replace(r#""m25", "topics": ["#, r#""m25", "topics": ["t5", "gone", "#)
        .replace(r#""id": "m5", "topics": ["t5"]"#, r#""id": "m5", "topics": []"#);
    let first = run(&["plan", "-"], outlier).out.lines().nth(3).map(String::from);
    assert!(first.as_ref().is_some_and(|row| row.contains("m25")), "what changes most comes first: {first:?}");
    let whole = run(&["plan", "-", "--all"], lonely(30)).out;
    assert!(whole.contains("m9 ") && !whole.contains("--all"), "{whole}");
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let group = format!(
        r#"{{"topics": {{"t": 20}}, "members": [{{"id": "a", "topics": "*", "owned": {{"t": {:?}}}}}, {{"id": "b", "topics": "*"}}]}}"#,
        (0..20).step_by(2).collect::<Vec<_>>()
    );
    assert!(run(&["plan", "-"], &group).out.contains("t 0,2,4,6… (10)"));
    assert!(run(&["plan", "-", "--all"], &group).out.contains("t 0,2,4,6,8,10,12,14,16,18"));
}

#[test]
fn colours_are_for_terminals_only() {
    let coloured = |arguments: &[&str]| run(&[&["plan", "-"], arguments].concat(), PAIR).out.contains('\x1b');
    assert!(!coloured(&[]));
    assert!(!coloured(&["--color", "never"]));
    assert!(coloured(&["--color", "always"]));
    assert!(!coloured(&["--color", "always", "--format", "json"]));
    let all = |arguments: &[&str]| feed(program(&[&["plan"], arguments].concat()).env("NO_COLOR", "1"), ORDERS).out;
    let timeless = |text: String| text.split("Planned").next().map(String::from);
    assert_eq!(timeless(all(&["--color", "always", "-e"])), timeless(run(&["plan", "--color", "always", "-e"], ORDERS).out));
    assert!(feed(program(&["plan", "-"]).env("CLICOLOR_FORCE", "1"), PAIR).out.contains('\x1b'));
    assert!(!feed(program(&["plan", "-"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"), PAIR).out.contains('\x1b'));
}

#[test]
fn control_characters_in_names_are_written_out() {
    let group =
        r#"{"name": "\u001b[2J", "topics": {"t\u0007": 2}, "members": [{"id": "m\u001b[31m", "topics": "*", "owned": {"t\u0007": [0]}}]}"#;
    let judged = format!(r#"{}, "assignment": {{"\u001b[31m": {{"t\u0007": [0]}}}}}}"#, &group[..group.len() - 1]);
    for text in [
        run(&["plan", "-", "--explain"], group).out,
        run(&["verify"], judged).out,
        run(&["replay", "--at", "1"], format!("{group}\n{{\"at\": 1, \"leave\": \"m\\u001b[31m\"}}\n")).out,
        run(&["plan", "-", "--leave", "x\u{1b}[2J"], group).err,
        run(&["replay", "--lenient"], format!("{group}\n{{\"at\": 1, \"le\\u001b[31mave\": \"x\"}}\n")).out,
    ] {
        assert!(text.contains(r"\u{1b}[") && !text.contains(['\u{1b}', '\u{7}']), "{text}");
    }
}

#[test]
fn characters_that_turn_or_hide_text_are_written_out() {
    let unseen = [
        "200b", "200c", "200d", "200e", "200f", "2028", "2029", "202a", "202e", "2060", "2066", "2069", "061c", "feff", "00ad", "180e",
        "2061", "2064", "115f", "1160", "3164", "fe00", "fe0f",
    ];
    let name: String = unseen.map(|code| format!("\\u{code}")).concat();
    let text = run(&["plan", "-"], format!(r#"{{"name": "é→{name}", "topics": {{}}, "members": []}}"#)).out;
    let written: String = unseen.map(|code| format!("\\u{{{}}}", code.trim_start_matches('0'))).concat();
    assert!(text.starts_with(&format!("é→{written}: ")), "{text}");
}

#[test]
fn one_is_not_said_to_be_many() {
    let text = run(&["plan", "-", "--topic", "t=5"], PAIR).out;
    assert!(text.contains("3 partitions stay with their owner, 1 moves, 1 is new."), "{text}");
    let nobody = run(&["plan", "-"], r#"{"topics": {}, "members": []}"#).out;
    assert!(nobody.contains("Nobody has any."), "{nobody}");
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in ["plan", "verify", "replay", "simulate", "completions", "man"] {
        let help = run(&[command, "--help"], "");
        assert_eq!(help.status, 0);
        assert!(help.out.contains("Example:"), "{}", help.out);
    }
}

/// Lines that begin with spaces are commands and lists: a line break in them would be copied.
#[test]
fn examples_of_the_help_fit_into_80_columns() {
    for command in ["plan", "verify", "replay", "simulate", "import", "schema", "completions", "man"] {
        let help = |columns| feed(program(&[command, "--help"]).env("COLUMNS", columns), "").out;
        let (narrow, wide) = (help("80"), help("500"));
        let behind_options = wide.rsplit_once("-h, --help").expect("it is an option").1;
        let is_example = |line: &&str| line.starts_with("  ") && !line.starts_with("  -") && !line.starts_with(&" ".repeat(10));
        let examples: Vec<&str> = behind_options.lines().skip(1).filter(is_example).collect();
        assert!(!examples.is_empty(), "{command} has no example");
        let broken: Vec<&str> = examples.into_iter().filter(|line| !narrow.lines().any(|shown| shown == *line)).collect();
        assert!(broken.is_empty(), "{command}: {broken:#?}");
    }
}

#[test]
fn shells_get_their_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell], "").out.contains("max-partitions"), "{shell}");
    }
}

#[test]
fn there_is_a_manual_page_of_each_command() {
    for (arguments, part) in [(&["man"][..], "sticky"), (&["man", "plan"], "\\-\\-leave"), (&["man", "verify"], "\\-\\-max\\-moves")] {
        let page = run(arguments, "");
        assert!(page.status == 0 && page.out.contains(".TH") && page.out.contains(part), "{arguments:?}: {}", page.out);
    }
    assert_eq!(run(&["man", "plna"], "").status, 2);
}

#[test]
fn tables_fit_into_80_columns_and_tell_long_ids_apart() {
    let id = |number: usize| format!("consumer-payments-service-production-eu-central-1-{number:04}");
    let members: Vec<String> = (0..3).map(|number| format!(r#"{{"id": "{}", "topics": "*"}}"#, id(number))).collect();
    let group = format!(r#"{{"topics": {{"payments-service-production-orders": 30}}, "members": [{}]}}"#, members.join(", "));
    let text = run(&["plan", "--width", "80"], &group).out;
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 80), "{text}");
    assert!((0..3).all(|number| rows.iter().any(|row| row.contains("consume") && row.contains(&format!("{number:04}")))), "{text}");
    assert!(run(&["plan", "--all"], &group).out.contains(&id(2)));
}

#[test]
fn bash_has_a_case_for_each_command_it_looks_up() {
    let script = run(&["completions", "bash"], "").out;
    let looked_up: Vec<&str> = script.lines().filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"')).collect();
    for command in looked_up.iter().filter(|command| !command.is_empty()) {
        assert!(script.lines().any(|line| line.trim().strip_suffix(')') == Some(command)), "{command}");
    }
    assert!(looked_up.contains(&"sticky__assignor__subcmd__plan"), "{looked_up:?}");
}

#[test]
fn a_reader_that_stops_reading_is_no_reason_to_panic() {
    let mut child = program(&["plan", "--format", "json", "-"]).spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    drop(child.stdout.take());
    std::thread::spawn(move || std::io::Write::write_all(&mut input, lonely(5_000).as_bytes()));
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(141), ""));
}

#[test]
fn explain_tells_the_path_of_each_move_with_its_loads() {
    let text = run(&["plan", "--explain", "--example"], "").out;
    for line in ["m3 (11) → m2 (10) → m1 (9), for balance", "m3 → m2: t2 15", "m2 → m1: t1 13", "m3 comes down to 10, m1 up to 10"]
    {
        assert!(text.lines().any(|shown| shown.trim() == line), "{line} in:\n{text}");
    }
    let gathered = run(&["plan", "--explain", "-"], ORDERS).out;
    for part in ["c1 (12) → c2 (6), 3 times, for balance", "c1 comes down to 9, c2 up to 9", "6 without one are given out"] {
        assert!(gathered.contains(part), "{part} in:\n{gathered}");
    }
    assert!(run(&["plan", "--explain", "-"], lonely(2)).out.contains("nothing needs to move"));
}

/// Two topics of four, each of which one member has: even is a matter of four moves.
const HELD_APART: &str = r#"{"topics": {"orders": 4, "payments": 4}, "members": [
    {"id": "a", "topics": "*", "owned": {"orders": [0,1,2,3]}}, {"id": "b", "topics": "*", "owned": {"payments": [0,1,2,3]}}]}"#;

#[test]
fn an_uneven_topic_is_told_with_the_goal_that_would_have_to_give_way() {
    let price = |arguments: &[&str], group: &str| {
        let text = run(&[&["plan", "-"], arguments].concat(), group).out;
        text.lines().filter(|line| line.contains("evenly it would")).map(String::from).collect::<Vec<_>>()
    };
    let moves = "evenly it would take 4 more moves (--goals balance,rack,spread,stickiness)";
    assert_eq!(price(&[], HELD_APART), [format!("orders: 4 and 0; {moves}."), format!("payments: 4 and 0; {moves}.")]);
    assert_eq!(price(&["--goals", "spread,balance,stickiness"], HELD_APART), [""; 0]);
    let conflict = r#"{"topics": {"x": 10, "y": 10}, "members": [{"id": "a", "topics": ["x", "y"]}, {"id": "b", "topics": ["y"]}]}"#;
    let loads = "evenly it would make loads less even, by 50 in the sum of squares (--goals spread,balance,rack,stickiness)";
    assert_eq!(price(&[], conflict), [format!("y: 10 and 0; {loads}.")]);
    let racked = r#"{"topics": {"t": {"partitions": 4, "racks": [["r"],["r"],["r"],["r"]]}, "u": 4},
        "members": [{"id": "a", "topics": "*", "rack": "r"}, {"id": "b", "topics": "*", "rack": "s"}]}"#;
    let racks = "evenly it would take 2 partitions more read from another rack (--goals balance,spread,rack,stickiness)";
    assert_eq!(price(&[], racked), [format!("t: 4 and 0; {racks}."), format!("u: 4 and 0; {racks}.")]);
}

#[test]
fn racks_are_shown_where_they_are_known() {
    let racked = r#"{"topics": {"t": {"partitions": 2, "racks": [["r"],["r"]]}},
        "members": [{"id": "a", "topics": "*", "rack": "r"}, {"id": "b", "topics": "*", "rack": "s"}]}"#;
    let text = run(&["plan", "-"], racked).out;
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in [
        &["member", "before", "after", "rack", "other", "rack", "keeps", "loses", "gains"][..],
        &["b", "0", "1", "s", "1", "–", "–", "t", "1"],
    ] {
        assert!(rows.iter().any(|shown| shown == row), "{row:?} in:\n{text}");
    }
    assert!(!run(&["plan", "-"], HELD_APART).out.contains("rack  other"));
}
