//! Event logs replayed: read, gathered into rebalances, kept as a history, measured.

mod archive;
mod figures;
mod history;
mod log;
mod session;
#[cfg(feature = "cli")]
mod text;
mod window;

pub use archive::{HistoryDocument, HistoryError, RebalanceDocument};
pub use figures::{Figures, Totals};
pub use history::{Handover, History};
pub use log::{EventLog, Faults, LogError, LogFault, LoggedEvent};
#[cfg(feature = "cli")]
pub use text::TextError;
pub use window::{Gathering, Kind, Moment};
