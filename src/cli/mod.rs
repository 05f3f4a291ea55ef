//! The shell around the library: the only place with input, output, a clock and arguments. One file
//! a command, but for `completions` and `man`, which tell of the arguments themselves: what a shell
//! needs to complete them, and manual pages.

mod answer;
mod comparison;
mod course;
mod import;
mod input;
mod kind;
mod limit;
mod options;
mod output;
mod plan;
mod replay;
mod schema;
mod simulate;
mod text;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use options::Shown;
use output::Failure;

/// Kafka's sticky partition assignment, exact: plans that cannot be bettered, each with a proof.
#[derive(Debug, Parser)]
#[command(name = "sticky-assignor", version, after_help = "Try it: sticky-assignor plan --example")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::PlanArguments),
    Verify(verify::VerifyArguments),
    Replay(replay::ReplayArguments),
    Simulate(simulate::SimulateArguments),
    Import(import::ImportArguments),
    Schema(schema::SchemaArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Runs the program on the arguments of the process.
pub(crate) fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(said) => return tell(&said),
    };
    if let Some(shown) = arguments.command.shown() {
        output::heed(shown.color);
    }
    let ended = match arguments.command {
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions(&arguments, Arguments::command()),
        Command::Man(arguments) => man(&arguments, Arguments::command()),
    };
    ended.unwrap_or_else(|failure| {
        output::complain(&failure);
        failure.status().into()
    })
}

/// Prints help, or what is wrong with the arguments.
fn tell(said: &clap::Error) -> ExitCode {
    let printed = match said.use_stderr() {
        true => said.print(),
        false => output::check_stdout().and_then(|()| said.print()),
    };
    match printed.map_err(Failure::from) {
        Ok(()) => (said.exit_code() as u8).into(),
        Err(failure) => {
            output::complain(&failure);
            failure.status().into()
        }
    }
}

impl Command {
    fn shown(&self) -> Option<&Shown> {
        match self {
            Self::Plan(arguments) => Some(&arguments.shown),
            Self::Verify(arguments) => Some(&arguments.shown),
            Self::Replay(arguments) => Some(&arguments.shown),
            Self::Simulate(arguments) => Some(&arguments.shown),
            Self::Import(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) => None,
        }
    }
}

/// Print a script with which a shell completes the arguments
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sticky-assignor completions bash \\
    > ~/.local/share/bash-completion/completions/sticky-assignor")]
struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Prints the script for this command.
fn completions(arguments: &CompletionsArguments, mut command: clap::Command) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "sticky-assignor", &mut script);
    write(labelled(&String::from_utf8_lossy(&script)).as_bytes())
}

/// Print a manual page, of the program or of one command
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sticky-assignor man plan | man -l -")]
struct ManArguments {
    /// The command; without one, the program
    command: Option<String>,
}

/// Prints the page of this command, or of one of its own.
fn man(arguments: &ManArguments, mut command: clap::Command) -> Result<ExitCode, Failure> {
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
