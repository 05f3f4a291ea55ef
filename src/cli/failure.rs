//! Why a command could not do its work.

use std::io;

use thiserror::Error;

/// What ends a command early.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A source cannot be opened or read.
    #[error("{source_name}: {error}")]
    Unreadable { source_name: String, error: io::Error },
    /// What was read is not what it should be.
    #[error("{place}: {reason}")]
    Input { place: String, reason: String },
    /// The answer cannot be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The exit status of every failure.
    pub(crate) const STATUS: u8 = 2;

    /// Whether whoever read the output has gone, of which nobody needs to be told.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
