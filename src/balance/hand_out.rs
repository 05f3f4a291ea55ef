//! Which partitions stay and which go: a decision on counts, carried out on the row of slots.

use super::network::{NONE, Network};
use super::spread::{Vessel, pour};
use super::stickiness::Decision;

/// The owners of all slots on their way from claims to a plan.
#[derive(Debug)]
pub(super) struct Handing {
    /// The member of each slot, or [`NONE`] while it has none.
    pub(super) owners: Vec<u32>,
    /// The slots that leave the member whose claim to them stands, and that member.
    pub(super) released: Vec<(u32, u32)>,
    /// How many claims stood.
    pub(super) claimed: u64,
}

impl Handing {
    /// All owners where their claims put them.
    pub(super) fn start(owners: Vec<u32>) -> Self {
        let claimed = owners.iter().filter(|owner| **owner != NONE).count() as u64;
        Self { owners, released: Vec::new(), claimed }
    }
}

/// Members of one shape that still take partitions, and whose turn it is.
#[derive(Debug)]
pub(super) struct Takers {
    /// The members, and how many partitions each still takes; at least 1.
    open: Vec<(u32, u32)>,
    turn: usize,
}

impl Takers {
    /// The members that take any.
    pub(super) fn new(takes: impl Iterator<Item = (u32, u32)>) -> Self {
        Self { open: takes.filter(|(_, takes)| *takes > 0).collect(), turn: 0 }
    }

    /// Who takes each of these slots of one class: members in turn, but first those that have the fewest of the class.
    pub(super) fn by_turn(&mut self, slots: &[u32], content: impl Fn(u32) -> u32) -> Vec<u32> {
        self.open.rotate_left(self.turn);
        self.turn = 0;
        let contents: Vec<u32> = self.open.iter().map(|&(member, _)| content(member)).collect();
        if slots.len() <= self.open.len() && contents.iter().all(|&content| content == contents[0]) {
            return self.one_each(slots.len());
        }
        let vessel = |(&(_, room), &content): (&(u32, u32), &u32)| Vessel { width: 1, content, room };
        let vessels: Vec<Vessel> = self.open.iter().zip(&contents).map(vessel).collect();
        let mut order = Vec::with_capacity(slots.len());
        for ((member, takes), taken) in self.open.iter_mut().zip(pour(slots.len() as u32, &vessels)) {
            order.extend(std::iter::repeat_n(*member, taken as usize));
            *takes -= taken;
        }
        self.open.retain(|(_, takes)| *takes > 0);
        order
    }

    fn one_each(&mut self, slots: usize) -> Vec<u32> {
        let order = self.open[..slots].iter().map(|(member, _)| *member).collect();
        self.open[..slots].iter_mut().for_each(|(_, takes)| *takes -= 1);
        self.turn = self.open[..slots].iter().filter(|(_, takes)| *takes > 0).count();
        if self.turn < slots {
            self.open.retain(|(_, takes)| *takes > 0);
        }
        order
    }
}

/// Carries out a decision: of each class a member keeps the lowest of the partitions it claimed, and free ones go to those that take them.
pub(super) fn hand_out(network: &Network, owners: Vec<u32>, decision: &Decision) -> Handing {
    let mut takers = takers(network, decision);
    let mut handing = Handing::start(owners);
    let mut kept = Kept::none(network.members.len());
    let mut free = Vec::new();
    for class in 0..network.topics.len() {
        kept.of_class(class as u32, decision);
        free.clear();
        handing.keep(class as u32, network.slots_of(class), &mut kept, &mut free);
        handing.fill(class, &free, &kept, decision, &mut takers);
    }
    handing
}

/// For each hub, the members it passes partitions on to.
fn takers(network: &Network, decision: &Decision) -> Vec<Takers> {
    let (graph, nodes) = (&decision.flow.graph, &decision.nodes);
    let passed = |arc: usize| Some((nodes.as_member(graph.head(arc))? as u32, graph.units(arc).flow));
    (0..nodes.hubs).map(|hub| Takers::new(graph.arcs_from(network.topics.len() + hub).filter_map(passed))).collect()
}

/// How many partitions of one class each member keeps.
struct Kept {
    class: Vec<u32>,
    quota: Vec<u32>,
    left: Vec<u32>,
}

impl Kept {
    fn none(members: usize) -> Self {
        Self { class: vec![NONE; members], quota: vec![0; members], left: vec![0; members] }
    }

    fn of_class(&mut self, class: u32, decision: &Decision) {
        for arc in decision.flow.graph.arcs_from(class as usize) {
            if let Some(member) = decision.nodes.as_member(decision.flow.graph.head(arc)) {
                let units = decision.flow.graph.units(arc);
                self.class[member] = class;
                self.quota[member] = units.flow.min(units.free);
                self.left[member] = self.quota[member];
            }
        }
    }

    /// Whether the member keeps one more.
    fn keeps(&mut self, member: u32, class: u32) -> bool {
        let member = member as usize;
        let keeps = self.class[member] == class && self.left[member] > 0;
        self.left[member] -= u32::from(keeps);
        keeps
    }

    fn quota(&self, member: u32, class: u32) -> u32 {
        match self.class[member as usize] == class {
            true => self.quota[member as usize],
            false => 0,
        }
    }
}

impl Handing {
    fn keep(&mut self, class: u32, slots: std::ops::Range<usize>, kept: &mut Kept, free: &mut Vec<u32>) {
        for slot in slots {
            let owner = self.owners[slot];
            if owner != NONE && kept.keeps(owner, class) {
                continue;
            }
            if owner != NONE {
                self.released.push((slot as u32, owner));
                self.owners[slot] = NONE;
            }
            free.push(slot as u32);
        }
    }

    fn fill(&mut self, class: usize, free: &[u32], kept: &Kept, decision: &Decision, takers: &mut [Takers]) {
        let mut rest = free;
        for arc in decision.flow.graph.arcs_from(class) {
            let (head, units) = (decision.flow.graph.head(arc), decision.flow.graph.units(arc));
            let (slots, after) = rest.split_at(units.flow.saturating_sub(units.free) as usize);
            rest = after;
            let order = match decision.nodes.as_member(head) {
                Some(member) => vec![member as u32; slots.len()],
                None => takers[head as usize - decision.nodes.classes].by_turn(slots, |member| kept.quota(member, class as u32)),
            };
            slots.iter().zip(order).for_each(|(&slot, member)| self.owners[slot as usize] = member);
        }
    }
}
