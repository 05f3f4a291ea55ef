//! The table of moves: which partitions of which topic go from whom to whom.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sticky_assignor::{MemberId, TopicId, TopicPartition};

use super::members::BeforeAndAfter;
use super::partitions::compact;
use super::table::{rows_shown, table, write};
use crate::cli::options::Length;

/// One topic's partitions that go one way.
type Route = (TopicId, MemberId, MemberId);

impl BeforeAndAfter<'_> {
    /// Writes the table of partitions that had an owner and have another now; nothing where there are none.
    pub(super) fn write_moves(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let routes = self.routes();
        if routes.is_empty() {
            return Ok(());
        }
        let mut rows = table(&["from", "to", "#moving", "partitions"]);
        for ((_, from, to), partitions) in routes.iter().take(rows_shown(length, routes.len())) {
            rows.add_row([self.name(*from), self.name(*to), partitions.len().to_string(), compact(self.after.0, partitions, length)]);
        }
        write(out, &rows, routes.len(), "rows")
    }

    fn routes(&self) -> BTreeMap<Route, Vec<TopicPartition>> {
        let mut routes: BTreeMap<Route, Vec<TopicPartition>> = BTreeMap::new();
        for (partition, from, to) in self.before.1.differences(self.after.1) {
            if let (Some(from), Some(to)) = (from, to) {
                routes.entry((partition.topic, from, to)).or_default().push(partition);
            }
        }
        routes
    }
}
