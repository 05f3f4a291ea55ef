//! `verify`: the verdict on each assignment of the input.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sticky_assignor::document::{VerdictDocument, VerifyInput};
use sticky_assignor::verify_given;

use super::failure::Failure;
use super::input::{Input, Place};
use super::limit::Limit;
use super::options::{Format, Shown};
use super::{output, text};

/// Some assignment is invalid, or could be better.
const NOT_OPTIMAL: u8 = 1;

/// Judge assignments, whichever client made them
///
/// Reads group documents, each with the assignment to judge in a further field `assignment` (member
/// → topic → partitions), and says whether it is valid, whether its loads are as even as they can
/// be, and whether as few partitions moved as that allows; where not, which moves improve it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  echo '{\"topics\": {\"orders\": 4}, \"members\": [{\"id\": \"c1\", \"topics\": \"*\"}, {\"id\": \"c2\", \"topics\": \"*\"}],
         \"assignment\": {\"c1\": {\"orders\": [0,1,2]}, \"c2\": {\"orders\": [3]}}}' | sticky-assignor verify

A plan, with its proof:
  sticky-assignor plan --format json group.json > plan.json
  jq -s '.[0] + (.[1] | {assignment, proof})' group.json plan.json | sticky-assignor verify

Exit status: 0 if every assignment is valid and optimal, 1 if some is not, 2 if the input cannot be read or the output not be written.")]
pub(crate) struct VerifyArguments {
    /// A file with documents (JSON, one or many); - is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    shown: Shown,
}

/// How many assignments were judged, and how many of them were optimal.
#[derive(Clone, Copy, Default)]
struct Tally {
    judged: usize,
    optimal: usize,
}

pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let input = Input::read(&arguments.file)?;
    let mut out = output::open(&arguments.shown);
    let tally = judge_all(&mut out, arguments, &input);
    out.flush()?;
    let tally = tally?;
    Ok(if tally.optimal == tally.judged { ExitCode::SUCCESS } else { NOT_OPTIMAL.into() })
}

fn judge_all(out: &mut dyn Write, arguments: &VerifyArguments, input: &Input) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    for document in input.documents::<VerifyInput>() {
        let (place, document) = document?;
        let optimal = judge(out, arguments, &place, document)?;
        tally = Tally { judged: tally.judged + 1, optimal: tally.optimal + usize::from(optimal) };
    }
    if arguments.shown.format == Format::Text && (tally.judged > 1 || tally.optimal == 0) {
        text::tally(out, tally.judged, tally.optimal)?;
    }
    Ok(tally)
}

/// Judges one assignment; whether it is optimal.
fn judge(out: &mut dyn Write, arguments: &VerifyArguments, place: &Place<'_>, document: VerifyInput) -> Result<bool, Failure> {
    let (document, given, proof) = document.into_parts();
    let group = arguments.limit.group(place, &document)?;
    let proof = proof.map(|proof| proof.proof(&group));
    let verdict = verify_given(&group, &given, proof.as_ref());
    let judged = text::JudgedAssignment { place, group: &group, given: &given, verdict: &verdict };
    match arguments.shown.format {
        Format::Json => output::line(out, &VerdictDocument::new(&group, &verdict))?,
        Format::Text => text::verdict(out, &judged, arguments.shown.length())?,
    }
    Ok(verdict.is_optimal())
}
