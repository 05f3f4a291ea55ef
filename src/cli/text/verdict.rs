//! A verdict as text: one sentence, what is wrong, what would be better, and how far it is from the
//! best.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sticky_assignor::document::printable;
use sticky_assignor::replay::Figures;
use sticky_assignor::{
    Assignment, GivenAssignment, Goal, GoalVerdict, Goals, Group, MemberId, Movement, ProofStanding, TopicPartition, Verdict, Violations,
};

use super::table::{Column, Table, counted, more, rows_shown};
use crate::cli::input::DocumentPlace;
use crate::cli::options::Length;
use crate::cli::output::{BAD, GOOD, HEADING};

/// An assignment and its verdict.
pub(crate) struct JudgedAssignment<'a> {
    pub(crate) place: &'a DocumentPlace<'a>,
    pub(crate) group: &'a Group,
    pub(crate) given: &'a GivenAssignment,
    pub(crate) verdict: &'a Verdict,
}

/// Writes a verdict.
pub(crate) fn verdict(out: &mut dyn Write, judged: &JudgedAssignment<'_>, length: Length) -> io::Result<()> {
    let JudgedAssignment { place, group, verdict, .. } = judged;
    let name = group.name().map_or_else(|| place.to_string(), printable);
    writeln!(out, "{HEADING}{name}{HEADING:#}: {}", sentence(verdict))?;
    if !verdict.violations.is_empty() {
        violations(out, &verdict.violations, length)?;
    }
    if !verdict.witness.is_empty() {
        witness(out, judged, length)?;
    }
    match verdict.proof {
        ProofStanding::Absent => Ok(()),
        ProofStanding::Holds => writeln!(out, "  The proof that came with it holds."),
        ProofStanding::Short => writeln!(out, "  The proof that came with it does not prove it; that says nothing about the assignment."),
    }
}

/// Writes how far an assignment is from the best, and whether that is within the thresholds.
pub(crate) fn distance(out: &mut dyn Write, distance: &Distance, is_within: bool) -> io::Result<()> {
    let Distance { moves_to_best, imbalance, least_imbalance } = *distance;
    let within = if is_within { format!("{GOOD}within the thresholds{GOOD:#}") } else { format!("{BAD}beyond the thresholds{BAD:#}") };
    let moved = counted(moves_to_best, "partition");
    writeln!(out, "  The best plan from here moves {moved}; imbalance {imbalance}, where {least_imbalance} is possible: {within}.")
}

/// Writes how many of the assignments are as they should be, and the exit status.
pub(crate) fn tally(out: &mut dyn Write, judged: usize, good: usize, what: &str) -> io::Result<()> {
    let status = u8::from(good < judged);
    match judged {
        1 => writeln!(out, "\nExit status {status}."),
        _ => writeln!(out, "\n{good} of {judged} assignments {what}: exit status {status}."),
    }
}

fn sentence(verdict: &Verdict) -> String {
    if !verdict.is_valid() {
        return format!("{BAD}invalid{BAD:#}, {}.", counted(verdict.violations.len(), "violation"));
    }
    if verdict.partitions == 0 {
        return format!("{GOOD}nothing to judge{GOOD:#}: no topic that has a subscriber has partitions.");
    }
    let Some(GoalVerdict { goal, cost, optimal, .. }) = verdict.falls_short_in() else {
        let figures: Vec<String> = verdict.of_goals().map(|of_goal| figure(verdict, of_goal)).collect();
        return format!("{GOOD}optimal{GOOD:#}: {}. Nothing is better.", figures.join(", "));
    };
    let valid = match earlier(verdict, goal) {
        None => "valid".to_string(),
        Some(goals) => format!("valid and optimal in {goals}"),
    };
    match goal {
        Goal::Balance => format!("{valid}, but {BAD}not balanced{BAD:#}: sum of squares {cost}, and {optimal} can be reached."),
        Goal::Rack => {
            format!(
                "{valid}, but it {BAD}reads across racks{BAD:#} more than it must: {}, and {optimal} can be reached.",
                counted(cost, "partition")
            )
        }
        Goal::Stickiness => format!(
            "{valid}, but it {BAD}moves more than it must{BAD:#}: {} retained, and {} can be.",
            counted(verdict.retained, "partition"),
            verdict.partitions.saturating_sub(optimal)
        ),
        Goal::Spread => format!(
            "{valid}, but it {BAD}spreads topics less evenly than it could{BAD:#}: sum of squares within topics {cost}, and {optimal} can be reached."
        ),
    }
}

/// What an assignment costs in a goal, in words.
fn figure(verdict: &Verdict, GoalVerdict { goal, cost, .. }: GoalVerdict) -> String {
    match goal {
        Goal::Balance => format!("sum of squares {cost}"),
        Goal::Rack => format!("{} read from another rack", counted(cost, "partition")),
        Goal::Stickiness => format!("{} retained", counted(verdict.retained, "partition")),
        Goal::Spread => format!("sum of squares within topics {cost}"),
    }
}

