//! README.md and FORMAT.md say what is so: their commands print what is shown below them, and their
//! documents are read, and written, by the commands they belong to.

mod console;
mod fences;
mod picture;
mod schemas;

use serde_json::Value;
use sticky_assignor::replay::{History, documents::HistoryDocument};

use crate::program::run;
use console::Console;
use fences::{Correction, Fence, Page};

#[test]
fn the_readme_shows_what_its_commands_print() {
    let (page, console) = (Page::read("README.md"), Console::new("readme"));
    let corrections = page.fences().iter().filter(|fence| fence.info == ["console"]).flat_map(|fence| console.run(fence)).collect();
    page.settle(corrections);
}

#[test]
fn the_documents_of_the_format_are_read_and_written() {
    let page = Page::read("FORMAT.md");
    let (mut told, mut corrections) = (Told::default(), Vec::new());
    for fence in page.fences() {
        let [language, kind] = &fence.info[..] else { panic!("a block that does not say what it is: {:?}", fence.info) };
        assert_eq!(language, "json");
        let written = told.follow(kind, &fence.text());
        corrections.extend(written.into_iter().filter_map(|written| differs(fence.clone(), &written)));
    }
    page.settle(corrections);
}

#[test]
fn every_kind_of_document_has_an_example() {
    let mut shown: Vec<String> = Page::read("FORMAT.md").fences().into_iter().flat_map(|fence| fence.info.into_iter().nth(1)).collect();
    shown.sort();
    shown.dedup();
    let mut kinds = KINDS.map(String::from);
    kinds.sort();
    assert_eq!(shown, kinds);
}

/// The kinds of documents.
const KINDS: [&str; 10] = ["group", "judged", "plan", "verdict", "event", "rebalance", "total", "simulation", "proof", "history"];

/// What the page has told so far: the documents that later ones answer.
#[derive(Default)]
struct Told {
    group: String,
    judged: String,
    /// The group, and the first events.
    log: String,
}

impl Told {
    /// Has the program read a document of the page; of one that it writes, what it writes.
    fn follow(&mut self, kind: &str, document: &str) -> Option<String> {
        match kind {
            "group" => {
                self.group = document.into();
                answered(&["plan"], document);
            }
            "judged" => {
                self.judged = document.into();
                answered(&["verify"], document);
            }
            "event" => self.events(document),
            "proof" => return Some(self.proof(document)),
            "plan" => return answered(&["plan"], &self.group).pop(),
            "verdict" => return answered(&["verify"], &self.judged).pop(),
            "rebalance" => return answered(&["replay"], &self.log).into_iter().nth_back(1),
            "total" => return answered(&["replay"], &self.log).pop(),
            "simulation" => return Some(simulated()),
            "history" => return Some(written_again(document)),
            other => panic!("{other} is no kind of document"),
        }
        None
    }

    /// Lines of a log: each by itself, and all together.
    fn events(&mut self, lines: &str) {
        let log = |lines: &str| format!("{}\n{lines}\n", self.group.replace('\n', " "));
        lines.lines().for_each(|line| drop(answered(&["replay"], &log(line))));
        assert_eq!(answered(&["replay"], &log(lines)).len(), lines.lines().count() + 2);
        if self.log.is_empty() {
            self.log = log(lines);
        }
    }

    /// The proof of the group's plan; this one is held against the plan, too.
    fn proof(&self, document: &str) -> String {
        let line = answered(&["plan"], &self.group).concat();
        let plan: Value = serde_json::from_str(&line).expect("a plan");
        let mut judged: Value = serde_json::from_str(&self.group).expect("a group");
        judged["assignment"] = plan["assignment"].clone();
        judged["proof"] = serde_json::from_str(document).expect("a proof");
        assert!(answered(&["verify"], &judged.to_string()).concat().contains(r#""proof":"holds""#), "{document}");
        let proof = line.split_once(r#""proof":"#).and_then(|(_, rest)| rest.split_once(r#","elapsed_ns""#));
        proof.map_or_else(String::new, |(proof, _)| proof.into())
    }
}

/// The lines that a command answers.
fn answered(command: &[&str], document: &str) -> Vec<String> {
    let ended = run(&[command, &["--format", "json", "-"]].concat(), document);
    let is_answered = ended.status == 0 || command == ["verify"] && ended.status == 1;
    assert!(is_answered, "{document}\n{}", ended.err);
    ended.out.lines().map(String::from).collect()
}

/// What a small simulation comes to.
fn simulated() -> String {
    let sizes = ["--members", "2", "--topics", "1", "--partitions", "6", "--rounds", "2", "--trials", "1"];
    let ended = run(&[&["simulate", "scale-up", "--strategies", "sticky", "--format", "json"], &sizes[..]].concat(), "");
    assert_eq!(ended.status, 0, "{}", ended.err);
    ended.out.trim_end().into()
}

/// The history that a document describes, written down.
fn written_again(document: &str) -> String {
    let read: HistoryDocument = serde_json::from_str(document).expect("a history");
    let history = History::try_from(&read).expect("a history that can be");
    serde_json::to_string(&HistoryDocument::from(&history)).expect("is written")
}

/// What should stand in a block, if not what does.
fn differs(fence: Fence, written: &str) -> Option<Correction> {
    let is_same = timeless(&fence.text()) == timeless(written);
    (!is_same).then(|| Correction { start: fence.start, shown: fence.lines, right: laid_out(written) })
}

/// A document without spaces, and without the time that something took.
fn timeless(document: &str) -> String {
    let document: String = document.split_whitespace().collect();
    match document.split_once(r#""elapsed_ns":"#) {
        Some((before, behind)) => {
            let behind_object = behind.strip_prefix('{').and_then(|times| times.split_once('}')).map(|(_, behind)| behind);
            let is_of_times = |c: char| c.is_ascii_digit() || matches!(c, '[' | ']');
            format!("{before}{}", behind_object.unwrap_or(behind.trim_start_matches(is_of_times)))
        }
        None => document,
    }
}

const COLUMNS: usize = 150;

/// A document in lines that are filled with its fields.
fn laid_out(document: &str) -> Vec<String> {
    let (mut lines, mut field) = (vec![String::new()], String::new());
    let (mut depth, mut quoted) = (0, false);
    for (place, character) in document.char_indices() {
        field.push(character);
        quoted ^= character == '"' && !document[..place].ends_with('\\');
        match character {
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            ':' | ',' if !quoted => field.push(' '),
            _ => {}
        }
        if place + 1 == document.len() || !quoted && character == ',' && depth <= 2 {
            let line = lines.last_mut().expect("there is one");
            match !line.is_empty() && line.chars().count() + field.trim_end().chars().count() > COLUMNS {
                true => lines.push(format!(" {field}")),
                false => line.push_str(&field),
            }
            field.clear();
        }
    }
    lines.iter().map(|line| line.trim_end().to_string()).collect()
}
