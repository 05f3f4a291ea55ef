//! Event logs replayed: read, gathered into rebalances, kept as a history, measured.

#[cfg(feature = "simulate")]
pub mod churn;
pub mod documents;
mod figures;
mod history;
mod history_document;
mod log;
pub mod recording;
pub mod statistics;
#[cfg(feature = "json")]
mod text;
mod window;

#[cfg(feature = "json")]
pub(crate) use figures::subscriber_counts;
pub use figures::{Figures, Outcome, OutcomeTotals, TopicShares, Totals, Worst, rack_mismatches, topic_shares, topic_skew, totals};
pub use history::History;
pub use log::{EventKind, EventLog, Faults, GenerationGap, LogError, LogFault, LoggedEvent, SeenLine};
#[cfg(feature = "json")]
pub use text::TextError;
pub use window::{EventBatch, RebalanceWindow, with_static_members};
