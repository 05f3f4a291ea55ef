//! What the end-to-end tests need and may not have: a Python environment with a broker and other
//! clients, and the two examples.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs these tests run.
pub(super) struct Tools {
    python: PathBuf,
    consumer: PathBuf,
    member: PathBuf,
}

impl Tools {
    /// The tools, where `.ci/end-to-end` has put them; else a line on standard error that says what
    /// is left out and why.
    pub(super) fn find(test: &str) -> Option<Self> {
        let examples = examples()?;
        let found = Self { python: environment().join("bin/python"), consumer: examples.join("consumer"), member: examples.join("member") };
        let missing = [&found.python, &found.consumer, &found.member].into_iter().find(|program| !program.is_file());
        let Some(missing) = missing else { return Some(found) };
        // Written past the capture of the test harness: what is left out should be seen.
        let _ = writeln!(std::io::stderr(), "left out: {test}: no {} (.ci/end-to-end makes it)", missing.display());
        None
    }

    /// One of the Python programs beside this file.
    pub(super) fn python(&self, program: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("proptests/end_to_end").join(program));
        command
    }

    /// Python, which reads a program.
    pub(super) fn python_itself(&self) -> Command {
        Command::new(&self.python)
    }

    /// The example consumer, on the barnabas client.
    pub(super) fn consumer(&self) -> Command {
        Command::new(&self.consumer)
    }

    /// The example member, which leads with `lead`.
    pub(super) fn member(&self) -> Command {
        Command::new(&self.member)
    }
}

/// The Python environment: `END_TO_END_VENV`, or the place `.ci/end-to-end` uses.
fn environment() -> PathBuf {
    let place = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/end-to-end/venv");
    std::env::var_os("END_TO_END_VENV").map_or_else(place, PathBuf::from)
}

/// Where the examples lie: `target/debug/deps/proptests-…` is this test,
/// `target/debug/examples/consumer` one of them.
fn examples() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let profile = test.ancestors().find(|directory| directory.file_name() != Some(OsStr::new("deps")) && directory.is_dir())?;
    Some(profile.join("examples"))
}
