//! A plan as text, ours or another assignor's: heading, tables of members and of who hands what to
//! whom, summary, and with `--explain` the paths.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use anstyle::Style;
use sticky_assignor::document::printable;
use sticky_assignor::replay::TopicShares;
use sticky_assignor::replay::statistics::Distribution;
use sticky_assignor::{Action, Assignment, Goal, Group, MemberId, Movement, Path, Plan, Stop, Summary, TopicPartition, Transfer};

use super::table::{Cell, Column, Table, compact, counted, duration, foremost, heading, more, rows_shown};
use crate::cli::answer::{Answer, EvenPrice, LOOKED_INTO, Moves, StrategyAnswer, UnevenTopic, uneven_topics};
use crate::cli::comparison::least_sum_of_squares;
use crate::cli::options::Length;
use crate::cli::output::{BAD, GOOD, HEADING};

impl Answer {
    /// Writes which group this is.
    pub(crate) fn heading(&self, out: &mut dyn Write) -> io::Result<()> {
        heading(out, self.plan.group())
    }

    /// Writes the members, and what moves between them.
    pub(crate) fn tables(&self, out: &mut dyn Write, length: Length) -> io::Result<()> {
        let owners = self.owners_before();
        BeforeAndAfter { before: (self.before(), &owners), after: (self.plan.group(), self.plan.assignment()) }.write(out, length)
    }

    /// Writes what the plan comes to.
    pub(crate) fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        moved(out, &self.moves(), self.plan.summary(), self.unchanged.as_ref().map(|plan| plan.summary().moved))?;
        best(out, &self.plan)?;
        uneven(out, self.plan.group(), &uneven_topics(&self.plan))?;
        writeln!(out, "Planned in {}.", elapsed(&self.elapsed_ns))
    }
}

/// Writes which topics are uneven, and for the first few why they must be.
fn uneven(out: &mut dyn Write, group: &Group, topics: &[UnevenTopic]) -> io::Result<()> {
    for UnevenTopic { shares, price } in topics.iter().take(LOOKED_INTO) {
        let (name, TopicShares { most, least, .. }) = (printable(&shares.topic.display(group).to_string()), *shares);
        let numbers = match shares.subscribers {
            2 => format!("{most} and {least}"),
            subscribers => format!("{least} to {most} for each of {subscribers} subscribers"),
        };
        let why = price.as_ref().map_or_else(String::new, |price| format!("; {}", evenly(price)));
        writeln!(out, "{name}: {numbers}{why}.")?;
    }
    more(out, topics.len().saturating_sub(LOOKED_INTO), "uneven topics")
}

/// What the goal that would have to give way costs more where a topic is even.
fn evenly(EvenPrice { goal, more, goals }: &EvenPrice) -> String {
    let price = match goal {
        Goal::Balance => format!("it would make loads less even, by {more} in the sum of squares"),
        Goal::Rack => format!("it would take {} more read from another rack", counted(*more as u64, "partition")),
        Goal::Stickiness => format!("it would take {}", agreed(*more as u64, "more move", "more moves")),
        Goal::Spread => String::new(),
    };
    format!("evenly {price} (--goals {goals})")
}

/// Writes what stays and what does not, and, if a change was asked about, how much would move
/// without it.
fn moved(out: &mut dyn Write, moves: &Moves, summary: Summary, moved_unchanged: Option<u64>) -> io::Result<()> {
    let summary = moves.summary(summary);
    writeln!(out, "{}", counts(summary.retained, summary.moved, moves.forced, summary.new))?;
    if summary.unassigned > 0 {
        writeln!(
            out,
            "{} no owner, because nobody subscribes to their topics.",
            agreed(summary.unassigned, "partition has", "partitions have")
        )?;
    }
    match moved_unchanged {
        Some(moved) => writeln!(out, "Without the change, {} would move.", counted(moved, "partition")),
        None => Ok(()),
    }
}

