//! Spread after balance and stickiness, where racks mean nothing: decided near what is uneven.
//!
//! The k-th partition of a class at a member costs k. A class is at its best at a price p, members
//! costing v, if of everybody who has more of it than the least it must have the last costs p − v
//! at most, and of everybody who could have one more that one would cost p − v at least. At the
//! prices that members have at the start, most classes are at their best by themselves. The others
//! are a *region*: a small network of classes and members, all else standing still. Solving it
//! gives its members other prices, at which classes beside the region may not be at their best any
//! more; these join it, until none does. Then the prices prove the whole plan.

use std::collections::BTreeMap;

use super::costs::Square;
use super::two_goals::LevelPrice;
use crate::flow::ascent::{Joined, Lane, SinkBounds, ascend};
use crate::flow::convex::{ConvexArc, ConvexCost, bounds, settle};

/// How many partitions of a class a member has, and between which counts it stays in plans that are
/// best in the goals before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) class: u32,
    pub(crate) member: u32,
    pub(crate) count: u32,
    pub(crate) low: u32,
    pub(crate) high: u32,
}

impl Place {
    /// The least and the most that its class may cost while it has this many and its member costs
    /// this much.
    pub(crate) fn price_bounds(&self, now: u32, of_member: i32) -> (i32, i32) {
        let least = if now > self.low { now as i32 + of_member } else { i32::MIN };
        let most = if now < self.high { now as i32 + 1 + of_member } else { i32::MAX };
        (least, most)
    }

    /// The least and the most that its member may cost while it has this many and its class costs
    /// this much.
    pub(crate) fn member_price_bounds(&self, now: u32, of_class: i32) -> (i32, i32) {
        let least = if now < self.high { of_class - now as i32 - 1 } else { i32::MIN };
        let most = if now > self.low { of_class - now as i32 } else { i32::MAX };
        (least, most)
    }

    /// Its best counts where its class costs this much more than its member.
    pub(crate) fn best(&self, price: i32) -> (u32, u32) {
        let (least, most) = Square::best(ONE_MEMBER, price);
        (least.clamp(self.low, self.high), most.clamp(self.low, self.high))
    }
}

/// The load of a member, and between which it stays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) load: u32,
    pub(crate) least: u32,
    pub(crate) most: u32,
}

impl Load {
    /// Where a member stays that has this price in plans that are best in balance and stickiness.
    pub(crate) fn of(load: u32, LevelPrice { level, moves }: LevelPrice) -> Self {
        Self { load, least: level + u32::from(moves > 0), most: level + u32::from(moves >= 0) }
    }
}

/// A plan that is best in balance and stickiness, as spread is to see it.
pub(crate) trait SpreadInput {
    /// How many numbers of classes and of members there are.
    fn numbers(&self) -> (usize, usize);

    /// The places of all members that may have some of a class.
    fn of_class(&mut self, class: u32) -> Vec<Place>;

    /// The places, in any order, of these members, which ascend, each with how much more it costs
    /// than at the start. Places may be left out at their least, of a member that costs more, and
    /// at their most, of one that costs less.
    fn places_of(&mut self, priced: &[(u32, i32)]) -> Vec<Place>;

    /// The load of a member.
    fn load(&self, member: u32) -> Load;

    /// The price of a member to start from.
    fn start(&self, member: u32) -> i32;

    /// Between which prices a class that is no suspect is at its best at the members' prices to
    /// start from.
    fn at_start(&self, class: u32) -> (i32, i32);
}

/// Counts that are best in spread, and the prices that prove it.
#[derive(Debug)]
pub(crate) struct Spread {
    /// The price of each class that may have another than at the start, ascending.
    pub(crate) classes: Vec<(u32, i32)>,
    /// The members that have a price other than 0, ascending.
    pub(crate) members: Vec<(u32, i32)>,
    /// The places with other counts than before, ascending by class, each with how many more.
    pub(crate) changes: Vec<(Place, i32)>,
}

