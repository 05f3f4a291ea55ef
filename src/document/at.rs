//! When an event happened: seconds, or a date.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

#[cfg(feature = "json")]
use super::date::Date;

/// A time of an event log: seconds since whatever moment the log counts from, or a date.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum At {
    /// Seconds; a number, never infinite.
    Seconds(f64),
    /// A date and time.
    #[cfg(feature = "json")]
    Date(Date),
}

impl At {
    /// The seconds: of a date those since 1970.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds,
            #[cfg(feature = "json")]
            Self::Date(date) => date.seconds(),
        }
    }
}

impl Default for At {
    fn default() -> Self {
        Self::Seconds(0.0)
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
            Self::Seconds(seconds) => serializer.serialize_f64(*seconds),
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
        match seconds {
            seconds if !seconds.is_finite() => Err(E::custom(format_args!("{seconds} is no time"))),
            seconds if seconds > MOST_SECONDS => Err(E::custom(format_args!("{seconds} can only be milliseconds; seconds are expected"))),
            seconds => Ok(At::Seconds(seconds)),
        }
    }

    #[cfg(feature = "json")]
    fn visit_str<E: Error>(self, text: &str) -> Result<At, E> {
        text.parse().map(At::Date).map_err(E::custom)
    }
}
