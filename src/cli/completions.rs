//! `completions`: what a shell needs to complete the arguments.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::failure::Failure;

/// Print a script with which a shell completes the arguments
///
/// Example: sticky-assignor completions bash >
/// ~/.local/share/bash-completion/completions/sticky-assignor
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Prints the script for this command.
pub(crate) fn run(arguments: &CompletionsArguments, mut command: Command) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "sticky-assignor", &mut script);
    io::stdout().lock().write_all(labelled(&String::from_utf8_lossy(&script)).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The script with its cases labelled as it looks them up. In bash clap_complete 4.6.11 writes the
/// hyphen of a program's name in two ways, so that nothing is completed after a subcommand (clap's
/// issues 6386 and 6421). This can go once the test `bash_has_a_case_for_each_command_it_looks_up`
/// passes without it.
fn labelled(script: &str) -> String {
    script.replace("sticky__subcmd__assignor__", "sticky__assignor__")
}
