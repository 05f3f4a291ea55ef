//! `completions` and `man`: what a shell needs to complete the arguments, and manual pages.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::output;
use super::output::Failure;

/// Print a script with which a shell completes the arguments
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sticky-assignor completions bash \\
    > ~/.local/share/bash-completion/completions/sticky-assignor")]
pub(crate) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Prints the script for this command.
pub(crate) fn run(arguments: &CompletionsArguments, mut command: Command) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "sticky-assignor", &mut script);
    write(labelled(&String::from_utf8_lossy(&script)).as_bytes())
}

/// Print a manual page, of the program or of one command
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sticky-assignor man plan | man -l -")]
pub(crate) struct ManArguments {
    /// The command; without one, the program
    command: Option<String>,
}

/// Prints the page of this command, or of one of its own.
pub(crate) fn man(arguments: &ManArguments, mut command: Command) -> Result<ExitCode, Failure> {
    // Subcommands are known by their whole name once the program is built.
    command.build();
    let page = match &arguments.command {
        None => &command,
        Some(name) => command.find_subcommand(name).ok_or_else(|| Failure::Usage(format!("man {name}: there is no such command")))?,
    };
    let mut text = Vec::new();
    Man::new(page.clone()).render(&mut text)?;
    write(&text)
}

fn write(text: &[u8]) -> Result<ExitCode, Failure> {
    let mut out = output::stdout();
    out.write_all(text)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The script with its cases labelled as it looks them up. In bash clap_complete 4.6.11 writes the
/// hyphen of a program's name in two ways, so that nothing is completed after a subcommand (clap's
/// issues 6386 and 6421). This can go once the test `bash_has_a_case_for_each_command_it_looks_up`
/// passes without it.
fn labelled(script: &str) -> String {
    script.replace("sticky__subcmd__assignor__", "sticky__assignor__")
}
