//! The primitive types of Kafka's protocol: big-endian integers, strings, byte strings and arrays
//! with a length in front; and why bytes cannot be read, or values cannot be written.
//!
//! Nothing is allocated by a length that was read before that length was compared with what is
//! left.

use thiserror::Error;

/// Why bytes are not a message of Kafka's consumer protocol, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The message ends too early; also for a length or a count that says more than there is.
    #[error("at byte {at}: {needed} bytes are needed, {left} are left")]
    Short {
        /// Where the missing part would begin.
        at: usize,
        /// The least number of bytes it takes.
        needed: u64,
        /// How many there are.
        left: usize,
    },
    /// The message goes on where it should end.
    #[error("at byte {at}: the end is expected, {left} bytes are left")]
    Long {
        /// Where it should end.
        at: usize,
        /// How many bytes there are beyond.
        left: usize,
    },
    /// A length or a count is negative where nothing may be absent.
    #[error("at byte {at}: a length of {length}")]
    NegativeLength {
        /// Where the length stands.
        at: usize,
        /// The length.
        length: i32,
    },
    /// A name is not UTF-8.
    #[error("at byte {at}: a name that is not UTF-8")]
    NotUtf8 {
        /// Where the name begins.
        at: usize,
    },
    /// A number of variable length does not fit into 32 bits.
    #[error("at byte {at}: a varint of more than 32 bits")]
    Varint {
        /// Where it begins.
        at: usize,
    },
    /// The version is below 0. (One above those known is read as the newest known.)
    #[error("version {version} does not exist")]
    Version {
        /// The version.
        version: i16,
    },
}

/// Why a value has no form in Kafka's consumer protocol: its lengths are 16 and 32 bits wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A name is longer than 32,767 bytes.
    #[error("a name of {length} bytes, longer than the 32767 that can be written")]
    NameTooLong {
        /// The length of the name in bytes.
        length: usize,
    },
    /// A list is longer than 2³¹ − 1.
    #[error("a list of {length}, longer than the 2147483647 that can be written")]
    ListTooLong {
        /// The length of the list.
        length: usize,
    },
}

/// What is left of a message.
#[derive(Clone, Debug)]
pub(super) struct WireReader<'a> {
    message: &'a [u8],
    at: usize,
    layout: LengthLayout,
}

/// How lengths are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LengthLayout {
    /// In two or four bytes, −1 for what is absent.
    Fixed,
    /// In flexible versions: as unsigned varints, one more than the length, 0 for what is absent;
    /// with tagged fields behind each structure.
    Flexible,
}

