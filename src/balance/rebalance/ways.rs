//! Units sent along all ways to the nearest ends, each arc looked at once.

use std::collections::VecDeque;

use super::local_flow::{GivenUp, LocalFlow, Side, Way};
use super::search::{Node, Search, State, Step};

/// What lies behind an arc of a root is looked up for so many units, before another arc has its turn: more would be quicker, but leave a member with many
/// partitions of one topic.
const UNITS_IN_A_TURN: usize = 4;

impl LocalFlow<'_> {
    /// Sends units between roots and the ends at this distance, as long as a way is found.
    pub(super) fn send_all(&mut self, way: Way, search: &mut Search, roots: &[Node], nearest: i32) -> Result<(), GivenUp> {
        for &root in roots {
            // A member whose level fell needs one less.
            if self.is_end(way, root, nearest) {
                self.send(way, search, root, &[]);
            }
            self.send_directly(search, root, nearest);
            self.check_patience()?;
            if self.imbalance(root) > 0 {
                self.list(way, search, root, nearest);
                self.send_in_turn(way, search, root, nearest)?;
            }
        }
        Ok(())
    }

    /// Sends units along each arc of a root in turn.
    fn send_in_turn(&mut self, way: Way, search: &mut Search, root: Node, nearest: i32) -> Result<(), GivenUp> {
        let mut turns: VecDeque<Step> = search.steps(root).collect();
        while self.imbalance(root) > 0
            && let Some(first) = turns.pop_front()
        {
            if self.send_some(way, search, (root, first), nearest) {
                turns.push_back(first);
            }
            self.check_patience()?;
        }
        Ok(())
    }

    /// Sends a few units along an arc of a root; whether there may be ways for more.
    fn send_some(&mut self, way: Way, search: &mut Search, (root, first): (Node, Step), nearest: i32) -> bool {
        let mut steps = Vec::new();
        for _ in 0..UNITS_IN_A_TURN {
            self.find_way(way, search, (root, first), nearest, &mut steps);
            if steps.is_empty() {
                return false;
            }
            self.send(way, search, root, &steps);
            if self.imbalance(root) == 0 {
                break;
            }
        }
        true
    }

    /// The steps of a way from a root, beginning with this arc, to an end; none where there is none.
    fn find_way(&mut self, way: Way, search: &mut Search, (root, first): (Node, Step), nearest: i32, steps: &mut Vec<Step>) {
        steps.clear();
        search.mark(root, State::OnTheWay);
        let mut next = search.is_passable(root, first, nearest).then_some(first);
        while let Some(step) = next {
            steps.push(step);
            let node = search.arc(step).node;
            if self.is_end(way, node, nearest - search.distance(node)) {
                break;
            }
            search.mark(node, State::OnTheWay);
            next = self.step_from(way, search, node, nearest);
            while next.is_none()
                && let Some(back) = steps.pop()
            {
                search.mark(search.arc(back).node, State::Closed);
                next = steps.last().and_then(|&before| self.step_from(way, search, search.arc(before).node, nearest));
            }
        }
        search.mark(root, State::Open);
        steps.iter().for_each(|&step| search.mark(search.arc(step).node, State::Open));
    }

    /// The next arc of a node to try: those that lead to ends come first.
    fn step_from(&mut self, way: Way, search: &mut Search, node: Node, nearest: i32) -> Option<Step> {
        self.list(way, search, node, nearest);
        search.step_to_end(node, nearest, |target, further| self.is_end(way, target, further)).or_else(|| search.step_on(node, nearest))
    }

    /// Lists the arcs of a node that may lead to ends at this distance.
    fn list(&mut self, way: Way, search: &mut Search, node: Node, nearest: i32) {
        if search.is_listed(node) {
            return;
        }
        let budget = nearest - search.distance(node);
        match self.least_cost(way, node) > budget {
            true => search.list(node, |arcs| self.each_regained(way, node, |arc| arcs.push(arc))),
            false => search.list(node, |arcs| self.each_promising(way, node, budget, |arc| arcs.push(arc))),
        }
    }

    /// Whether a node is an end that is so much further away than the node.
    fn is_end(&self, way: Way, node: Node, further: i32) -> bool {
        self.end(way, node).is_some_and(|(distance, _)| distance == further)
    }

    /// Sends units from a root, or to it, as many as the ways and the end have room for.
    fn send(&mut self, way: Way, search: &mut Search, root: Node, steps: &[Step]) {
        let end = steps.last().map_or(root, |&step| search.arc(step).node);
        let room = self.end(way, end).map_or(0, |(_, room)| room).min(self.imbalance(root));
        let amount = steps.iter().map(|&step| search.arc(step).room).fold(room, u32::min);
        let mut node = root;
        for &step in steps {
            search.take(step, amount);
            let next = search.arc(step).node;
            let (from, to) = if way == Way::Onward { (node, next) } else { (next, node) };
            self.pass(from, to, amount as i32);
            node = next;
        }
        self.settle(way, root, end, amount);
    }

    fn pass(&mut self, from: Node, to: Node, count: i32) {
        match (self.side(from), self.side(to)) {
            (Side::Topic(topic), Side::Member(member)) => self.moved.add(member, topic, count),
            (Side::Member(member), Side::Topic(topic)) => self.moved.add(member, topic, -count),
            _ => {}
        }
    }

    /// Takes note of units that passed between a root and an end.
    pub(super) fn settle(&mut self, way: Way, root: Node, end: Node, amount: u32) {
        self.imbalance[root as usize] -= amount;
        let place = end as usize;
        match way {
            Way::Onward if self.imbalance[place] > 0 => self.imbalance[place] -= amount,
            Way::Onward => self.load[place - self.topics] += amount,
            Way::Back => self.load[place - self.topics] -= amount,
        }
    }
}
