//! Spread made better by exchanges: a member passes on a partition that moves anyway, who takes it
//! passes on another in turn, and so on until loads are what they were.
//!
//! That costs nothing in balance, racks and stickiness while each partition stays with members that
//! its class is confined to. It needs no prices and proves nothing, but mostly leaves little or
//! nothing to be solved.

use crate::balance::by_rack::ThreeGoals;
use crate::balance::racks::Resolved;
use crate::balance::spread::Load;
use crate::balance::tally::Tally;
use crate::network::NONE;

/// How much is looked at for one partition before it stays where it is, for each slot and each
/// member of its topic: in a first pass, and in those that follow.
const FIRST: usize = 4;
const THEN: [usize; 3] = [32, 256, 256];

/// How much is looked at in all, for each slot of the group and besides.
const FOR_A_SLOT: usize = 64;
const BESIDES: usize = 1 << 20;

/// How much is looked at in vain, for each slot of the group, before a member is given up.
const IN_VAIN_FOR_A_SLOT: usize = 3;

/// Where fewer than one in so many of some partitions were passed on, no more are tried.
const IN_VAIN: usize = 4;
const SOME: usize = 256;

/// Makes such exchanges for these topics, as far as they are found by looking at little; says of
/// which topics counts have changed, ascending. `None` where that was mostly in vain.
///
/// Linear in slots.
pub(crate) fn exchange(group: Resolved<'_>, decided: &mut ThreeGoals, uneven: &[u32]) -> Option<Vec<u32>> {
    let owners = std::mem::take(&mut decided.two_goals.allocation.owners);
    let loads = std::mem::take(&mut decided.two_goals.allocation.loads);
    let mut exchange = Exchange::of(Holders::of(group, decided, owners, loads));
    exchange.pass(uneven, FIRST);
    let is_in_vain = exchange.is_in_vain();
    if !is_in_vain {
        for most in THEN {
            // What was exchanged may have left other topics less even than they were.
            let topics = [uneven, &exchange.changed].concat();
            exchange.pass(&sorted(topics), most);
        }
    }
    let Exchange { holders: Holders { owners, loads, .. }, changed, .. } = exchange;
    (decided.two_goals.allocation.owners, decided.two_goals.allocation.loads) = (owners, loads);
    (!is_in_vain).then(|| sorted(changed))
}

/// The topics, ascending, each once.
fn sorted(mut topics: Vec<u32>) -> Vec<u32> {
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// The exchanges made so far.
struct Exchange<'n> {
    holders: Holders<'n>,
    search: PathSearch,
    /// How many each member has of the topic that is evened out.
    tally: Tally,
    /// How much was looked at in vain for each member.
    in_vain: Vec<usize>,
    /// The topics of which counts have changed.
    changed: Vec<u32>,
    /// How many slots were to be passed on in this pass, and how many were.
    tried: usize,
    found: usize,
}

impl<'n> Exchange<'n> {
    fn of(holders: Holders<'n>) -> Self {
        let members = holders.loads.len();
        let (search, tally) = (PathSearch::of(&holders), Tally::new(members));
        Self { holders, search, tally, in_vain: vec![0; members], changed: Vec::new(), tried: 0, found: 0 }
    }

    /// Evens out each of these topics.
    fn pass(&mut self, topics: &[u32], most: usize) {
        (self.tried, self.found) = (0, 0);
        topics.iter().for_each(|&topic| self.even_out(topic, most));
    }

    fn is_in_vain(&self) -> bool {
        let too_much = self.search.looked_at > FOR_A_SLOT * self.holders.owners.len() + BESIDES;
        too_much || self.tried > SOME && self.found < self.tried / IN_VAIN
    }