impl<'a> WireReader<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0, layout: LengthLayout::Fixed }
    }

    /// From here on lengths are written in this way.
    pub(super) fn lay_out(&mut self, layout: LengthLayout) {
        self.layout = layout;
    }

    fn left(&self) -> usize {
        self.message.len() - self.at
    }

    /// The next bytes, if that many are left.
    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        self.ensure(length as u64)?;
        let taken = &self.message[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    fn ensure(&self, needed: u64) -> Result<(), DecodeError> {
        let left = self.left();
        if needed > left as u64 { Err(DecodeError::Short { at: self.at, needed, left }) } else { Ok(()) }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn int8(&mut self) -> Result<i8, DecodeError> {
        self.array().map(i8::from_be_bytes)
    }

    pub(super) fn int16(&mut self) -> Result<i16, DecodeError> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn int32(&mut self) -> Result<i32, DecodeError> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn int64(&mut self) -> Result<i64, DecodeError> {
        self.array().map(i64::from_be_bytes)
    }

    pub(super) fn uuid(&mut self) -> Result<[u8; 16], DecodeError> {
        self.array()
    }

    /// A version; those above the newest known are read as it, for later versions only add at the
    /// end.
    pub(super) fn version(&mut self, newest: i16) -> Result<i16, DecodeError> {
        match self.int16()? {
            version if version < 0 => Err(DecodeError::Version { version }),
            version => Ok(version.min(newest)),
        }
    }

    /// A string that may not be absent.
    pub(super) fn string(&mut self) -> Result<&'a str, DecodeError> {
        self.present(Self::nullable_string)
    }

    /// A string, or nothing where it is absent.
    pub(super) fn nullable_string(&mut self) -> Result<Option<&'a str>, DecodeError> {
        let Ok(length) = usize::try_from(self.short_length()?) else { return Ok(None) };
        let at = self.at;
        std::str::from_utf8(self.take(length)?).map(Some).map_err(|_| DecodeError::NotUtf8 { at })
    }

    /// A byte string that may not be absent.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        self.present(Self::nullable_bytes)
    }

    /// A byte string, or nothing where it is absent.
    pub(super) fn nullable_bytes(&mut self) -> Result<Option<&'a [u8]>, DecodeError> {
        usize::try_from(self.length()?).ok().map(|length| self.take(length)).transpose()
    }

    fn present<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<Option<T>, DecodeError>) -> Result<T, DecodeError> {
        let at = self.at;
        read(self)?.ok_or(DecodeError::NegativeLength { at, length: -1 })
    }

    /// The bytes of an array of 32-bit integers.
    pub(super) fn int32_list(&mut self) -> Result<&'a [u8], DecodeError> {
        let count = self.count(4)?;
        self.take(count * 4)
    }

    /// The count of an array whose elements take at least that many bytes each; never more than
    /// there can be.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, DecodeError> {
        let at = self.at;
        let length = self.length()?;
        let count = usize::try_from(length).map_err(|_| DecodeError::NegativeLength { at, length: length as i32 })?;
        self.ensure(count as u64 * least as u64)?;
        Ok(count)
    }

    /// The length of a string: negative for what is absent.
    fn short_length(&mut self) -> Result<i64, DecodeError> {
        match self.layout {
            LengthLayout::Fixed => self.int16().map(i64::from),
            LengthLayout::Flexible => self.compact_length(),
        }
    }

    /// Any other length: negative for what is absent.
    fn length(&mut self) -> Result<i64, DecodeError> {
        match self.layout {
            LengthLayout::Fixed => self.int32().map(i64::from),
            LengthLayout::Flexible => self.compact_length(),
        }
    }

    fn compact_length(&mut self) -> Result<i64, DecodeError> {
        Ok(i64::from(self.varint()?) - 1)
    }

    /// Seven bits a byte, the lowest first; 32 bits in at most five bytes.
    fn varint(&mut self) -> Result<u32, DecodeError> {
        let at = self.at;
        let mut value = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array()?;
            let bits = u32::from(byte & 0x7f);
            // The fifth byte has room for four bits only.
            if bits.leading_zeros() < shift {
                return Err(DecodeError::Varint { at });
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Varint { at })
    }

    /// Passes over the tagged fields that end a structure, where there can be any.
    pub(super) fn tagged_fields(&mut self) -> Result<(), DecodeError> {
        let count = if self.layout == LengthLayout::Flexible { self.varint()? } else { 0 };
        for _ in 0..count {
            self.varint()?;
            let length = self.varint()?;
            self.ensure(u64::from(length))?;
            self.skip(length as usize)?;
        }
        Ok(())
    }

    /// Passes over these bytes, if they are next.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> bool {
        let next = self.message[self.at..].starts_with(bytes);
        self.at += if next { bytes.len() } else { 0 };
        next
    }

    /// Passes over that many bytes, if that many are left.
    pub(super) fn skip(&mut self, length: usize) -> Result<(), DecodeError> {
        self.take(length).map(|_| ())
    }

    /// What was read since.
    pub(super) fn since(&self, start: &Self) -> &'a [u8] {
        &self.message[start.at..self.at]
    }

    /// Nothing, where nothing is left.
    pub(super) fn end(&self) -> Result<(), DecodeError> {
        if self.left() == 0 { Ok(()) } else { Err(DecodeError::Long { at: self.at, left: self.left() }) }
    }
}

/// A message being written.
#[derive(Debug, Default)]
pub(super) struct WireWriter {
    message: Vec<u8>,
}

impl WireWriter {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { message: Vec::with_capacity(capacity) }
    }

    /// How many bytes were written.
    pub(super) fn written(&self) -> usize {
        self.message.len()
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.message
    }

    pub(super) fn int16(&mut self, value: i16) {
        self.message.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn int32(&mut self, value: i32) {
        self.message.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn count(&mut self, length: usize) -> Result<(), EncodeError> {
        let count = i32::try_from(length).map_err(|_| EncodeError::ListTooLong { length })?;
        self.int32(count);
        Ok(())
    }

    /// A list whose length is known once it is written.
    pub(super) fn counted(&mut self, write: impl FnOnce(&mut Self) -> Result<usize, EncodeError>) -> Result<(), EncodeError> {
        let at = self.message.len();
        self.int32(0);
        let length = write(self)?;
        let count = i32::try_from(length).map_err(|_| EncodeError::ListTooLong { length })?;
        self.message[at..at + 4].copy_from_slice(&count.to_be_bytes());
        Ok(())
    }

    pub(super) fn string(&mut self, value: &str) -> Result<(), EncodeError> {
        let length = i16::try_from(value.len()).map_err(|_| EncodeError::NameTooLong { length: value.len() })?;
        self.int16(length);
        self.raw(value.as_bytes());
        Ok(())
    }

    pub(super) fn nullable_string(&mut self, value: Option<&str>) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.string(value)?,
            None => self.int16(-1),
        }
        Ok(())
    }

    pub(super) fn nullable_bytes(&mut self, value: Option<&[u8]>) -> Result<(), EncodeError> {
        match value {
            Some(value) => {
                self.count(value.len())?;
                self.raw(value);
            }
            None => self.int32(-1),
        }
        Ok(())
    }

    /// Bytes without a length in front.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.message.extend_from_slice(bytes);
    }
}