/// How many partitions stay, move and are new, in words.
pub(super) fn counts(retained: u64, moved: u64, forced: u64, new: u64) -> String {
    let because = match forced {
        0 => String::new(),
        forced if forced == moved => " because their owner left or gave up the topic".into(),
        forced => format!(" ({forced} because their owner left or gave up the topic)"),
    };
    format!("{}, {}{because}, {}.", stay(retained), agreed(moved, "moves", "move"), agreed(new, "is new", "are new"))
}

/// Writes how even the loads of a plan of ours are, and that there is none better.
pub(super) fn best(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let costs: Vec<String> = plan.costs().iter().map(|(goal, cost)| format!("{goal} {cost}")).collect();
    writeln!(out, "{}", loads(&plan.summary()))?;
    writeln!(out, "{GOOD}No plan is better{GOOD:#} in these goals, in this order: {}.", costs.join(", "))
}

/// Writes a strategy's answer; without tables where only figures are asked for.
pub(crate) fn strategy_answer(out: &mut dyn Write, strategy_answer: &StrategyAnswer, tables: Option<Length>) -> io::Result<()> {
    heading(out, strategy_answer.group())?;
    if let Some(length) = tables {
        let owners = strategy_answer.ours.owners_before();
        BeforeAndAfter { before: (strategy_answer.ours.before(), &owners), after: (strategy_answer.group(), &strategy_answer.assignment) }
            .write(out, length)?;
    }
    let (summary, least) = (strategy_answer.summary, least_sum_of_squares(&strategy_answer.ours.plan));
    moved(out, &strategy_answer.moves(), summary, strategy_answer.moved_unchanged)?;
    match summary.sum_of_squares - least {
        0 => writeln!(out, "{} {GOOD}No loads are more even.{GOOD:#}", loads(&summary))?,
        _ => writeln!(out, "{} {BAD}The least possible is {least}.{BAD:#}", loads(&summary))?,
    }
    writeln!(out, "Planned by {} in {}.", strategy_answer.strategy, elapsed(&strategy_answer.elapsed_ns))
}

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

/// Writes why each partition of a plan that moves has to.
pub(crate) fn explain(out: &mut dyn Write, plan: &Plan, length: Length) -> io::Result<()> {
    let account = plan.actions().fold(Account::default(), Account::then);
    writeln!(out, "{HEADING}Why{HEADING:#}\n")?;
    writeln!(
        out,
        "  {} start with the owner that their claims name, {} without one are given out.",
        counted(account.kept, "partition"),
        account.filled
    )?;
    match account.routes.is_empty() {
        true => writeln!(out, "  Then nothing needs to move.")?,
        false => {
            let (moves, routes) = (account.routes.iter().map(|route| route.moves.len()).sum::<usize>(), account.routes.len());
            writeln!(
                out,
                "  Then {} along {}; each path says which goal wants it (loads in brackets):\n",
                agreed(moves as u64, "partition moves", "partitions move"),
                counted(routes as u64, "path")
            )?;
        }
    }
    let shown = rows_shown(length, account.routes.len());
    account.routes[..shown].iter().try_for_each(|route| write_route(out, plan.group(), route, length))?;
    more(out, account.routes.len() - shown, "paths")?;
    writeln!(out)
}

/// What the steps of a balance did.
#[derive(Default)]
struct Account {
    kept: u64,
    filled: u64,
    routes: Vec<RepeatedPath>,
}

/// Paths of moves one after another through the same members.
struct RepeatedPath {
    /// The stops of the first path, with the loads before it.
    stops: Arc<[Stop]>,
    /// The stops of the last path.
    last: Arc<[Stop]>,
    /// What had no owner and starts the path.
    filled: Option<TopicPartition>,
    /// The goal that wants the paths.
    goal: Option<Goal>,
    /// How many paths.
    times: u32,
    /// The moves, in their order.
    moves: Vec<Movement>,
}

impl Account {
    fn then(mut self, action: Action) -> Self {
        match action {
            Action::Keep { partitions } => self.kept = partitions,
            Action::Fill { .. } => self.filled += 1,
            Action::Reassign { movement, path } => self.reassign(movement, path),
        }
        self
    }