/// The best spread that balance and stickiness leave, where only these classes, which ascend, may
/// not be at their best at the start; `None` where more than this many places would have to be
/// looked at, those of the region in every round.
pub(crate) fn spread(counts: &mut impl SpreadInput, suspects: Vec<u32>, most_places: usize) -> Option<Spread> {
    let (classes, members) = counts.numbers();
    let mut near = Neighbourhood {
        rows: Vec::new(),
        row_of: vec![NONE; classes],
        price: (0..members as u32).map(|member| counts.start(member)).collect(),
        gained: vec![0; members],
        region: Vec::new(),
        looked_at: 0,
        bounds: BTreeMap::new(),
    };
    let mut to_read = suspects;
    loop {
        for class in to_read {
            near.read(counts, class);
            if near.looked_at > most_places {
                return None;
            }
        }
        let solved = near.region.len();
        near.grow(counts);
        if near.region.len() == solved {
            break;
        }
        let priced = near.solve(counts, solved)?;
        to_read = near.classes_bound_by(counts, &priced);
    }
    Some(near.into_spread())
}

/// What [`Square`] is to know of a place: it is that of one member.
const ONE_MEMBER: u32 = 1;

/// No row, no node.
const NONE: u32 = u32::MAX;

/// What was looked at so far.
struct Neighbourhood {
    rows: Vec<ClassPlaces>,
    /// The row of each class.
    row_of: Vec<u32>,
    /// The price of each member.
    price: Vec<i32>,
    /// By how much each member's load has changed.
    gained: Vec<i32>,
    /// The rows of the classes that are, or were, not at their best by themselves.
    region: Vec<u32>,
    /// How many places were looked at, each time.
    looked_at: usize,
    /// Of classes that were not looked at, but of which members with other prices than at the start
    /// have some: between which prices they are at their best. Narrowed in every round, never
    /// widened: perhaps too narrow, never too wide.
    bounds: BTreeMap<u32, (i32, i32)>,
}

/// A class that was looked at.
struct ClassPlaces {
    class: u32,
    places: Vec<Place>,
    /// What each of the places has now.
    now: Vec<u32>,
    price: i32,
    is_in_region: bool,
}

/// A price within bounds: the least; where there is none 1, or the most, if that is less.
pub(crate) fn price_between(least: i32, most: i32) -> i32 {
    if least > i32::MIN { least } else { most.min(1) }
}

/// The bounds that are within all of these.
pub(crate) fn within_all(bounds: impl Iterator<Item = (i32, i32)>) -> (i32, i32) {
    bounds.fold((i32::MIN, i32::MAX), |(least, most), (low, high)| (least.max(low), most.min(high)))
}

/// The least price above the first of these that is enough; the second, which is, if no other is.
pub(crate) fn least_price((mut below, mut enough): (i32, i32), is_enough: impl Fn(i32) -> bool) -> i32 {
    while enough - below > 1 {
        let middle = below + (enough - below) / 2;
        match is_enough(middle) {
            true => enough = middle,
            false => below = middle,
        }
    }
    enough
}

impl ClassPlaces {
    /// The least and the most that its price may be while members cost this much.
    fn price_bounds(&self, price: &[i32]) -> (i32, i32) {
        within_all(self.places.iter().zip(&self.now).map(|(place, &now)| place.price_bounds(now, price[place.member as usize])))
    }

    /// Makes the class even by itself, as far as its bounds allow: a price, and counts that are
    /// best there. Of those that could have one more, or one less, those come first whose loads
    /// allow it; other loads leave their bounds until the region is settled.
    fn even_out(&mut self, counts: &impl SpreadInput, price: &[i32], gained: &mut [i32]) {
        let supply: u64 = self.now.iter().copied().map(u64::from).sum();
        let at = |of_class: i32| self.places.iter().map(move |place| place.best(of_class - price[place.member as usize]));
        let counted = || self.places.iter().zip(&self.now).map(|(place, &now)| now as i32 + price[place.member as usize]);
        // The least price at which as many could be had as there are.
        let range = (counted().min().unwrap_or(0) - 1, counted().max().unwrap_or(0));
        let enough = least_price(range, |price| at(price).map(|(_, most)| u64::from(most)).sum::<u64>() >= supply);
        let best: Vec<(u32, u32)> = at(enough).collect();
        self.price = enough;
        let mut over = 0;
        for ((now, &(low, high)), place) in self.now.iter_mut().zip(&best).zip(&self.places) {
            let before = std::mem::replace(now, (*now).clamp(low, high));
            over += *now as i32 - before as i32;
            gained[place.member as usize] += *now as i32 - before as i32;
        }
        for is_within_load in [true, false] {
            for ((now, &(low, high)), place) in self.now.iter_mut().zip(&best).zip(&self.places) {
                let gained = &mut gained[place.member as usize];
                let Load { load, least, most } = counts.load(place.member);
                let load = load.wrapping_add_signed(*gained);
                if over < 0 && *now < high && (load < most || !is_within_load) {
                    (*now, *gained, over) = (*now + 1, *gained + 1, over + 1);
                } else if over > 0 && *now > low && (load > least || !is_within_load) {
                    (*now, *gained, over) = (*now - 1, *gained - 1, over - 1);
                }
            }
        }
    }
}