    /// Passes on slots of a topic whose owners have two more of it than some.
    fn even_out(&mut self, topic: u32, most: usize) {
        if self.is_in_vain() {
            return;
        }
        let slots = self.holders.slots_of(topic);
        let takers: Vec<u32> = self.holders.decided.at_level(self.holders.group.network, topic as usize).collect();
        let mut tally = std::mem::replace(&mut self.tally, Tally::new(0)).counted(self.holders.owners_of(topic));
        let least = takers.iter().map(|&member| tally.of(member)).min().unwrap_or(0);
        self.search.looked_at += takers.len() + slots.len();
        self.search.most = most * (takers.len() + slots.len());
        for slot in slots {
            let giver = self.holders.owners[slot as usize];
            let count = tally.of(giver);
            let is_given_up = self.in_vain[giver as usize] > IN_VAIN_FOR_A_SLOT * self.holders.owners.len();
            if count < least + 2 || is_given_up || !self.holders.moves(slot) || self.is_in_vain() {
                continue;
            }
            self.tried += 1;
            let looked_at = self.search.looked_at;
            // To those that have the least if that can be, else to whoever has two less.
            let mut path = self.search.path(&self.holders, slot, count, least + 1);
            if path.is_none() && least + 1 < count - 1 {
                path = self.search.path(&self.holders, slot, count, count - 1);
            }
            let Some(path) = path else {
                self.in_vain[giver as usize] += self.search.looked_at - looked_at;
                continue;
            };
            self.found += 1;
            for PathMove { slot, to, .. } in path {
                let of = self.holders.topic(slot);
                if of == topic {
                    tally = tally.moved(self.holders.owners[slot as usize], to);
                }
                self.holders.pass(slot, to);
                self.changed.push(of);
            }
        }
        self.tally = tally.cleared(self.holders.owners_of(topic));
    }
}

/// Who has what.
struct Holders<'n> {
    group: Resolved<'n>,
    decided: &'n ThreeGoals,
    owners: Vec<u32>,
    loads: Vec<u32>,
    /// Between which loads each member stays.
    bounds: Vec<Load>,
    /// The slots of each member, ascending, so that those of a topic follow one another.
    of_member: Vec<Vec<u32>>,
    topic_of: Vec<u32>,
}

impl<'n> Holders<'n> {
    fn of(group: Resolved<'n>, decided: &'n ThreeGoals, owners: Vec<u32>, loads: Vec<u32>) -> Self {
        let mut of_member: Vec<Vec<u32>> = loads.iter().map(|&load| Vec::with_capacity(load as usize)).collect();
        (0..).zip(&owners).for_each(|(slot, &owner)| of_member[owner as usize].push(slot));
        let bounds = (0..).zip(&loads).map(|(member, &load)| decided.load(member, load)).collect();
        let mut topic_of = vec![0; owners.len()];
        (0..group.network.topics.len()).for_each(|topic| topic_of[group.network.slots_of(topic)].fill(topic as u32));
        Self { group, decided, owners, loads, bounds, of_member, topic_of }
    }

    fn slots_of(&self, topic: u32) -> std::ops::Range<u32> {
        let slots = self.group.network.slots_of(topic as usize);
        slots.start as u32..slots.end as u32
    }

    fn owners_of(&self, topic: u32) -> &[u32] {
        &self.owners[self.group.network.slots_of(topic as usize)]
    }

    fn topic(&self, slot: u32) -> u32 {
        self.topic_of[slot as usize]
    }

    fn class(&self, slot: u32) -> usize {
        self.group.classes.of_slot(self.topic(slot) as usize, slot as usize)
    }

    /// The slots of a member, topic by topic.
    fn by_topic(&self, member: u32) -> impl Iterator<Item = &[u32]> {
        self.of_member[member as usize].chunk_by(|&one, &next| self.topic(one) == self.topic(next))
    }

    /// Whether a slot is not where its claim would have it.
    fn moves(&self, slot: u32) -> bool {
        self.owners[slot as usize] != self.group.claims.owners[slot as usize]
    }

