//! Lines and columns.

use sticky_assignor::document::TextPlace;

/// A line and a column, both from 1.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Position {
    /// The position after this text, which starts here.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        match text.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => Self { line: self.line + lines, column: text.len() - last },
            None => Self { column: self.column + text.len(), ..self },
        }
    }

    /// The position of what a reader which started here found in that place.
    pub(super) fn onwards(self, TextPlace { line, column }: TextPlace) -> Self {
        match line {
            1 => Self { line: self.line, column: self.column + column.saturating_sub(1) },
            _ => Self { line: self.line + line - 1, column },
        }
    }
}