    fn reassign(&mut self, movement: Movement, path: Path) {
        match self.routes.last_mut() {
            Some(route) if Arc::ptr_eq(&route.last, &path.stops) => route.moves.push(movement),
            Some(route) if route.leads_as(&path) => {
                route.times += 1;
                route.moves.push(movement);
                route.last = path.stops;
            }
            _ => self.routes.push(RepeatedPath::of(movement, path)),
        }
    }
}

impl RepeatedPath {
    fn of(movement: Movement, path: Path) -> Self {
        Self { last: Arc::clone(&path.stops), stops: path.stops, filled: path.filled, goal: path.goal, times: 1, moves: vec![movement] }
    }

    fn leads_as(&self, path: &Path) -> bool {
        let same = |(a, b): (&Stop, &Stop)| a.member == b.member;
        self.filled.is_none()
            && path.filled.is_none()
            && self.goal == path.goal
            && self.stops.len() == path.stops.len()
            && self.stops.iter().zip(&*path.stops).all(same)
    }

    /// What goes from one stop to the next.
    fn leg(&self, from: MemberId, to: MemberId) -> Vec<TopicPartition> {
        let mut partitions: Vec<TopicPartition> =
            self.moves.iter().filter(|movement| (movement.from, movement.to) == (from, to)).map(|movement| movement.partition).collect();
        partitions.sort_unstable();
        partitions
    }
}

fn write_route(out: &mut dyn Write, group: &Group, route: &RepeatedPath, length: Length) -> io::Result<()> {
    let name = |member: MemberId| group.member(member).map_or_else(String::new, |member| printable(member.id()));
    let stops: Vec<String> = route.stops.iter().map(|stop| format!("{} ({})", name(stop.member), stop.load)).collect();
    let times = if route.times == 1 { String::new() } else { format!(", {} times", route.times) };
    let wanted = route.goal.map_or_else(|| "to break a tie".into(), |goal| format!("for {goal}"));
    writeln!(out, "  {HEADING}{}{HEADING:#}{times}, {wanted}", stops.join(" → "))?;
    if let Some(filled) = route.filled {
        writeln!(out, "    {}, which had no owner, has subscribers on the crowded side only", compact(group, &[filled], length))?;
    }
    for leg in route.stops.windows(2) {
        let partitions = compact(group, &route.leg(leg[0].member, leg[1].member), length);
        writeln!(out, "    {} → {}: {partitions}", name(leg[0].member), name(leg[1].member))?;
    }
    match (&*route.stops, &*route.last) {
        ([first, .., last], [crowded, .., idle]) if first.member != last.member => {
            let (down, up) = (crowded.load.saturating_sub(1), idle.load + 1);
            writeln!(out, "    {} comes down to {down}, {} up to {up}", name(first.member), name(last.member))
        }
        _ => Ok(()),
    }
}

/// How many stay, in words.
fn stay(partitions: u64) -> String {
    let owner = if partitions == 1 { "its owner" } else { "their owner" };
    format!("{} {} with {owner}", counted(partitions, "partition"), if partitions == 1 { "stays" } else { "stay" })
}

/// A number, and what one or several of them do.
fn agreed(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// How even the loads are, in words.
fn loads(summary: &Summary) -> String {
    let Summary { min, max, sum_of_squares, .. } = *summary;
    match min == max {
        true if max == 0 => "Nobody has any.".into(),
        true => format!("Every member has {min} (sum of squares {sum_of_squares})."),
        false => format!("Members have {min} to {max} (sum of squares {sum_of_squares})."),
    }
}

/// The median of the times taken.
fn elapsed(nanoseconds: &[u64]) -> String {
    let median = duration(Distribution::of(nanoseconds.iter().copied()).median);
    match nanoseconds.len() {
        1 => median,
        times => format!("{median} (median of {times})"),
    }
}
