//! Blocks of commands: run by a shell, one after another in a folder of their own, and what they
//! print beside what is shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::fences::{Correction, Fence};

/// What takes the place of tools that are not here, and of a clock: what Kafka's print of a small
/// group, in which somebody else is idle every time it is asked about, and a `sleep` that ends the
/// loop it stands in.
const STAND_INS: [(&str, &str); 4] = [
    (
        "kafka-consumer-groups.sh",
        "echo >> asked\nprintf '%s\\n' 'GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT' 'orders c1-5f2a /10.0.0.1 c1 4 orders(0,1,2,3)' \\\n \
         'orders c2-81bc /10.0.0.2 c2 2 orders(4,5)' \"orders idle-$(wc -l < asked) /10.0.0.3 c3 0 -\"",
    ),
    ("kafka-topics.sh", "printf 'Topic: orders\\tPartitionCount: 6\\tReplicationFactor: 3\\tConfigs: \\n'"),
    (
        "kafka-console-consumer.sh",
        r#"echo '{"key":{"type":2,"data":{"group":"orders"}},"value":{"version":3,"data":{"protocolType":"consumer","generation":1,"protocol":"range","leader":"c1","currentStateTimestamp":1767225600000,"members":[{"memberId":"c1","groupInstanceId":null,"clientId":"c1","clientHost":"/10.0.0.1","rebalanceTimeout":60000,"sessionTimeout":10000,"subscription":"AAAAAAABAAZvcmRlcnP/////","assignment":"AAAAAAABAAZvcmRlcnMAAAACAAAAAAAAAAH/////"}]}}}'"#,
    ),
    ("sleep", "echo >> slept\n[ \"$(wc -l < slept)\" -lt 4 ]"),
];

/// A folder in which commands are run, with the program and stand-ins at hand.
pub(super) struct Console {
    folder: PathBuf,
}

/// A command and what is shown below it.
struct Exchange {
    command: String,
    /// The place of the first line below it in the page.
    start: usize,
    shown: Vec<String>,
}

impl Console {
    pub(super) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("console-{name}-{}", std::process::id()));
        let tools = folder.join("tools");
        fs::create_dir_all(&tools).expect("a folder can be made");
        for (name, script) in STAND_INS {
            let file = tools.join(name);
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("can be written");
            let made = Command::new("chmod").arg("+x").arg(file).status();
            assert!(made.expect("chmod runs").success());
        }
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("proptests");
        std::os::unix::fs::symlink(cases, folder.join("proptests")).expect("a link can be made");
        Self { folder }
    }

    /// Runs the commands of a block; what should be shown instead of what is. A block that shows
    /// nothing but commands is there for what they do.
    pub(super) fn run(&self, fence: &Fence) -> Vec<Correction> {
        let exchanges = exchanges(fence);
        let shows_commands_only = exchanges.iter().all(|exchange| exchange.shown.is_empty());
        let run = exchanges.into_iter().filter(|exchange| !is_left_out(&exchange.command) && !self.is_shown_file(exchange));
        let differs = run.filter_map(|Exchange { command, start, shown }| {
            let (status, printed) = self.printed(&command);
            // 1 is a verdict, too.
            assert!(matches!(status, Some(0 | 1)) || !shows_commands_only, "{command}\n{}", printed.join("\n"));
            let differs = !shows_commands_only && !agrees(&shown, &printed);
            differs.then(|| Correction { start, right: rewritten(&command, &shown, &printed), shown })
        });
        differs.collect()
    }

    /// A file in its folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whether a command shows a file that is given there for the first time; then it is made.
    fn is_shown_file(&self, Exchange { command, shown, .. }: &Exchange) -> bool {
        let named = command.strip_prefix("cat ").filter(|name| !name.contains(['<', '>']));
        let file = named.map(|name| self.folder.join(name)).filter(|file| !file.exists());
        file.as_ref().into_iter().for_each(|file| fs::write(file, shown.join("\n") + "\n").expect("can be written"));
        file.is_some()
    }

    /// What a command prints, and its exit status.
    fn printed(&self, command: &str) -> (Option<i32>, Vec<String>) {
        let program = Path::new(env!("CARGO_BIN_EXE_sticky-assignor")).parent().expect("it is in a folder");
        let tools = self.folder.join("tools");
        let path = format!("{}:{}:{}", program.display(), tools.display(), std::env::var("PATH").unwrap_or_default());
        let command =
            command.strip_prefix("cargo run --release -- ").map(|rest| format!("sticky-assignor {rest}")).unwrap_or(command.into());
        let mut shell = Command::new("bash");
        shell.arg("-c").arg(format!("exec 2>&1\n{command}")).current_dir(&self.folder);
        shell.env("PATH", path).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(std::process::Stdio::null());
        let output = shell.output().expect("bash runs");
        let text = String::from_utf8(output.stdout).expect("text");
        (output.status.code(), text.lines().map(|line| line.trim_end().to_string()).collect())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What builds anew, or takes minutes, is tried where the package is.
fn is_left_out(command: &str) -> bool {
    command.starts_with("cargo ") && !command.starts_with("cargo run --release -- ")
}

/// The commands of a block, each with what is shown below it. A command goes on where a line ends
/// in a backslash, and to the end of a text that it is given.
fn exchanges(fence: &Fence) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for (place, line) in (fence.start..).zip(&fence.lines) {
        match (line.strip_prefix("$ "), exchanges.last_mut()) {
            (Some(command), _) => exchanges.push(Exchange { command: command.into(), start: place + 1, shown: Vec::new() }),
            (None, Some(exchange)) if exchange.is_open() => {
                exchange.command += &format!("\n{line}");
                exchange.start = place + 1;
            }
            (None, Some(exchange)) => exchange.shown.push(line.clone()),
            (None, None) => panic!("a block of commands begins with `$ `, not with {line:?}"),
        }
    }
    exchanges
}

