//! Event logs replayed: read, gathered into rebalances, kept as a history, measured.

#[cfg(feature = "simulate")]
pub mod churn;
mod event_kind;
mod figures;
mod history;
mod history_document;
mod lines;
mod log;
mod recorded;
mod recorded_totals;
mod returns;
mod seen;
mod session;
mod simulation;
mod static_members;
pub mod statistics;
#[cfg(feature = "json")]
mod text;
mod totals;
mod window;

pub use event_kind::EventKind;
#[cfg(feature = "json")]
pub(crate) use figures::subscriber_counts;
pub use figures::{Figures, TopicShares, rack_mismatches, topic_shares, topic_skew};
pub use history::History;
pub use log::{EventLog, Faults, GenerationGap, LogError, LogFault, LoggedEvent, SeenLine};
pub use static_members::with_static_members;
#[cfg(feature = "json")]
pub use text::TextError;
pub use totals::{Outcome, OutcomeTotals, Totals, Worst, totals};
pub use window::{EventBatch, RebalanceWindow};

/// Histories and what `replay` and `simulate` answer, to be written down.
pub mod documents {
    pub use super::history_document::{HistoryDocument, HistoryError, HistoryEvent, RebalanceDocument};
    pub use super::lines::{
        ChangedDocument, FiguresDocument, FromRecordedDocument, OutcomeDocument, RebalanceLine, SavingDocument, StrategyTotalDocument,
        SumsDocument, TotalDocument, TotalLine, event_label,
    };
    pub use super::recorded_totals::{RecordedDocument, RecordedTotalsDocument};
    pub use super::simulation::{DistributionDocument, RebalanceFiguresDocument, SimulationDocument, StrategyDocument, TrialDocument};
}

/// What a log records of the group's own assignor, judged.
pub mod recording {
    pub use super::recorded::{Recorded, RecordedRebalance, RecordedStep};
    pub use super::recorded_totals::{Gap, RecordedTotals};
    pub use super::returns::{Returned, Returns};
}
