//! A simulation as text: a table with a column for each strategy.

use std::io::{self, Write};
use std::time::Duration;

use sticky_assignor::replay::{DistributionDocument, SimulationDocument, StrategyDocument};

use super::HEADING;
use super::answer::counted;
use super::table::{table, write};

/// A row of the table: its title, and what stands in it for a strategy.
type Row = (&'static str, fn(&StrategyDocument) -> String);

const WHOLE_TRIALS: [Row; 3] = [
    ("moved in a trial", |strategy| three(&strategy.trial.moved)),
    ("  forced: their owner left", |strategy| three(&strategy.trial.forced)),
    ("  cost a second cooperative round", |strategy| three(&strategy.trial.second_round)),
];

const SINGLE_REBALANCES: [Row; 6] = [
    ("moved in a rebalance", |strategy| three(&strategy.rebalance.moved)),
    ("imbalance: most less least", |strategy| three(&strategy.rebalance.imbalance)),
    ("sum of squares above the best", |strategy| three(&strategy.rebalance.excess)),
    ("rebalances left less even than possible", |strategy| strategy.uneven.to_string()),
    ("skew within a topic", |strategy| three(&strategy.rebalance.topic_skew)),
    ("time of a rebalance", |strategy| times(&strategy.elapsed_ns)),
];

/// Writes what trials of a scenario came to.
pub(crate) fn simulation(out: &mut dyn Write, document: &SimulationDocument) -> io::Result<()> {
    let rebalances = document.strategies.first().map_or(0, |strategy| strategy.rebalances);
    writeln!(
        out,
        "{HEADING}{}{HEADING:#}: {}{}, {} in all, seed {}\n",
        document.scenario,
        counted(document.finished, "trial"),
        interrupted(document),
        counted(rebalances, "rebalance"),
        document.seed,
    )?;
    let headings: Vec<String> = document.strategies.iter().map(|strategy| format!("#{}", strategy.strategy)).collect();
    let headings: Vec<&str> = std::iter::once("median / 95 % / most").chain(headings.iter().map(String::as_str)).collect();
    let mut rows = table(&headings);
    for (title, figure) in WHOLE_TRIALS.iter().chain(&SINGLE_REBALANCES) {
        rows.add_row(std::iter::once((*title).to_string()).chain(document.strategies.iter().map(figure)));
    }
    write(out, &rows, WHOLE_TRIALS.len() + SINGLE_REBALANCES.len(), "figures")
}

fn interrupted(document: &SimulationDocument) -> String {
    match document.finished < document.trials {
        true => format!(" of {} before it was interrupted", document.trials),
        false => String::new(),
    }
}

fn three(distribution: &DistributionDocument) -> String {
    let DistributionDocument { median, p95, max } = distribution;
    format!("{median} / {p95} / {max}")
}

fn times(distribution: &DistributionDocument) -> String {
    let [median, p95, max] = [distribution.median, distribution.p95, distribution.max].map(Duration::from_nanos);
    format!("{median:.0?} / {p95:.0?} / {max:.0?}")
}
