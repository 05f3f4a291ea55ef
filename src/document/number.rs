//! Integers of any size, as hostile claims may hold them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// An integer of a document: what an `i64` holds is kept, what is beyond counts as the nearest it can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyInteger(pub i64);

impl AnyInteger {
    /// The integer as a partition number, if it could be one.
    pub fn as_partition(self) -> Option<i32> {
        i32::try_from(self.0).ok()
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
        Ok(AnyInteger(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<AnyInteger, E> {
        // An integer beyond 64 bits arrives as a float; `as` saturates.
        match value.fract() == 0.0 {
            true => Ok(AnyInteger(value as i64)),
            false => Err(E::invalid_type(Unexpected::Float(value), &self)),
        }
    }
}
