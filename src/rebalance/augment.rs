//! Units sent along all ways to the nearest ends, depth first.
//!
//! An arc that is listed is given up at most twice, as one right to an end and as one that leads
//! on, and is looked at beyond that only when a way is tried over it. Before an arc onward from a
//! topic is listed it is given up once more, with those to all that follow the same: among them a
//! few are tried again for each unit. The arcs of the root at hand have turns instead, and are
//! given up once.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use crate::model::MemberId;
use crate::rebalance::patience::GivenUp;
use crate::rebalance::round::Round;
use crate::rebalance::search::{Node, Passage, ResidualArc, Step};
use crate::rebalance::state::{Direction, LocalFlow, Side};

/// What lies behind an arc of a root is looked up for so many units, before another arc has its
/// turn: more would be quicker, but leave a member with many partitions of one topic.
const UNITS_IN_A_TURN: usize = 4;

/// Where so many members that follow alike were tried for one unit, others of them are not looked
/// for any more before a topic's arcs are listed.
const MOST_TRIED: i64 = 16;

impl LocalFlow<'_> {
    /// Sends units between roots and the ends of a round, as long as a way is found.
    pub(crate) fn send_all(&mut self, mut round: Round<'_>, roots: &[Node]) -> Result<(), GivenUp> {
        for &root in roots {
            // A member whose level fell needs one less; one whose level rose has one less to give
            // up.
            if self.is_end(round.direction, root, round.nearest) {
                self.send(&mut round, root, &[]);
            }
            self.send_directly(&mut round, root);
            self.check_patience()?;
            if self.due(round.direction, root) > 0 {
                self.list(&mut round, root);
                self.send_in_turn(&mut round, root)?;
            }
        }
        Ok(())
    }

    /// Sends units along each arc of a root in turn.
    fn send_in_turn(&mut self, round: &mut Round<'_>, root: Node) -> Result<(), GivenUp> {
        // A node that the search did not meet is taken note of here, as by any way.
        let mut turns: VecDeque<Step> = round.search.steps(root).collect();
        turns.retain(|&step| round.search.is_passable(root, round.search.arc(step), round.nearest));
        let mut steps = Vec::with_capacity(8);
        while self.due(round.direction, root) > 0
            && let Some(first) = turns.pop_front()
        {
            if self.send_some(round, (root, first), &mut steps) {
                turns.push_back(first);
            }
            self.check_patience()?;
        }
        Ok(())
    }

    /// Sends a few units along an arc of a root; whether there may be ways for more.
    fn send_some(&mut self, round: &mut Round<'_>, (root, first): (Node, Step), steps: &mut Vec<Step>) -> bool {
        for _ in 0..UNITS_IN_A_TURN {
            self.find_way(round, root, first, steps);
            self.patience -= steps.len() as i64;
            if steps.is_empty() {
                return false;
            }
            self.send(round, root, steps);
            if self.due(round.direction, root) == 0 {
                break;
            }
        }
        true
    }

    /// The steps of a way from a root, beginning with this arc, to an end; none where there is
    /// none.
    fn find_way(&mut self, round: &mut Round<'_>, root: Node, first: Step, steps: &mut Vec<Step>) {
        steps.clear();
        round.search.mark(root, Passage::OnTheWay);
        let fits = self.look_up_room(round, root, first) > 0;
        let mut next = (fits && round.search.is_passable(root, round.search.arc(first), round.nearest)).then_some(first);
        while let Some(step) = next {
            steps.push(step);
            let node = round.search.arc(step).node;
            if self.is_end(round.direction, node, round.further(node)) {
                break;
            }
            round.search.mark(node, Passage::OnTheWay);
            next = self.step_from(round, node);
            while next.is_none()
                && let Some(back) = steps.pop()
            {
                round.search.mark(round.search.arc(back).node, Passage::Closed);
                next = steps.last().and_then(|&before| self.step_from(round, round.search.arc(before).node));
            }
        }
        round.search.mark(root, Passage::Open);
        steps.iter().for_each(|&step| round.search.mark(round.search.arc(step).node, Passage::Open));
    }

    /// The next arc of a node to try: behind a topic, those that lead to ends come first.
    fn step_from(&mut self, round: &mut Round<'_>, node: Node) -> Option<Step> {
        match self.side(node) {
            Side::Topic(_) => self.step_from_topic(round, node),
            Side::Member(_) => self.step_from_member(round, node),
        }
    }

    fn step_from_topic(&mut self, round: &mut Round<'_>, node: Node) -> Option<Step> {
        let (direction, nearest) = (round.direction, round.nearest);
        if direction == Direction::Onward
            && let Some(looked_at) = round.search.looked_at(node)
            && let Some(arc) = self.arc_to_end(round, node, looked_at)
        {
            return Some(round.search.add(arc));
        }
        self.list(round, node);
        let is_end = |target, further| self.is_end(direction, target, further);
        round.search.step_to_end(node, nearest, is_end).or_else(|| round.search.step_on(node, nearest))
    }

    /// An arc from a topic right to an end, if there is one among the shapes that were not looked
    /// at yet: mostly the others need not be listed then.
    fn arc_to_end(&mut self, round: &mut Round<'_>, node: Node, looked_at: u32) -> Option<ResidualArc> {
        let Side::Topic(topic) = self.side(node) else { return None };
        let (further, nearest) = (round.further(node), round.nearest);
        let Round { room, search, .. } = round;
        let (mut tried, mut found) = (0, None);
        for (shape, looked_at) in self.followers.shapes_from(topic, looked_at).zip(looked_at + 1..) {
            let tried_before = tried;
            let arc_to = |member| {
                tried += 1;
                let arc = self.arc_to_taker(topic, member, further).filter(|&arc| search.is_passable(node, arc, nearest));
                arc.map_or(ControlFlow::Continue(()), ControlFlow::Break)
            };
            found = room.each_of_shape(self, shape, arc_to).break_value();
            // Of those who follow alike others may be ends, too; but they would be tried again.
            let is_done = found.is_none() || self.followers.only_member_of(shape).is_some() || tried - tried_before > MOST_TRIED;
            if is_done {
                search.set_looked_at(node, looked_at);
            }
            if found.is_some() {
                break;
            }
        }
        self.patience -= tried + room.looked_at();
        found
    }

    fn step_from_member(&mut self, round: &mut Round<'_>, node: Node) -> Option<Step> {
        self.list(round, node);
        while let Some(step) = round.search.step_on(node, round.nearest) {
            if self.look_up_room(round, node, step) > 0 {
                return Some(step);
            }
        }
        None
    }

    /// How much fits on an arc of a node, looked up if it was not.
    fn look_up_room(&mut self, round: &mut Round<'_>, node: Node, step: Step) -> u32 {
        let arc = round.search.arc(step);
        if arc.room != ResidualArc::NOT_LOOKED_UP {
            return arc.room;
        }
        let (member, topic) = self.pair(node, arc.node);
        let kept = self.kept(member, topic);
        round.search.set_room(step, kept);
        kept
    }

    /// Lists the arcs of a node that may lead to the ends. Many a node has none, as all would be
    /// too far and nothing passed by it that could go back: it stays unlisted.
    fn list(&mut self, round: &mut Round<'_>, node: Node) {
        if round.search.is_listed(node) {
            return;
        }
        let (direction, most) = (round.direction, round.further(node));
        if self.least_cost(direction, node) <= most {
            round.search.list(node, |arcs| self.each_promising(direction, node, most, |arc| arcs.push(arc)));
        } else if !self.is_untouched(node) {
            round.search.list(node, |arcs| self.each_regained(direction, node, |arc| arcs.push(arc)));
        }
    }

    /// Whether nothing passed by a node.
    fn is_untouched(&self, node: Node) -> bool {
        match self.side(node) {
            Side::Topic(topic) => self.moved.of_topic(topic).is_empty(),
            Side::Member(member) => self.moved.is_untouched(member),
        }
    }

    /// Sends units from a root, or to it, as many as the ways and the end have room for.
    fn send(&mut self, round: &mut Round<'_>, root: Node, steps: &[Step]) {
        let end = steps.last().map_or(root, |&step| round.search.arc(step).node);
        let room = self.end(round.direction, end).map_or(0, |(_, room)| room).min(self.due(round.direction, root));
        let amount = steps.iter().map(|&step| round.search.arc(step).room).fold(room, u32::min);
        let mut node = root;
        for &step in steps {
            round.search.take(step, amount);
            let next = round.search.arc(step).node;
            let (from, to) = if round.direction == Direction::Onward { (node, next) } else { (next, node) };
            self.pass(from, to, amount as i32);
            node = next;
        }
        self.note_sent(round.direction, root, end, amount);
    }

    fn pass(&mut self, from: Node, to: Node, count: i32) {
        match (self.side(from), self.side(to)) {
            (Side::Topic(topic), Side::Member(member)) => self.moved.add(member, topic, count),
            (Side::Member(member), Side::Topic(topic)) => self.moved.add(member, topic, -count),
            _ => {}
        }
    }

    /// Takes note of units that were sent between a root and an end.
    pub(crate) fn note_sent(&mut self, direction: Direction, root: Node, end: Node, amount: u32) {
        let evens_out = self.due(direction.opposite(), end) > 0;
        let change = -direction.sign() * amount as i32;
        self.imbalance[root as usize] += change;
        match evens_out {
            true => self.imbalance[end as usize] -= change,
            false => self.promise(direction, MemberId::from_index(end as usize - self.topics), amount),
        }
    }
}
