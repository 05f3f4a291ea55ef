//! Spread made better by exchanges: two members each give the other a partition that moves anyway.
//!
//! That costs nothing in balance, racks and stickiness while each partition stays with members that
//! its class is confined to. It needs no prices and proves nothing, but leaves little to be solved:
//! where claims are few or void, most of what is uneven goes by an exchange or two.

use crate::balance::by_rack::ThreeGoals;
use crate::balance::racks::Resolved;
use crate::balance::spread::Load;
use crate::balance::tally::Tally;

/// How many members are asked, in each pass, to take a partition before it stays where it is.
const ASKED: [usize; 3] = [64, 128, 256];

/// Where fewer than one in so many of some partitions found a member, no more are tried.
const IN_VAIN: usize = 4;
const SOME: usize = 256;

/// Makes such exchanges for these topics, as far as they are found by asking few; says of which
/// topics counts have changed, ascending. `None` where that was mostly in vain.
///
/// Linear in slots, and in those of the members that are asked.
pub(crate) fn exchange(group: Resolved<'_>, decided: &mut ThreeGoals, uneven: &[u32]) -> Option<Vec<u32>> {
    if uneven.is_empty() {
        return Some(Vec::new());
    }
    let owners = std::mem::take(&mut decided.two_goals.allocation.owners);
    let loads = std::mem::take(&mut decided.two_goals.allocation.loads);
    let mut exchange = Exchange::of(group, decided, owners, loads);
    let mut is_in_vain = false;
    for asked in ASKED {
        (exchange.tried, exchange.found) = (0, 0);
        uneven.iter().for_each(|&topic| exchange.even_out(topic, asked));
        is_in_vain = exchange.is_in_vain();
        if is_in_vain || exchange.found == 0 {
            break;
        }
    }
    let Exchange { owners, loads, mut changed, .. } = exchange;
    changed.sort_unstable();
    changed.dedup();
    (decided.two_goals.allocation.owners, decided.two_goals.allocation.loads) = (owners, loads);
    (!is_in_vain).then_some(changed)
}

/// Who has what.
struct Exchange<'n> {
    group: Resolved<'n>,
    decided: &'n ThreeGoals,
    owners: Vec<u32>,
    loads: Vec<u32>,
    /// Between which loads each member stays.
    bounds: Vec<Load>,
    /// The slots of each member, ascending.
    slots_of: Vec<Vec<u32>>,
    /// How many each member has of the topic that is evened out.
    tally: Tally,
    /// The topics of which counts have changed.
    changed: Vec<u32>,
    /// Whose turn it is to be asked.
    turn: usize,
    /// For how many slots others were asked, and for how many one was found.
    tried: usize,
    found: usize,
}

impl<'n> Exchange<'n> {
    fn of(group: Resolved<'n>, decided: &'n ThreeGoals, owners: Vec<u32>, loads: Vec<u32>) -> Self {
        let mut slots_of: Vec<Vec<u32>> = loads.iter().map(|&load| Vec::with_capacity(load as usize)).collect();
        (0..).zip(&owners).for_each(|(slot, &owner)| slots_of[owner as usize].push(slot));
        let bounds = (0..).zip(&loads).map(|(member, &load)| decided.load(member, load)).collect();
        let tally = Tally::new(loads.len());
        Self { group, decided, owners, loads, bounds, slots_of, tally, changed: Vec::new(), turn: 0, tried: 0, found: 0 }
    }

    fn is_in_vain(&self) -> bool {
        self.tried > SOME && self.found < self.tried / IN_VAIN
    }

    /// Finds other members for slots of a topic whose owners have two more of it than some.
    fn even_out(&mut self, topic: u32, asked: usize) {
        let slots = self.group.network.slots_of(topic as usize);
        let takers: Vec<u32> = self.decided.at_level(self.group.network, topic as usize).collect();
        let mut tally = std::mem::replace(&mut self.tally, Tally::new(0)).counted(&self.owners[slots.clone()]);
        let least = takers.iter().map(|&member| tally.of(member)).min().unwrap_or(0);
        for slot in slots.clone().map(|slot| slot as u32) {
            let giver = self.owners[slot as usize];
            if tally.of(giver) < least + 2 || !self.moves(slot) || self.is_in_vain() {
                continue;
            }
            self.tried += 1;
            for _ in 0..asked.min(takers.len()) {
                self.turn = (self.turn + 1) % takers.len();
                let taker = takers[self.turn];
                if tally.of(taker) + 2 <= tally.of(giver) && self.hand_over((topic, slot), taker) {
                    tally = tally.moved(giver, taker);
                    self.found += 1;
                    break;
                }
            }
        }
        self.tally = tally.cleared(&self.owners[slots]);
    }

    /// Hands a slot over to another member if loads allow that, or if that has another for it of
    /// whose topic it has more; whether it did.
    fn hand_over(&mut self, (topic, slot): (u32, u32), taker: u32) -> bool {
        if !self.may_go_to((topic, slot), taker) {
            return false;
        }
        let giver = self.owners[slot as usize];
        let has_too_many = self.loads[giver as usize] > self.bounds[giver as usize].least;
        if !has_too_many || self.loads[taker as usize] == self.bounds[taker as usize].most {
            let Some((other, back)) = self.slot_in_return((topic, slot), taker) else { return false };
            self.pass(back, giver);
            self.changed.push(other);
        }
        self.pass(slot, taker);
        self.changed.push(topic);
        true
    }

    /// A slot, with its topic, that a member may give in return.
    fn slot_in_return(&self, (topic, slot): (u32, u32), taker: u32) -> Option<(u32, u32)> {
        let giver = self.owners[slot as usize];
        let mut topic_before = topic;
        for &slot in &self.slots_of[taker as usize] {
            let of = self.group.network.class_of_slot(slot) as u32;
            // Slots ascend, so those of a topic follow one another.
            if of == topic || of == topic_before || !self.moves(slot) || !self.may_go_to((of, slot), giver) {
                continue;
            }
            topic_before = of;
            if self.count(of, giver) < self.count(of, taker) {
                return Some((of, slot));
            }
        }
        None
    }

    /// Whether a slot is not where its claim would have it.
    fn moves(&self, slot: u32) -> bool {
        self.owners[slot as usize] != self.group.claims.owners[slot as usize]
    }

    /// Whether a slot may as well be with this member.
    fn may_go_to(&self, (topic, slot): (u32, u32), member: u32) -> bool {
        let confined = &self.decided.confined().network;
        let class = self.group.classes.of_slot(topic as usize, slot as usize);
        let shape = confined.shape_of[member as usize];
        self.group.claims.owners[slot as usize] != member && confined.subscribers.row(class).binary_search(&shape).is_ok()
    }

    /// How many slots of a topic a member has.
    fn count(&self, topic: u32, member: u32) -> u32 {
        let (slots, of_member) = (self.group.network.slots_of(topic as usize), &self.slots_of[member as usize]);
        let before = |end: usize| of_member.partition_point(|&slot| (slot as usize) < end) as u32;
        before(slots.end) - before(slots.start)
    }

    fn pass(&mut self, slot: u32, to: u32) {
        let from = std::mem::replace(&mut self.owners[slot as usize], to);
        self.slots_of[from as usize].retain(|&other| other != slot);
        let place = self.slots_of[to as usize].partition_point(|&other| other < slot);
        self.slots_of[to as usize].insert(place, slot);
        self.loads[from as usize] -= 1;
        self.loads[to as usize] += 1;
    }
}
