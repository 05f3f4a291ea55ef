//! When an event happened: seconds, or a date.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

#[cfg(feature = "json")]
use super::date::Date;

/// A time of an event log: seconds since whatever moment the log counts from, or a date.
///
/// ```
/// use sticky_assignor::document::{At, Seconds};
/// assert_eq!(At::from(90).seconds(), 90.0);
/// assert_eq!(At::from(Seconds::from_milliseconds(1_500)).to_string(), "1.5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum At {
    /// Seconds.
    Seconds(Seconds),
    /// A date and time.
    #[cfg(feature = "json")]
    Date(Date),
}

/// A number of seconds: any number, but never infinite.
///
/// ```
/// use sticky_assignor::document::Seconds;
/// assert_eq!(Seconds::new(1.5).map(Seconds::number), Some(1.5));
/// assert_eq!(Seconds::new(f64::NAN), None);
/// assert_eq!(Seconds::from(10), Seconds::from_milliseconds(10_000));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Seconds(f64);

impl Seconds {
    /// So many seconds; none where that is no number, or infinite.
    pub fn new(seconds: f64) -> Option<Self> {
        seconds.is_finite().then_some(Self(seconds))
    }

    /// So many milliseconds.
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds as f64 / 1e3)
    }

    /// How many.
    pub fn number(self) -> f64 {
        self.0
    }
}

impl From<u32> for Seconds {
    fn from(seconds: u32) -> Self {
        Self(seconds.into())
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl At {
    /// The seconds: of a date those since 1970.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds.number(),
            #[cfg(feature = "json")]
            Self::Date(date) => date.seconds(),
        }
    }

    /// The time so many seconds later, of dates to the millisecond; itself where there is none.
    pub(crate) fn later(self, seconds: f64) -> Self {
        let later = match self {
            Self::Seconds(time) => Seconds::new(time.number() + seconds).map(Self::Seconds),
            #[cfg(feature = "json")]
            // Beyond all milliseconds the conversion stops at the last.
            Self::Date(date) => Date::from_milliseconds(date.milliseconds().saturating_add((seconds * 1e3) as i64)).map(Self::Date),
        };
        later.unwrap_or(self)
    }

    /// Whether both are seconds, or both dates.
    pub(crate) fn is_alike(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl Default for At {
    fn default() -> Self {
        Self::Seconds(Seconds::default())
    }
}

impl From<Seconds> for At {
    fn from(seconds: Seconds) -> Self {
        Self::Seconds(seconds)
    }
}

impl From<u32> for At {
    fn from(seconds: u32) -> Self {
        Self::Seconds(seconds.into())
    }
}

#[cfg(feature = "json")]
impl From<Date> for At {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

/// Seconds as a number; a date as RFC 3339 writes it.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(f),
            #[cfg(feature = "json")]
            Self::Date(date) => date.fmt(f),
        }
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_f64(seconds.number()),
            #[cfg(feature = "json")]
            Self::Date(date) => serializer.collect_str(date),
        }
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AtVisitor)
    }
}

/// Seconds beyond this are the milliseconds of a clock: as seconds they would lie more than three
/// thousand years ahead.
const MOST_SECONDS: f64 = 1e11;

struct AtVisitor;

impl Visitor<'_> for AtVisitor {
    type Value = At;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds, or a date and time such as \"2026-03-01T10:00:03.110Z\"")
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<At, E> {
        self.visit_f64(seconds as f64)
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<At, E> {
        self.visit_f64(seconds as f64)
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<At, E> {
        match Seconds::new(seconds) {
            None => Err(E::custom(format_args!("{seconds} is no time"))),
            Some(_) if seconds > MOST_SECONDS => Err(E::custom(format_args!("{seconds} can only be milliseconds; seconds are expected"))),
            Some(seconds) => Ok(At::Seconds(seconds)),
        }
    }

    #[cfg(feature = "json")]
    fn visit_str<E: Error>(self, text: &str) -> Result<At, E> {
        text.parse().map(At::Date).map_err(E::custom)
    }
}