impl Neighbourhood {
    fn read(&mut self, counts: &mut impl SpreadInput, class: u32) {
        if self.row_of[class as usize] != NONE {
            return;
        }
        let places = counts.of_class(class);
        self.looked_at += places.len();
        self.row_of[class as usize] = self.rows.len() as u32;
        let now = places.iter().map(|place| place.count).collect();
        self.rows.push(ClassPlaces { class, places, now, price: 0, is_in_region: false });
    }

    /// Prices the classes that are at their best by themselves; the others join the region.
    fn grow(&mut self, counts: &impl SpreadInput) {
        for (number, row) in (0..).zip(&mut self.rows).filter(|(_, row)| !row.is_in_region) {
            let (least, most) = row.price_bounds(&self.price);
            if least <= most {
                row.price = price_between(least, most);
            } else {
                row.is_in_region = true;
                self.region.push(number);
                row.even_out(counts, &self.price, &mut self.gained);
            }
        }
    }

    /// Solves the region, of which the first so many rows were before, and says which members have
    /// other prices than before.
    fn solve(&mut self, counts: &impl SpreadInput, solved: usize) -> Option<Vec<u32>> {
        let members = self.members_of_region();
        let (open, left_over) = self.set_those_without_a_choice(&members, counts);
        let mut region = Region::of(self, &open, left_over, counts);
        if self.region.len() > 2 * solved + FEW {
            region.start_from_ascent();
        }
        self.looked_at += region.arcs.len();
        region.settle().then(|| {
            self.adopt(&region);
            self.price_members(&members, counts)
        })
    }

    /// The members with a place in the region, ascending.
    fn members_of_region(&self) -> Vec<u32> {
        let mut is_in_region = vec![false; self.price.len()];
        let rows = self.region.iter().map(|&row| &self.rows[row as usize]);
        rows.flat_map(|row| &row.places).for_each(|place| is_in_region[place.member as usize] = true);
        (0..).zip(is_in_region).filter(|(_, is_in_region)| *is_in_region).map(|(member, _)| member).collect()
    }

    /// The members of the region that have a choice. The others, which have their most with the
    /// least of each class, are set to that; with what is left over of each class then.
    fn set_those_without_a_choice(&mut self, members: &[u32], counts: &impl SpreadInput) -> (Vec<u32>, Vec<i64>) {
        let index_of = numbered(self.price.len(), members);
        let mut room: Vec<i64> = Vec::with_capacity(members.len());
        room.extend(members.iter().map(|&member| {
            let Load { load, most, .. } = counts.load(member);
            i64::from(most) - i64::from(load) - i64::from(self.gained[member as usize])
        }));
        for row in self.region.iter().map(|&row| &self.rows[row as usize]) {
            for (place, &now) in row.places.iter().zip(&row.now) {
                room[index_of[place.member as usize] as usize] += i64::from(now - place.low);
            }
        }
        let mut left_over = vec![0; self.region.len()];
        for (left_over, &row) in left_over.iter_mut().zip(&self.region) {
            let row = &mut self.rows[row as usize];
            for (place, now) in row.places.iter().zip(&mut row.now) {
                if room[index_of[place.member as usize] as usize] <= 0 {
                    let beyond = std::mem::replace(now, place.low) - place.low;
                    self.gained[place.member as usize] -= beyond as i32;
                    *left_over += i64::from(beyond);
                }
            }
        }
        (members.iter().zip(room).filter(|(_, room)| *room > 0).map(|(&member, _)| member).collect(), left_over)
    }

    /// Takes counts and prices of classes over.
    fn adopt(&mut self, region: &Region) {
        for (&(row, number), arc) in region.places.iter().zip(&region.arcs) {
            let row = &mut self.rows[row as usize];
            let now = &mut row.now[number as usize];
            self.gained[row.places[number as usize].member as usize] += arc.flow as i32 - *now as i32;
            *now = arc.flow;
        }
        let ground = region.price[region.ground()];
        for (&row, price) in self.region.iter().zip(&region.price) {
            self.rows[row as usize].price = price - ground;
        }
    }

