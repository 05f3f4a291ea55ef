//! Why bytes cannot be read, or values cannot be written.

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
