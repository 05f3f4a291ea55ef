//! Lists of partitions, short enough to read: `orders 0-8,11  clicks 3`.

use std::fmt::{self, Write};

use sticky_assignor::{Group, TopicPartition};

use crate::cli::options::Length;

/// How many ranges a person reads in one cell.
const READABLE_RANGES: usize = 6;

/// Partitions of a group, ascending, as topics with ranges.
pub(super) fn compact(group: &Group, partitions: &[TopicPartition], length: Length) -> String {
    if partitions.is_empty() {
        return "–".into();
    }
    let limit = match length {
        Length::Readable => READABLE_RANGES,
        Length::Whole => usize::MAX,
    };
    let ranges = partitions.chunk_by(|a, b| a.topic == b.topic && a.partition + 1 == b.partition);
    let mut list = String::new();
    let (mut listed, mut last) = (0, None);
    for range in ranges.take(limit) {
        let topic = range[0].topic;
        match last.replace(topic) {
            Some(before) if before == topic => list.push(','),
            Some(_) => push(&mut list, format_args!("; {} ", group.topic(topic).name())),
            None => push(&mut list, format_args!("{} ", group.topic(topic).name())),
        }
        push(&mut list, Range(range));
        listed += range.len();
    }
    match partitions.len() - listed {
        0 => list,
        more => format!("{list} … {more} more"),
    }
}

fn push(list: &mut String, what: impl fmt::Display) {
    // Writing to a string does not fail.
    let _ = write!(list, "{what}");
}

/// Consecutive partitions of one topic.
struct Range<'a>(&'a [TopicPartition]);

impl fmt::Display for Range<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => Ok(()),
            [only] => write!(f, "{}", only.partition),
            [first, .., last] => write!(f, "{}-{}", first.partition, last.partition),
        }
    }
}
