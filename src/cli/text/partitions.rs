//! Lists of partitions, short enough to read: `orders 0-8,11  clicks 3`.

use std::fmt;

use sticky_assignor::{Group, TopicPartition};

use super::answer::counted;
use super::printable;
use crate::cli::options::Length;

/// How many topics, and how many ranges of each, a person reads in one cell.
const READABLE: (usize, usize) = (3, 4);

/// Partitions of a group, ascending, as topics with ranges.
pub(super) fn compact(group: &Group, partitions: &[TopicPartition], length: Length) -> String {
    let (topics, ranges) = match length {
        Length::Readable => READABLE,
        Length::Whole => (usize::MAX, usize::MAX),
    };
    let runs: Vec<&[TopicPartition]> = partitions.chunk_by(|a, b| a.topic == b.topic).collect();
    let of_topic = |run: &&[TopicPartition]| format!("{} {}", printable(group.topic(run[0].topic).name()), numbers(run, ranges));
    let mut shown: Vec<String> = runs.iter().take(topics).map(of_topic).collect();
    match runs.len().saturating_sub(topics) {
        0 if shown.is_empty() => "–".into(),
        0 => shown.join("; "),
        more => {
            shown.push(format!("… {}", counted(more as u64, "more topic")));
            shown.join("; ")
        }
    }
}

/// The numbers of one topic's partitions: `0-8,11`, or `0,3,6,9… (28)` where there are more ranges
/// than these.
fn numbers(partitions: &[TopicPartition], ranges: usize) -> String {
    let found: Vec<Range<'_>> = partitions.chunk_by(|a, b| a.partition + 1 == b.partition).map(Range).collect();
    let shown: Vec<String> = found.iter().take(ranges).map(Range::to_string).collect();
    match found.len() > ranges {
        true => format!("{}… ({})", shown.join(","), partitions.len()),
        false => shown.join(","),
    }
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