    /// Prices at which the counts of the region are best for each of its members, as near to those
    /// of the start as can be, so that as few classes as possible are bound by them; says whose
    /// changed.
    fn price_members(&mut self, members: &[u32], counts: &impl SpreadInput) -> Vec<u32> {
        // A member may cost less than 0 only with the least load, and more only with the most.
        let by_load = |&member: &u32| {
            let Load { load, least, most } = counts.load(member);
            let now = load.wrapping_add_signed(self.gained[member as usize]);
            (if now > least { 0 } else { i32::MIN }, if now < most { 0 } else { i32::MAX })
        };
        let mut bounds: Vec<(i32, i32)> = members.iter().map(by_load).collect();
        let index_of = numbered(self.price.len(), members);
        for row in self.region.iter().map(|&row| &self.rows[row as usize]) {
            for (place, &now) in row.places.iter().zip(&row.now) {
                let (least, most) = &mut bounds[index_of[place.member as usize] as usize];
                let of_place = place.member_price_bounds(now, row.price);
                (*least, *most) = ((*least).max(of_place.0), (*most).min(of_place.1));
            }
        }
        let mut priced = Vec::new();
        for (&member, (least, most)) in members.iter().zip(bounds) {
            debug_assert!(least <= most, "the counts are best at some prices");
            let nearest = counts.start(member).max(least).min(most);
            if std::mem::replace(&mut self.price[member as usize], nearest) != nearest {
                priced.push(member);
            }
        }
        priced
    }

    /// The classes not looked at that are not at their best any more, now that these members have
    /// prices.
    fn classes_bound_by(&mut self, counts: &mut impl SpreadInput, priced: &[u32]) -> Vec<u32> {
        let more = |member: u32| self.price[member as usize] - counts.start(member);
        let priced: Vec<(u32, i32)> = priced.iter().map(|&member| (member, more(member))).filter(|(_, more)| *more != 0).collect();
        let mut to_read = Vec::new();
        let places = counts.places_of(&priced);
        self.looked_at += places.len();
        for place in places {
            if self.row_of[place.class as usize] == NONE {
                let (least, most) = self.bounds.entry(place.class).or_insert_with(|| counts.at_start(place.class));
                let of_place = place.price_bounds(place.count, self.price[place.member as usize]);
                (*least, *most) = ((*least).max(of_place.0), (*most).min(of_place.1));
                if least > most {
                    to_read.push(place.class);
                }
            }
        }
        to_read.sort_unstable();
        to_read.dedup();
        to_read
    }

    fn into_spread(mut self) -> Spread {
        self.rows.sort_unstable_by_key(|row| row.class);
        let mut classes: BTreeMap<u32, i32> =
            self.bounds.iter().map(|(&class, &(least, most))| (class, price_between(least, most))).collect();
        classes.extend(self.rows.iter().map(|row| (row.class, row.price)));
        let changes = self.rows.iter().flat_map(|row| {
            let more = row.places.iter().zip(&row.now).map(|(&place, &now)| (place, now as i32 - place.count as i32));
            more.filter(|(_, more)| *more != 0)
        });
        let members = (0..).zip(&self.price).filter(|(_, price)| **price != 0).map(|(member, &price)| (member, price));
        Spread { classes: classes.into_iter().collect(), members: members.collect(), changes: changes.collect() }
    }
}

/// Prices are sought anew, from nothing, where the region has more than doubled and grown by more
/// than this; else the flow starts from those it has.
const FEW: usize = 16;

/// For each number its place among these, which ascend; [`NONE`] for others.
fn numbered(numbers: usize, among: &[u32]) -> Vec<u32> {
    let mut places = vec![NONE; numbers];
    (0..).zip(among).for_each(|(place, &number)| places[number as usize] = place);
    places
}

/// The region as a network: its classes, its members that have a choice, and the ground.
struct Region {
    classes: usize,
    /// From classes to members, then from each member to the ground.
    arcs: Vec<ConvexArc>,
    /// The row, and the number there, of the place that each arc to a member stands for.
    places: Vec<(u32, u32)>,
    price: Vec<i32>,
    /// What each arc shall carry where that is best at the prices.
    wanted: Vec<u32>,
    /// What is left over of each class, whatever arcs carry now.
    left_over: Vec<i64>,
}