    /// The shapes that a class is confined to.
    fn shapes_of(&self, class: usize) -> &'n [u32] {
        self.decided.confined().network.subscribers.row(class)
    }

    fn members_of(&self, shape: u32) -> &'n [u32] {
        self.decided.confined().network.members_of.row(shape as usize)
    }

    /// Whether a slot that moves may as well be with this member.
    fn may_go_to(&self, slot: u32, member: u32) -> bool {
        let shape = self.decided.confined().network.shape_of[member as usize];
        self.group.claims.owners[slot as usize] != member && self.shapes_of(self.class(slot)).binary_search(&shape).is_ok()
    }

    /// Whether one member may have one less, and the other one more.
    fn may_shift(&self, from: u32, to: u32) -> bool {
        let (from, to) = (from as usize, to as usize);
        self.loads[from] > self.bounds[from].least && self.loads[to] < self.bounds[to].most
    }

    fn pass(&mut self, slot: u32, to: u32) {
        let from = std::mem::replace(&mut self.owners[slot as usize], to);
        self.of_member[from as usize].retain(|&other| other != slot);
        let place = self.of_member[to as usize].partition_point(|&other| other < slot);
        self.of_member[to as usize].insert(place, slot);
        self.loads[from as usize] -= 1;
        self.loads[to as usize] += 1;
    }
}

/// A move of one slot in a path.
#[derive(Clone, Copy)]
struct PathMove {
    slot: u32,
    to: u32,
    /// The move before, to the member that passes this one on; [`NONE`] of the first.
    before: u32,
    /// By how much spread is better after it, but for what the first giver takes in the end.
    gain: u32,
}

/// Breadth first, from one member that has two more of a topic than others, along moves none of
/// which makes spread worse.
struct PathSearch {
    /// The number of this search: what is marked by it was met.
    turn: u32,
    /// Members that take something.
    reached: Vec<u32>,
    /// Classes of which a slot moves.
    used: Vec<u32>,
    /// The topic that was last offered to the members of each shape, and in which search.
    offered: Vec<(u32, u32)>,
    moves: Vec<PathMove>,
    /// The moves to members that could keep what they take, and pass something else on.
    open: Vec<u32>,
    tally: Tally,
    /// How much was looked at in all searches, and how much may be in one.
    looked_at: usize,
    most: usize,
    /// Where this search ends.
    stop_at: usize,
}

impl PathSearch {
    fn of(holders: &Holders<'_>) -> Self {
        let members = holders.loads.len();
        Self {
            turn: 0,
            reached: vec![0; members],
            used: vec![0; holders.group.classes.len()],
            offered: vec![(0, 0); holders.decided.confined().network.shapes.len()],
            moves: Vec::new(),
            open: Vec::new(),
            tally: Tally::new(members),
            looked_at: 0,
            most: 0,
            stop_at: 0,
        }
    }

    /// The moves, in any order, that pass on a slot, of whose topic its owner has this many, first
    /// to a member that has fewer than so many, and make spread better.
    fn path(&mut self, holders: &Holders<'_>, slot: u32, count: u32, below: u32) -> Option<Vec<PathMove>> {
        self.turn += 1;
        self.stop_at = self.looked_at + self.most;
        self.moves.clear();
        self.open.clear();
        self.reached[holders.owners[slot as usize] as usize] = self.turn;
        let mut last = self.offer(holders, &[slot], (NONE, count - below), below);
        let mut next = 0;
        while let Some(&open) = self.open.get(next).filter(|_| last.is_none() && self.looked_at < self.stop_at) {
            next += 1;
            let PathMove { slot, to, gain, .. } = self.moves[open as usize];
            let others = holders.by_topic(to).filter(|of| holders.topic(of[0]) != holders.topic(slot));
            for slots in others {
                last = self.offer(holders, slots, (open, gain), slots.len() as u32);
                if last.is_some() || self.looked_at >= self.stop_at {
                    break;
                }
            }
        }
        last.map(|last| self.back_from(last).collect())
    }

