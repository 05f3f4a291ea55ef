//! A simulation as text: a table with a column for each strategy.

use std::io::{self, Write};
use std::time::Duration;

use sticky_assignor::replay::documents::{
    DistributionDocument, RebalanceFiguresDocument, SimulationDocument, StrategyDocument, TrialDocument,
};

use super::table::{Column, Table, counted};
use crate::cli::options::Length;
use crate::cli::output::HEADING;

/// What was measured of a strategy.
struct Measured<'a> {
    trial: &'a TrialDocument,
    rebalance: &'a RebalanceFiguresDocument,
    uneven: u64,
    elapsed_ns: &'a DistributionDocument,
}

impl<'a> Measured<'a> {
    /// All of it, if there was anything to measure.
    fn of(strategy: &'a StrategyDocument) -> Option<Self> {
        let StrategyDocument { trial, rebalance, elapsed_ns, uneven, .. } = strategy;
        Some(Self { trial: trial.as_ref()?, rebalance: rebalance.as_ref()?, uneven: *uneven, elapsed_ns: elapsed_ns.as_ref()? })
    }
}

/// A row of the table: its title, and what stands in it for a strategy.
type Row = (&'static str, fn(&Measured<'_>) -> String);

/// The row that stands below the others where anything is read from another rack.
const RACKS: Row = ("read from another rack", |of| three(&of.rebalance.rack_mismatches));

const ROWS: [Row; 9] = [
    // Of a whole trial.
    ("moved in a trial", |of| three(&of.trial.moved)),
    ("  forced: their owner left", |of| three(&of.trial.forced)),
    ("  cost a second cooperative round", |of| three(&of.trial.second_round)),
    // Of one rebalance.
    ("moved in a rebalance", |of| three(&of.rebalance.moved)),
    ("imbalance: most less least", |of| three(&of.rebalance.imbalance)),
    ("sum of squares above the best", |of| three(&of.rebalance.excess)),
    ("rebalances less even than possible", |of| of.uneven.to_string()),
    ("skew within a topic", |of| three(&of.rebalance.topic_skew)),
    ("time of a rebalance", |of| times(of.elapsed_ns)),
];

/// Writes what trials of a scenario came to; where nothing was measured, why not.
pub(crate) fn simulation(out: &mut dyn Write, document: &SimulationDocument, why_nothing: &str, length: Length) -> io::Result<()> {
    let rebalances = document.strategies.first().map_or(0, |strategy| strategy.rebalances);
    let SimulationDocument { scenario, seed, .. } = document;
    let (trials, interrupted) = (counted(document.finished, "trial"), interrupted(document));
    let rebalances = counted(rebalances, "rebalance");
    let measured: Option<Vec<Measured<'_>>> = document.strategies.iter().map(Measured::of).collect();
    writeln!(out, "{HEADING}{scenario}{HEADING:#}: {trials}{interrupted}, {rebalances} in all, seed {seed}\n")?;
    match measured {
        Some(measured) => figures(out, &document.strategies, &measured, length),
        None => writeln!(out, "Nothing was measured: {why_nothing}."),
    }
}

/// The table of strategies; where there is no room for all of them, one below the other.
fn figures(out: &mut dyn Write, strategies: &[StrategyDocument], measured: &[Measured<'_>], length: Length) -> io::Result<()> {
    // Columns that may be left out, to be asked whether they would be.
    let columns = strategies.iter().map(|strategy| Column::number(&strategy.strategy).droppable(1));
    let mut table = Table::new(std::iter::once(Column::name("median / 95 % / most")).chain(columns));
    let has_mismatches = measured.iter().any(|of| of.rebalance.rack_mismatches.max > 0);
    let rows: Vec<Row> = ROWS.into_iter().chain(has_mismatches.then_some(RACKS)).collect();
    for (title, figure) in &rows {
        table.row(std::iter::once(title.to_string()).chain(measured.iter().map(figure)));
    }
    if strategies.len() <= 1 || table.fits(length) {
        return table.write(out, length, rows.len(), "figures");
    }
    let half = strategies.len().div_ceil(2);
    figures(out, &strategies[..half], &measured[..half], length)?;
    figures(out, &strategies[half..], &measured[half..], length)
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
