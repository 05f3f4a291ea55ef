//! Reading field by field: what is wrong is said with the field it is wrong in.

use std::fmt;

use thiserror::Error;

use super::super::messages::{Partitions, partition_numbers};
use super::super::wire::{DecodeError, LengthLayout, WireReader};

/// Which half of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordPart {
    /// Its key.
    Key,
    /// Its value.
    Value,
}

impl fmt::Display for RecordPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Value => "value",
        })
    }
}

/// Why a record cannot be read, and in which of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{part}, {field}{}: {cause}", Element(*element))]
pub struct RecordError {
    /// The half of the record; the cause counts bytes from its start.
    pub part: RecordPart,
    /// The field, by the name it has in Kafka's own description of the record.
    pub field: &'static str,
    /// In which member or topic of a list, from 0.
    pub element: Option<usize>,
    /// What is wrong with it; of bytes within the field, bytes are counted from the field's start.
    pub cause: DecodeError,
}

/// The place in a list, as it is said.
struct Element(Option<usize>);

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |element| write!(f, " of element {element}"))
    }
}

/// What is left of a record's half.
pub(super) struct RecordFields<'a> {
    part: RecordPart,
    reader: WireReader<'a>,
    element: Option<usize>,
}

impl<'a> RecordFields<'a> {
    pub(super) fn new(part: RecordPart, bytes: &'a [u8], layout: LengthLayout) -> Self {
        let mut reader = WireReader::new(bytes);
        reader.lay_out(layout);
        Self { part, reader, element: None }
    }

    /// From here on lengths are written in this way.
    pub(super) fn lay_out(&mut self, layout: LengthLayout) {
        self.reader.lay_out(layout);
    }

    fn read<T>(&mut self, field: &'static str, read: impl FnOnce(&mut WireReader<'a>) -> Result<T, DecodeError>) -> Result<T, RecordError> {
        let Self { part, element, .. } = *self;
        read(&mut self.reader).map_err(|cause| RecordError { part, field, element, cause })
    }

    pub(super) fn int8(&mut self, field: &'static str) -> Result<i8, RecordError> {
        self.read(field, WireReader::int8)
    }

    pub(super) fn int16(&mut self, field: &'static str) -> Result<i16, RecordError> {
        self.read(field, WireReader::int16)
    }

    pub(super) fn int32(&mut self, field: &'static str) -> Result<i32, RecordError> {
        self.read(field, WireReader::int32)
    }

    pub(super) fn int64(&mut self, field: &'static str) -> Result<i64, RecordError> {
        self.read(field, WireReader::int64)
    }

    pub(super) fn uuid(&mut self, field: &'static str) -> Result<[u8; 16], RecordError> {
        self.read(field, WireReader::uuid)
    }

    pub(super) fn string(&mut self, field: &'static str) -> Result<&'a str, RecordError> {
        self.read(field, WireReader::string)
    }

    pub(super) fn nullable_string(&mut self, field: &'static str) -> Result<Option<&'a str>, RecordError> {
        self.read(field, WireReader::nullable_string)
    }

    pub(super) fn bytes(&mut self, field: &'static str) -> Result<&'a [u8], RecordError> {
        self.read(field, WireReader::bytes)
    }

    pub(super) fn partitions(&mut self, field: &'static str) -> Result<Partitions<'a>, RecordError> {
        self.read(field, partition_numbers)
    }

    /// Passes over the tagged fields that end a structure, where there can be any.
    pub(super) fn tagged_fields(&mut self, field: &'static str) -> Result<(), RecordError> {
        self.read(field, WireReader::tagged_fields)
    }

    /// A list of what takes at least that many bytes each. Errors in an element of an outermost
    /// list say which it is.
    pub(super) fn list<T>(
        &mut self,
        field: &'static str,
        least: usize,
        mut element: impl FnMut(&mut Self) -> Result<T, RecordError>,
    ) -> Result<Vec<T>, RecordError> {
        let count = self.read(field, |reader| reader.count(least))?;
        let outer = self.element;
        let mut list = Vec::with_capacity(count);
        for place in 0..count {
            self.element = outer.or(Some(place));
            list.push(element(self)?);
        }
        self.element = outer;
        Ok(list)
    }

    /// Nothing, where nothing is left.
    pub(super) fn end(&self) -> Result<(), RecordError> {
        let cause = |cause| RecordError { part: self.part, field: "end", element: None, cause };
        self.reader.end().map_err(cause)
    }
}
