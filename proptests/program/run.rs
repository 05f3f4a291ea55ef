//! Running the program.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// How the program ended.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Its lines of JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// Its only line of JSON.
    pub(super) fn only_json(&self) -> Value {
        assert_eq!((self.status, self.err.as_str()), (0, ""));
        let [document] = self.json().try_into().expect("one line");
        document
    }
}

/// The program, not yet started.
pub(super) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sticky-assignor"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program on this standard input.
pub(crate) fn run(arguments: &[&str], input: impl AsRef<[u8]>) -> Ended {
    feed(&mut program(arguments), input)
}

/// Runs a command on this standard input.
pub(super) fn feed(command: &mut Command, input: impl AsRef<[u8]>) -> Ended {
    let mut child = command.spawn().expect("the program starts");
    // A program that stops at its arguments does not read; that is not what is tested.
    let _ = child.stdin.take().expect("piped").write_all(input.as_ref());
    let Output { status, stdout, stderr } = child.wait_with_output().expect("the program ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ended { status: status.code().expect("no signal ends it"), out: text(stdout), err: text(stderr) }
}

/// A file of a test's own, not there yet.
pub(crate) fn file(name: &str) -> PathBuf {
    let file = std::env::temp_dir().join(format!("sticky-assignor-{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file
}

/// The plans of these documents.
pub(super) fn plan(arguments: &[&str], input: impl AsRef<[u8]>) -> Ended {
    run(&[&["plan", "--format", "json", "-"], arguments].concat(), input)
}

/// The verdicts on these documents.
pub(super) fn verify(input: impl AsRef<[u8]>) -> Ended {
    run(&["verify", "--format", "json"], input)
}
