//! Event logs replayed: read, gathered into rebalances, kept as a history, measured.

#[cfg(feature = "simulate")]
pub mod churn;
mod distribution;
mod event_kind;
mod figures;
mod history;
mod history_document;
mod lines;
mod log;
mod savings;
mod session;
mod simulation;
mod skew;
mod static_members;
mod statistics;
#[cfg(feature = "json")]
mod text;
mod totals;
mod window;

pub use distribution::Distribution;
pub use event_kind::EventKind;
pub use figures::Figures;
pub use history::{Handover, History};
pub use history_document::{HistoryDocument, HistoryError, RebalanceDocument};
pub use lines::{
    FiguresDocument, OutcomeDocument, RebalanceLine, SavingDocument, StrategyTotalDocument, SumsDocument, TotalDocument, TotalLine,
    event_label,
};
pub use log::{EventLog, Faults, LogError, LogFault, LoggedEvent};
pub use savings::totals;
pub use simulation::{DistributionDocument, RebalanceFiguresDocument, SimulationDocument, StrategyDocument, TrialDocument};
pub use skew::topic_skew;
pub use static_members::with_static_members;
pub use statistics::Statistics;
#[cfg(feature = "json")]
pub use text::TextError;
pub use totals::{Outcome, OutcomeTotals, Totals, Worst};
pub use window::{EventBatch, RebalanceWindow};
