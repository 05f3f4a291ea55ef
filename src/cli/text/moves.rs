//! The table of moves: which partitions go from whom to whom.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sticky_assignor::{MemberId, TopicPartition};

use super::members::BeforeAndAfter;
use super::partitions::compact;
use super::table::{foremost, rows_shown, table, write};
use crate::cli::options::Length;

/// What goes from one member to another.
type Route = ((MemberId, MemberId), Vec<TopicPartition>);

impl BeforeAndAfter<'_> {
    /// Writes the table of partitions that had an owner and have another now; nothing where there
    /// are none.
    pub(super) fn write_moves(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let routes = foremost(length, self.routes(), |(_, partitions)| partitions.len());
        if routes.is_empty() {
            return Ok(());
        }
        let mut rows = table(&["from", "to", "#moving", "partitions"]);
        for ((from, to), partitions) in &routes[..rows_shown(length, routes.len())] {
            rows.add_row([self.name(*from), self.name(*to), partitions.len().to_string(), compact(self.after.0, partitions, length)]);
        }
        write(out, &rows, routes.len(), "rows")
    }

    fn routes(&self) -> Vec<Route> {
        let mut routes: BTreeMap<(MemberId, MemberId), Vec<TopicPartition>> = BTreeMap::new();
        for (partition, from, to) in self.before.1.differences(self.after.1) {
            if let (Some(from), Some(to)) = (from, to) {
                routes.entry((from, to)).or_default().push(partition);
            }
        }
        routes.into_iter().collect()
    }
}
