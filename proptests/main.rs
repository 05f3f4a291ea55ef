#[cfg(feature = "cli")]
mod program;
