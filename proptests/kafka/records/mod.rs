//! Records of `__consumer_offsets`: bytes written out by hand, values there and back through an
//! encoder of the tests' own, and bytes that nobody should send.

pub(crate) mod encode;
mod golden;
mod hostile;
mod round_trip;
pub(crate) mod said;
