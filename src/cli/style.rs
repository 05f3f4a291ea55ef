//! The styles of text: what a colour says.

use anstyle::{AnsiColor, Style};

/// Titles.
pub(crate) const HEADING: Style = Style::new().bold();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Remarks.
pub(crate) const FAINT: Style = Style::new().dimmed();
