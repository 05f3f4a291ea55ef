//! The tables of members (loads before and after, and what each keeps, loses and gains) and of
//! moves: which partitions go from whom to whom.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;
use sticky_assignor::document::printable;
use sticky_assignor::{Assignment, Group, MemberId, TopicPartition, Transfer};

use super::table::{Cell, Column, Table, compact, foremost, rows_shown};
use crate::cli::options::Length;
use crate::cli::output::{BAD, GOOD};

/// A group before and after, each with who owns what.
pub(super) struct BeforeAndAfter<'a> {
    pub(super) before: (&'a Group, &'a Assignment),
    pub(super) after: (&'a Group, &'a Assignment),
}

/// What becomes of one member's partitions.
#[derive(Default)]
struct Fate {
    keeps: Vec<TopicPartition>,
    loses: Vec<TopicPartition>,
    gains: Vec<TopicPartition>,
}

impl BeforeAndAfter<'_> {
    /// Writes the members, and what moves between them.
    pub(super) fn write(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        self.write_members(out, length)?;
        self.write_moves(out, length)
    }

    fn write_members(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let change = |member: &MemberId| self.before.1.load(*member).abs_diff(self.after.1.load(*member));
        let members = foremost(length, self.members(), change);
        let knows_racks = knows_racks(self.after.0);
        let racks = [Column::name("rack").droppable(2), Column::number("other rack").droppable(1)];
        let racks = racks.into_iter().filter(|_| knows_racks);
        let columns = [Column::name("member").at_least(18), Column::number("before"), Column::number("after")];
        let lists = ["keeps", "loses", "gains"].map(Column::list);
        let mut table = Table::new(columns.into_iter().chain(racks).chain(lists));
        for &member in &members[..rows_shown(length, members.len())] {
            let racks = knows_racks.then(|| self.racks(member));
            table.row(self.row(member, racks, length));
        }
        table.write(out, length, members.len(), "members")
    }

    /// The members there are, then those there were.
    fn members(&self) -> Vec<MemberId> {
        let left = self.before.0.members().map(|(id, _)| id).filter(|&id| self.after.0.member(id).is_none());
        self.after.0.members().map(|(id, _)| id).chain(left).collect()
    }

    fn row(&self, member: MemberId, racks: Option<[Cell; 2]>, length: Length) -> Vec<Cell> {
        let fate = self.fate(member);
        let group = self.after.0;
        let loads: [Cell; 3] = [self.name(member).into(), self.before.1.load(member).into(), self.after.1.load(member).into()];
        let lists = [
            compact(group, &fate.keeps, length).into(),
            coloured(compact(group, &fate.loses, length), &fate.loses, BAD),
            coloured(compact(group, &fate.gains, length), &fate.gains, GOOD),
        ];
        loads.into_iter().chain(racks.into_iter().flatten()).chain(lists).collect()
    }

    /// A member's rack, and how many partitions it reads from another one.
    fn racks(&self, member: MemberId) -> [Cell; 2] {
        let (group, assignment) = self.after;
        let rack = group.member(member).and_then(|member| member.rack()).map_or_else(|| "–".into(), |rack| printable(rack));
        let mismatches = assignment.partitions_of(member).filter(|&partition| group.is_rack_mismatch(member, partition)).count();
        let mismatches_cell = Cell::from(mismatches.to_string());
        [rack.into(), if mismatches == 0 { mismatches_cell } else { mismatches_cell.styled(BAD) }]
    }

    /// A member's id, and whether it comes or goes.
    fn name(&self, member: MemberId) -> String {
        let (before, after) = (self.before.0.member(member), self.after.0.member(member));
        match (before, after) {
            (None, Some(joined)) => format!("{} (joins)", printable(joined.id())),
            (Some(left), None) => format!("{} (leaves)", printable(left.id())),
            (_, Some(stayed)) => printable(stayed.id()),
            (None, None) => String::new(),
        }
    }

    fn fate(&self, member: MemberId) -> Fate {
        let (before, after) = (self.before.1, self.after.1);
        let mut fate = Fate::default();
        for partition in before.partitions_of(member) {
            match after.owner(partition) == Some(member) {
                true => fate.keeps.push(partition),
                false => fate.loses.push(partition),
            }
        }
        fate.gains = after.partitions_of(member).filter(|&partition| before.owner(partition) != Some(member)).collect();
        fate
    }
}

/// Whether racks could matter: of some member and of some partition they are known.
fn knows_racks(group: &Group) -> bool {
    group.members().any(|(_, member)| member.rack().is_some()) && group.topics().any(|(_, topic)| topic.racks().is_some())
}

fn coloured(list: String, partitions: &[TopicPartition], style: Style) -> Cell {
    match partitions {
        [] => list.into(),
        _ => Cell::from(list).styled(style),
    }
}

/// What goes from one member to another.
type PairTransfers = ((MemberId, MemberId), Vec<TopicPartition>);

impl BeforeAndAfter<'_> {
    /// Writes the table of partitions that had an owner and have another now; nothing where there
    /// are none.
    fn write_moves(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let routes = foremost(length, self.routes(), |(_, partitions)| partitions.len());
        if routes.is_empty() {
            return Ok(());
        }
        let mut table = Table::new([Column::name("from"), Column::name("to"), Column::number("moving"), Column::list("partitions")]);
        for ((from, to), partitions) in &routes[..rows_shown(length, routes.len())] {
            table.row([self.name(*from), self.name(*to), partitions.len().to_string(), compact(self.after.0, partitions, length)]);
        }
        table.write(out, length, routes.len(), "rows")
    }

    fn routes(&self) -> Vec<PairTransfers> {
        let mut routes: BTreeMap<(MemberId, MemberId), Vec<TopicPartition>> = BTreeMap::new();
        for Transfer { partition, from, to } in self.before.1.differences(self.after.1) {
            if let (Some(from), Some(to)) = (from, to) {
                routes.entry((from, to)).or_default().push(partition);
            }
        }
        routes.into_iter().collect()
    }
}
