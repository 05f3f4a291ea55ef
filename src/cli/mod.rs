//! The shell around the library: the only place with input, output, a clock and arguments. One file
//! a command.

mod answer;
mod comparison;
mod completions;
mod course;
mod failure;
mod import;
mod input;
mod limit;
mod options;
mod output;
mod plan;
mod position;
mod replay;
mod simulate;
mod style;
mod text;
mod timing;
mod verify;
mod what_if;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Kafka's sticky partition assignment, exact: plans that move the fewest partitions, and prove it.
#[derive(Debug, Parser)]
#[command(name = "sticky-assignor", version, after_help = "Try it: sticky-assignor plan")]
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
    Completions(completions::CompletionsArguments),
}

/// Runs the program on the arguments of the process.
pub(crate) fn run() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
    };
    ended.unwrap_or_else(|failure| {
        output::complain(&failure);
        failure.status().into()
    })
}
