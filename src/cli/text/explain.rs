//! Why each moved partition had to move, from the steps of the balance.

use std::io::{self, Write};
use std::sync::Arc;

use sticky_assignor::document::printable;
use sticky_assignor::{Action, Goal, Group, MemberId, Movement, Path, Plan, Stop, TopicPartition};

use super::table::{compact, more, rows_shown};
use super::words::{agreed, counted};
use crate::cli::options::Length;
use crate::cli::output::HEADING;

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
