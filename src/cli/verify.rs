//! `verify`: the verdict on each assignment of the input.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use sticky_assignor::document::{VerdictDocument, VerifyInput};

use super::input::{DocumentPlace, Input};
use super::kind::Wanted;
use super::limit::Limit;
use super::options::{Format, GoalOptions, Shown};
use super::output::Failure;
use super::{output, text};

const HEADING: &str = "Thresholds (the exit status is 0 if every assignment is valid and within them)";

/// Some assignment is invalid, could be better, or is not within the thresholds.
const NOT_GOOD: u8 = 1;

/// Judge assignments, whichever client made them
///
/// Reads group documents, each with the assignment to judge in a further field `assignment` (member
/// → topic → partitions), and says whether it is valid and, for each goal, what it costs and what
/// it could cost at the least; where it falls short, which moves improve it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  echo '{\"topics\": {\"orders\": 4},
    \"members\": [{\"id\": \"c1\", \"topics\": \"*\"}, {\"id\": \"c2\", \"topics\": \"*\"}],
    \"assignment\": {\"c1\": {\"orders\": [0,1,2]}, \"c2\": {\"orders\": [3]}}}' |
    sticky-assignor verify

A plan, with its proof:
  sticky-assignor plan --format json group.json > plan.json
  jq -s '.[0] + (.[1] | {assignment, proof})' group.json plan.json |
    sticky-assignor verify

Exit status: 0 if every assignment is valid and optimal, 1 if some is not, 2 if the input cannot be read or the output not be written.")]
pub(crate) struct VerifyArguments {
    /// Files with documents (JSON, one or many in each); - is standard input, which is read where
    /// no file is named
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Be content with an assignment from which the best plan moves at most N partitions
    #[arg(long, value_name = "N", help_heading = HEADING)]
    max_moves: Option<u64>,
    /// Be content with one whose most less its least load is at most N above the least possible
    #[arg(long, value_name = "N", help_heading = HEADING)]
    max_imbalance: Option<u32>,
    #[command(flatten)]
    goals: GoalOptions,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// How many assignments were judged, and how many of them are as they should be.
#[derive(Clone, Copy, Default)]
struct JudgedCount {
    judged: usize,
    good: usize,
}

pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let inputs = Input::read_all(&arguments.files)?;
    let mut out = output::open(&arguments.shown);
    let tally = judge_all(&mut out, arguments, &inputs);
    out.flush()?;
    let tally = tally?;
    Ok(if tally.good == tally.judged { ExitCode::SUCCESS } else { NOT_GOOD.into() })
}

fn judge_all(out: &mut dyn Write, arguments: &VerifyArguments, inputs: &[Input]) -> Result<JudgedCount, Failure> {
    let mut tally = JudgedCount::default();
    for document in inputs.iter().flat_map(|input| input.documents::<VerifyInput>(Wanted::Assignments)) {
        let (place, document) = document?;
        let good = judge(out, arguments, &place, document)?;
        tally = JudgedCount { judged: tally.judged + 1, good: tally.good + usize::from(good) };
    }
    if arguments.shown.format == Format::Text && (tally.judged > 1 || tally.good == 0) {
        let what = if arguments.has_thresholds() { "within the thresholds" } else { "optimal" };
        text::tally(out, tally.judged, tally.good, what)?;
    }
    Ok(tally)
}

/// Judges one assignment; whether it is as it should be.
fn judge(out: &mut dyn Write, arguments: &VerifyArguments, place: &DocumentPlace<'_>, document: VerifyInput) -> Result<bool, Failure> {
    let (document, given, proof) = document.into_parts();
    let group = arguments.limit.group(place, &document)?;
    let proof = proof.map(|proof| proof.proof(&group));
    let goals = arguments.goals.goals;
    let verdict = goals.verify_given(&group, &given, proof.as_ref());
    let distance = (arguments.has_thresholds() && verdict.is_valid()).then(|| text::Distance::of(goals, &group, &given));
    let is_within = distance.as_ref().map(|distance| arguments.allows(distance));
    match arguments.shown.format {
        Format::Json => {
            let verdict = VerdictDocument::new(&group, &verdict);
            output::line(out, &JudgedLine { verdict, distance, within: is_within })?;
        }
        Format::Text => {
            let judged = text::JudgedAssignment { place, group: &group, given: &given, verdict: &verdict };
            text::verdict(out, &judged, arguments.shown.length())?;
            if let (Some(distance), Some(is_within)) = (distance, is_within) {
                text::distance(out, &distance, is_within)?;
            }
        }
    }
    Ok(if arguments.has_thresholds() { is_within == Some(true) } else { verdict.is_optimal() })
}

impl VerifyArguments {
    fn has_thresholds(&self) -> bool {
        self.max_moves.is_some() || self.max_imbalance.is_some()
    }

    fn allows(&self, distance: &text::Distance) -> bool {
        self.max_moves.is_none_or(|most| distance.moves_to_best <= most)
            && self.max_imbalance.is_none_or(|most| distance.imbalance.saturating_sub(distance.least_imbalance) <= most)
    }
}

/// A verdict, and beside it how far the assignment is from the best, where that was asked for.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct JudgedLine<'a> {
    #[serde(flatten)]
    verdict: VerdictDocument<'a>,
    #[serde(flatten)]
    distance: Option<text::Distance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<bool>,
}
