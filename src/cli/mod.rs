//! The shell around the library: the only place with input, output, a clock and arguments. One file
//! a command.

mod answer;
mod comparison;
mod completions;
mod course;
mod distance;
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
mod timing;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

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
    Completions(completions::CompletionsArguments),
    Man(completions::ManArguments),
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
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => completions::man(&arguments, Arguments::command()),
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