/// The goals before one, if there are any: "balance, rack and stickiness".
fn earlier(verdict: &Verdict, goal: Goal) -> Option<String> {
    let names: Vec<&str> = verdict.goals().as_slice().iter().take_while(|other| **other != goal).map(|goal| goal.name()).collect();
    match &names[..] {
        [] => None,
        [one] => Some((*one).to_string()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

fn violations(out: &mut dyn Write, violations: &Violations, length: Length) -> io::Result<()> {
    let runs = violations.runs();
    let (shown, hidden) = runs.split_at(rows_shown(length, runs.len()));
    for run in shown {
        writeln!(out, "  {}", printable(&run.to_string()))?;
    }
    more(out, hidden.iter().map(|run| run.count() as usize).sum(), "violations")
}

/// Writes the moves that improve an assignment, and what they do.
fn witness(out: &mut dyn Write, judged: &JudgedAssignment<'_>, length: Length) -> io::Result<()> {
    let JudgedAssignment { group, verdict, .. } = judged;
    let name = |member: MemberId| group.member(member).map_or_else(String::new, |member| printable(member.id()));
    match verdict.witness.len() {
        1 => writeln!(out, "  This move makes it better:")?,
        _ => writeln!(out, "  These moves together make it better, and no part of them does:")?,
    }
    let mut table = Table::new([Column::name("from"), Column::name("to"), Column::name("partition")]);
    for Movement { partition, from, to } in &verdict.witness[..rows_shown(length, verdict.witness.len())] {
        let what = format!("{} {}", printable(&partition.topic.display(group).to_string()), partition.partition);
        table.row([name(*from), name(*to), what]);
    }
    table.write(out, length, verdict.witness.len(), "moves")?;
    let Some(GoalVerdict { goal, .. }) = verdict.falls_short_in() else { return Ok(()) };
    let kept = earlier(verdict, goal).map_or_else(String::new, |goals| format!(", and nothing is worse in {goals}"));
    match goal {
        Goal::Balance => writeln!(out, "  {}", evened(judged)),
        Goal::Rack => writeln!(out, "  Fewer partitions are read from another rack{kept}."),
        Goal::Stickiness => writeln!(out, "  More partitions are with the owner that their claims name{kept}."),
        Goal::Spread => writeln!(out, "  Topics are spread more evenly{kept}."),
    }
}

/// What a witness does to the loads of the members whose load it changes.
fn evened(judged: &JudgedAssignment<'_>) -> String {
    let mut gained: BTreeMap<MemberId, i64> = BTreeMap::new();
    for movement in &judged.verdict.witness {
        *gained.entry(movement.from).or_default() -= 1;
        *gained.entry(movement.to).or_default() += 1;
    }
    let changed = gained.into_iter().filter(|(_, gain)| *gain != 0);
    let loads: Vec<String> = changed.map(|(member, gain)| load(judged, member, gain)).collect();
    format!("Loads: {}.", loads.join(", "))
}

fn load(judged: &JudgedAssignment<'_>, member: MemberId, gain: i64) -> String {
    let id = judged.group.member(member).map_or("", |member| member.id());
    let before: i64 = judged.given.0.get(id).map_or(0, |topics| topics.values().map(|list| list.len() as i64).sum());
    format!("{} from {before} to {}", printable(id), before + gain)
}

/// How far a valid assignment is from the best.
#[derive(Clone, Copy, Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct Distance {
    /// How many partitions the best plan moves that starts from it.
    pub(crate) moves_to_best: u64,
    /// Its most less its least load.
    pub(crate) imbalance: u32,
    /// That of the best plan.
    pub(crate) least_imbalance: u32,
}

impl Distance {
    /// That of a valid assignment from the best plan in these goals.
    pub(crate) fn of(goals: Goals, group: &Group, given: &GivenAssignment) -> Self {
        let group = group.clone().claiming(assignment(group, given));
        let best = goals.balance(&group).summary();
        Self {
            moves_to_best: best.moved,
            imbalance: Figures::measure(&group, &assignment(&group, given)).imbalance(),
            least_imbalance: best.max - best.min,
        }
    }
}

/// A valid assignment, by names.
fn assignment(group: &Group, given: &GivenAssignment) -> Assignment {
    let lists = given.0.iter().filter_map(|(id, topics)| Some((group.member_id(id)?, topics)));
    let lists = lists.flat_map(|(member, topics)| topics.iter().map(move |(topic, list)| (member, topic, list)));
    let numbered = lists.filter_map(|(member, topic, list)| Some((member, group.topic_id(topic)?, list)));
    let owned = numbered.flat_map(|(member, topic, list)| {
        let partitions = list.iter().filter_map(|number| u32::try_from(*number).ok());
        partitions.map(move |partition| (TopicPartition { topic, partition }, member))
    });
    owned.collect()
}