impl Region {
    /// The region at the counts and prices that there are.
    fn of(near: &Neighbourhood, members: &[u32], left_over: Vec<i64>, counts: &impl SpreadInput) -> Self {
        let classes = near.region.len();
        let node_of = numbered(near.price.len(), members);
        let mut price = vec![0; classes + members.len() + 1];
        let (mut arcs, mut places) = (Vec::new(), Vec::new());
        for (node, &number) in near.region.iter().enumerate() {
            let row = &near.rows[number as usize];
            price[node] = row.price;
            for (place_number, (place, &now)) in (0..).zip(row.places.iter().zip(&row.now)) {
                let member = node_of[place.member as usize];
                if member != NONE {
                    let head = classes as u32 + member;
                    arcs.push(ConvexArc { tail: node as u32, head, low: place.low, high: place.high, flow: now, parameter: ONE_MEMBER });
                    places.push((number, place_number));
                }
            }
        }
        let ground = (classes + members.len()) as u32;
        for (node, &member) in (classes..).zip(members) {
            price[node] = near.price[member as usize];
            let Load { load, least, most } = counts.load(member);
            let flow = load.wrapping_add_signed(near.gained[member as usize]);
            arcs.push(ConvexArc { tail: node as u32, head: ground, low: least, high: most, flow, parameter: 0 });
        }
        let wanted = arcs.iter().map(|arc| arc.flow).collect();
        Self { classes, arcs, places, price, wanted, left_over }
    }

    fn ground(&self) -> usize {
        self.price.len() - 1
    }

    /// Seeks prices for all nodes at once, and counts that go with them.
    fn start_from_ascent(&mut self) {
        let (places, loads) = self.arcs.split_at(self.places.len());
        let mut sources: Vec<u32> = self.left_over.iter().map(|&left| left as u32).collect();
        let mut inside = vec![0; loads.len()];
        let member = |arc: &ConvexArc| arc.head as usize - self.classes;
        for arc in places {
            sources[arc.tail as usize] += arc.flow;
            inside[member(arc)] += arc.flow;
        }
        let sink = |(arc, inside): (&ConvexArc, &u32)| {
            let outside = arc.flow - inside;
            SinkBounds { least: arc.low.saturating_sub(outside), most: arc.high.saturating_sub(outside) }
        };
        let sinks: Vec<SinkBounds> = loads.iter().zip(&inside).map(sink).collect();
        let lane = |arc: &ConvexArc| Lane { source: arc.tail, sink: member(arc) as u32, low: arc.low, high: arc.high, width: 1 };
        let ascent = ascend(&Joined::alone(sources), &sinks, &places.iter().map(lane).collect::<Vec<Lane>>());
        self.price[..self.classes].copy_from_slice(&ascent.sources);
        self.price[self.classes..self.classes + sinks.len()].copy_from_slice(&ascent.sinks);
        let mut after = vec![0; loads.len()];
        places.iter().zip(&ascent.flows).for_each(|(arc, flow)| after[member(arc)] += flow);
        self.wanted = ascent.flows;
        self.wanted.extend(loads.iter().zip(inside.iter().zip(after)).map(|(arc, (inside, after))| arc.flow - inside + after));
    }

    /// Every arc gets a best count, and what then is left over goes to where it is missing. Whether
    /// all of it found its way, as it does: the plan itself is a flow.
    fn settle(&mut self) -> bool {
        let mut excess = self.left_over.clone();
        excess.resize(self.price.len(), 0);
        // What members without a choice passed on and do not any more.
        excess[self.price.len() - 1] = -self.left_over.iter().sum::<i64>();
        for (arc, &wanted) in self.arcs.iter_mut().zip(&self.wanted) {
            let (low, high) = bounds::<Square>(arc, self.price[arc.tail as usize] - self.price[arc.head as usize]);
            let flow = wanted.clamp(low, high);
            let change = i64::from(arc.flow) - i64::from(flow);
            excess[arc.tail as usize] += change;
            excess[arc.head as usize] -= change;
            arc.flow = flow;
        }
        let left = settle::<Square>(&mut self.arcs, &mut self.price, excess);
        let is_settled = left.iter().all(|&left| left == 0);
        debug_assert!(is_settled, "the plan itself is a flow");
        is_settled
    }
}
