//! Integers as near as an `i64` comes to them.

use std::fmt;

/// An integer that was written down. The first and the last that there are also stand for all
/// beyond them, and say so.
pub(crate) struct Nearest(pub(crate) i64);

impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i64::MIN => write!(f, "{} or less", i64::MIN),
            i64::MAX => write!(f, "{} or more", i64::MAX),
            integer => integer.fmt(f),
        }
    }
}