    /// Offers one of these slots of a topic to everybody who has fewer than so many of it, perhaps
    /// through others that pass on one of another class; the last move, if loads are met then.
    fn offer(&mut self, holders: &Holders<'_>, slots: &[u32], (before, gain): (u32, u32), below: u32) -> Option<u32> {
        let topic = holders.topic(slots[0]);
        let mut offers: Vec<(u32, u32)> = Vec::new();
        offers
            .extend(slots.iter().filter(|&&slot| holders.moves(slot) && self.is_first_of(holders.class(slot))).map(|&slot| (slot, before)));
        if offers.is_empty() {
            return None;
        }
        self.looked_at += holders.owners_of(topic).len();
        let tally = std::mem::replace(&mut self.tally, Tally::new(0)).counted(holders.owners_of(topic));
        let mut last = None;
        let mut next = 0;
        while let Some(&(slot, before)) = offers.get(next) {
            next += 1;
            last = self.take(holders, PathMove { slot, to: NONE, before, gain }, (&tally, below));
            if last.is_some() || self.looked_at >= self.stop_at {
                break;
            }
            for other in holders.slots_of(topic) {
                if holders.group.classes.of_topic(topic as usize).all(|class| self.used[class] == self.turn) {
                    break;
                }
                self.looked_at += 1;
                let owner = holders.owners[other as usize];
                if self.used[holders.class(other)] != self.turn && holders.moves(other) && holders.may_go_to(slot, owner) {
                    self.is_first_of(holders.class(other));
                    offers.push((other, self.add(PathMove { slot, to: owner, before, gain })));
                }
            }
        }
        self.tally = tally.cleared(holders.owners_of(topic));
        last
    }

    /// Adds moves of a slot to everybody who may take it and has fewer than so many of its topic;
    /// the last move, if loads are met after one of them.
    fn take(&mut self, holders: &Holders<'_>, offered: PathMove, (tally, below): (&Tally, u32)) -> Option<u32> {
        let offer = (self.turn, holders.topic(offered.slot));
        for &shape in holders.shapes_of(holders.class(offered.slot)) {
            if std::mem::replace(&mut self.offered[shape as usize], offer) == offer {
                continue;
            }
            for &to in holders.members_of(shape) {
                self.looked_at += 1;
                if tally.of(to) >= below || self.reached[to as usize] == self.turn || !holders.may_go_to(offered.slot, to) {
                    continue;
                }
                self.reached[to as usize] = self.turn;
                let taken = self.add(PathMove { to, gain: offered.gain + below - tally.of(to) - 1, ..offered });
                let last = self.end(holders, taken);
                if last.is_some() || self.looked_at >= self.stop_at {
                    return last;
                }
                self.open.push(taken);
            }
        }
        None
    }

    /// Whether no slot of a class moved before; one does now.
    fn is_first_of(&mut self, class: usize) -> bool {
        std::mem::replace(&mut self.used[class], self.turn) != self.turn
    }

    fn add(&mut self, path_move: PathMove) -> u32 {
        self.moves.push(path_move);
        self.moves.len() as u32 - 1
    }

    /// The last move, if loads are met after this one, or after one more to the first giver.
    fn end(&mut self, holders: &Holders<'_>, last: u32) -> Option<u32> {
        let PathMove { slot, to: taker, gain, .. } = self.moves[last as usize];
        let first = self.back_from(last).last()?;
        let giver = holders.owners[first.slot as usize];
        if holders.may_shift(giver, taker) {
            return Some(last);
        }
        self.looked_at += holders.of_member[taker as usize].len() + holders.of_member[giver as usize].len();
        let is_passed_on = |topic: u32| topic == holders.topic(slot) || topic == holders.topic(first.slot);
        let is_free = |slot: u32| holders.moves(slot) && holders.may_go_to(slot, giver) && self.back_from(last).all(|of| of.slot != slot);
        let mut of_giver = holders.by_topic(giver).peekable();
        let mut best: Option<(usize, u32)> = None;
        for slots in holders.by_topic(taker) {
            let topic = holders.topic(slots[0]);
            // Topics follow one another by their slots, not by their numbers.
            while of_giver.next_if(|of| of[0] < slots[0] && holders.topic(of[0]) != topic).is_some() {}
            let has = of_giver.peek().filter(|of| holders.topic(of[0]) == topic).map_or(0, |of| of.len());
            let better = (slots.len() + gain as usize).saturating_sub(has + 1);
            if better > best.map_or(0, |best| best.0) && !is_passed_on(topic) {
                best = slots.iter().find(|&&slot| is_free(slot)).map(|&slot| (better, slot)).or(best);
            }
        }
        best.map(|(_, slot)| self.add(PathMove { slot, to: giver, before: last, gain }))
    }

    /// The moves of a path, the last first.
    fn back_from(&self, last: u32) -> impl Iterator<Item = PathMove> {
        let at = |number: u32| self.moves.get(number as usize).copied();
        std::iter::successors(at(last), move |of| at(of.before))
    }
}
