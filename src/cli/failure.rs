//! Why a command could not do its work.

use std::io;

use thiserror::Error;

/// What ends a command early.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A source cannot be opened or read.
    #[error("{source_name}: {}", said(error))]
    Unreadable { source_name: String, error: io::Error },
    /// What was read is not what it should be.
    #[error("{place}: {reason}")]
    Input { place: String, reason: String },
    /// An event of a log cannot have happened.
    #[error("{place}: {reason}")]
    Impossible { place: String, reason: String },
    /// What is asked for is not there.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be written.
    #[error("{file}: {}", said(error))]
    Unwritable { file: String, error: io::Error },
    /// The answer cannot be written.
    #[error("cannot write: {}", said(.0))]
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// The exit status it ends the program with.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Impossible { .. } => 3,
            // As the platform's tools end, which the signal of a broken pipe kills.
            _ if cfg!(unix) && self.is_broken_pipe() => 128 + 13,
            _ => 2,
        }
    }

    /// Whether whoever read the output has gone, of which nobody needs to be told.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// What the system says, without the number it says it by.
fn said(error: &io::Error) -> String {
    let said = error.to_string();
    match error.raw_os_error().and_then(|number| said.strip_suffix(&format!(" (os error {number})"))) {
        Some(words) => words.into(),
        None => said,
    }
}
