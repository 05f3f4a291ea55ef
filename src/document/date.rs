//! Dates and times as RFC 3339 writes them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

/// A date and time, to the millisecond.
///
/// ```
/// use sticky_assignor::document::Date;
/// let date: Date = "2026-03-01T11:00:03.11+01:00".parse()?;
/// assert_eq!(date.to_string(), "2026-03-01T10:00:03.110Z");
/// # Ok::<(), sticky_assignor::document::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(Timestamp);

/// A text that is no date and time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is not a date and time as RFC 3339 writes them, such as 2026-03-01T10:00:03.110Z")]
#[non_exhaustive]
pub struct DateError {
    /// The text.
    pub text: String,
}

impl Date {
    /// The date so many milliseconds after the beginning of 1970 in UTC; none where that is beyond
    /// the years −9999 to 9999.
    ///
    /// ```
    /// use sticky_assignor::document::Date;
    /// let first = Date::from_milliseconds(0).map(|date| date.to_string());
    /// assert_eq!(first.as_deref(), Some("1970-01-01T00:00:00.000Z"));
    /// ```
    pub fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        Timestamp::from_millisecond(milliseconds).ok().map(Self)
    }

    /// The milliseconds since the beginning of 1970 in UTC.
    pub fn milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The seconds since the beginning of 1970 in UTC.
    pub fn seconds(self) -> f64 {
        // Exact: fewer than 2^53 milliseconds.
        self.milliseconds() as f64 / 1e3
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        // The library also takes what RFC 9557 adds to RFC 3339, and other separators; a document
        // holds what any reader takes.
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"Tt:.+-Zz ".contains(&byte));
        let read: Option<Timestamp> = text.parse().ok().filter(|_| plain);
        read.and_then(|read| Self::from_milliseconds(read.as_millisecond())).ok_or_else(|| DateError { text: text.into() })
    }
}

/// In UTC, with milliseconds.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}
