//! Integers of any size, as hostile claims may hold them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

use crate::model::Nearest;

/// An integer of a document: what an `i64` holds is kept, what is beyond counts as the nearest it
/// can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyInteger(pub i64);

impl AnyInteger {
    /// The integer as a partition number, if it could be one.
    pub fn as_partition(self) -> Option<i32> {
        i32::try_from(self.0).ok()
    }

    /// The integer as it was written; none where it may have been one beyond.
    pub(super) fn as_written(self) -> Option<i64> {
        Some(self.0).filter(|integer| !matches!(*integer, i64::MIN | i64::MAX))
    }

    /// The integer that arrives as a float because it is beyond 64 bits; none where the float is no
    /// integer.
    pub(super) fn whole(value: f64) -> Option<Self> {
        // `as` saturates.
        (value.fract() == 0.0).then_some(Self(value as i64))
    }
}

impl From<u64> for AnyInteger {
    fn from(value: u64) -> Self {
        Self(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// The integer, or of one that may have been beyond that it was `9223372036854775807 or more`.
impl fmt::Display for AnyInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Nearest(self.0).fmt(f)
    }
}

impl Serialize for AnyInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for AnyInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyIntegerVisitor)
    }
}

struct AnyIntegerVisitor;

impl Visitor<'_> for AnyIntegerVisitor {
    type Value = AnyInteger;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<AnyInteger, E> {
        Ok(AnyInteger(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<AnyInteger, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<AnyInteger, E> {
        AnyInteger::whole(value).ok_or_else(|| E::invalid_type(Unexpected::Float(value), &self))
    }
}
