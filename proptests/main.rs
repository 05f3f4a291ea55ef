//! Every test outside unit tests.

#[cfg(feature = "cli")]
mod program;