impl Exchange {
    fn is_open(&self) -> bool {
        self.command.ends_with('\\') || self.command.contains("<<'END'") && !self.command.ends_with("\nEND")
    }
}

/// Whether this is what is shown: `…` alone in a line stands for any lines, and a time for any
/// time.
fn agrees(shown: &[String], printed: &[String]) -> bool {
    // The widths of a table with a time in it depend on the time, those of what is left out, too.
    let has_table_of_times = printed.iter().any(|line| line.contains("  ") && line.split(' ').any(is_time));
    let plain = if has_table_of_times { timeless } else { |line: &str| spaced(line.split(' ')) };
    let lines = |lines: &[String]| lines.iter().map(|line| plain(line)).collect::<Vec<_>>();
    agree(&lines(shown), &lines(printed))
}

fn agree(shown: &[String], printed: &[String]) -> bool {
    let runs: Vec<&[String]> = shown.split(|line| is_gap(line)).collect();
    let [first, between @ .., last] = &runs[..] else { return shown == printed };
    let Some(mut rest) = printed.strip_prefix(*first) else { return false };
    for run in between {
        let Some(place) = (0..(rest.len() + 1).saturating_sub(run.len())).find(|&place| rest[place..].starts_with(run)) else {
            return false;
        };
        rest = &rest[place + run.len()..];
    }
    rest.ends_with(last)
}

fn is_gap(line: &str) -> bool {
    line.trim() == "…"
}

/// A line without the times in it, nor the widths of its columns.
fn timeless(line: &str) -> String {
    spaced(line.split_whitespace())
}

fn spaced<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| if is_time(word) { "a time" } else { word }).collect::<Vec<_>>().join(" ")
}

fn is_time(word: &str) -> bool {
    let number = ["ns", "µs", "ms", "s"].iter().find_map(|unit| word.trim_end_matches('.').strip_suffix(unit));
    number.is_some_and(|number| number.parse::<f64>().is_ok())
}

/// What should be shown: what is printed, with the same left out as before. A line behind a gap is
/// found again by its first word.
fn rewritten(command: &str, shown: &[String], printed: &[String]) -> Vec<String> {
    let runs: Vec<&[String]> = shown.split(|line| is_gap(line)).collect();
    let mut gaps = shown.iter().filter(|line| is_gap(line));
    let (mut right, mut rest) = (Vec::new(), printed);
    for (number, run) in runs.iter().enumerate() {
        if number > 0 {
            right.extend(gaps.next().cloned());
            let Some(first) = run.first() else { break };
            let word = |line: &str| line.split_whitespace().next().map(String::from);
            let start = rest.iter().position(|line| word(line) == word(first));
            rest = &rest[start.unwrap_or_else(|| panic!("to be rewritten by hand: {command} prints no line as {first:?}"))..];
        }
        let is_last = number + 1 == runs.len();
        let (now, later) = rest.split_at(if is_last { rest.len() } else { run.len().min(rest.len()) });
        right.extend(now.iter().enumerate().map(|(place, line)| match run.get(place) {
            Some(before) if timeless(before) == timeless(line) => before.clone(),
            _ => line.clone(),
        }));
        rest = later;
    }
    right
}

#[test]
fn gaps_stand_for_any_lines_and_times_for_any_time() {
    let lines = |text: &str| text.split('|').map(String::from).collect::<Vec<_>>();
    let agrees = |shown: &str, printed: &str| agrees(&lines(shown), &lines(printed));
    assert!(agrees("a|b  1.5µs", "a|b   12ms") && agrees("a  time|0  1ms", "a    time|0  100ms") && agrees("in 1µs.", "in 2µs."));
    assert!(agrees("a|…|d", "a|b|c|d") && agrees("…", "a") && agrees("…|b|…", "a|b"));
    assert!(!agrees("a|…|d", "a|d|c") && !agrees("a", "a|b") && !agrees("a  b", "a b") && !agrees("…|b|…", "a|c"));
    let rewritten = |shown: &str, printed: &str| rewritten("", &lines(shown), &lines(printed)).join("|");
    assert_eq!(rewritten("a 1|t 2ms", "a 3|t 4ms"), "a 3|t 2ms");
    assert_eq!(rewritten("a 1|…|b 1|…|c 1", "a 2|x|b 2|y|c 2"), "a 2|…|b 2|…|c 2");
}
