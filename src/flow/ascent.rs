//! Prices to start from where the k-th unit of an arc costs k: coordinate ascent on real numbers,
//! then rounding.
//!
//! Sources send what they have to sinks that take between a least and a most. Were units divisible,
//! an arc whose ends differ in price by d would carry d − ½ within its bounds; so the price of one
//! node follows from those of its neighbours by a few Newton steps, and going round all nodes
//! raises the dual (Bertsekas). Rounded, nearly all units lie where they cost the least. The same
//! operations come in the same order on every machine, and so do the same numbers.
//!
//! Sources may be joined: they send the same units, some of which can come from only some of them.
//! They have one price as long as each set of them sends what is confined to it; where a set would
//! send less, it parts from the others, with what is confined to it and a price of its own (the
//! decomposition of a separable convex cost on a polymatroid: Fujishige 1980, Groenevelt 1991).

use std::ops::Range;

use super::csr::Csr;

/// An arc from a source to a sink: this many *lanes* share its units evenly, and the k-th of each
/// lane costs k.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    pub(crate) source: u32,
    pub(crate) sink: u32,
    pub(crate) low: u32,
    pub(crate) high: u32,
    pub(crate) width: u32,
}

/// Sources that send the same units.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    /// The sources, one after the other.
    pub(crate) sources: Range<u32>,
    /// For each set of the sources, as bits from the first on, how many units can come from no
    /// other. Of two entries the second is of all sources, however many they are: any unit can come
    /// from any.
    pub(crate) confined: Vec<i32>,
}

impl Joined {
    /// Sources that have nothing to do with one another, with so many units each.
    pub(crate) fn alone(units: impl IntoIterator<Item = u32>) -> Vec<Self> {
        (0..).zip(units).map(|(source, units)| Self { sources: source..source + 1, confined: vec![0, units as i32] }).collect()
    }

    /// The sources of a set.
    pub(crate) fn of_set(&self, set: usize) -> impl Iterator<Item = u32> + Clone + '_ {
        let is_in = move |source: &u32| self.confined.len() == 2 || set >> (source - self.sources.start) & 1 == 1;
        self.sources.clone().filter(is_in)
    }
}

/// The least and the most a sink takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SinkBounds {
    pub(crate) least: u32,
    pub(crate) most: u32,
}

/// Integer prices, and what each arc carries: a best count, and every source comes out exactly
/// where its bounds allow it.
#[derive(Debug)]
pub(crate) struct Ascent {
    pub(crate) sources: Vec<i32>,
    pub(crate) sinks: Vec<i32>,
    pub(crate) flows: Vec<u32>,
}

/// How many times all nodes are gone round at most.
const ROUNDS: usize = 24;

/// By how much a sink may have too much or too little.
const CLOSE: f32 = 0.02;

/// A round that leaves more than this part of what is too much or too little is the last one: what
/// is left is settled in less time.
const STUCK: f32 = 0.8;

/// How many steps one node's price takes at most.
const STEPS: usize = 8;

/// How much further a price goes than where its node would be even.
const RELAXATION: f32 = 1.4;

/// An arc as one of its ends sees it.
#[derive(Clone, Copy, Debug)]
struct Side {
    other: u32,
    width: f32,
    low: f32,
    high: f32,
}

impl Side {
    /// What it carries at this difference of prices.
    #[inline]
    fn at(&self, price: f32) -> f32 {
        (self.width * (price - 0.5)).clamp(self.low, self.high)
    }

    /// Whether it carries another amount at one difference of prices than at another.
    #[inline]
    fn differs(&self, one: f32, other: f32) -> bool {
        (self.at(one) - self.at(other)).abs() > 0.001
    }
}

/// The arcs of nodes as these see them.
struct Sides {
    starts: Vec<u32>,
    sides: Vec<Side>,
}

impl Sides {
    fn of(nodes: usize, lanes: &[Lane], ends: impl Fn(&Lane) -> (u32, u32)) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        lanes.iter().for_each(|lane| starts[ends(lane).0 as usize + 1] += 1);
        (0..nodes).for_each(|node| starts[node + 1] += starts[node]);
        let mut next = starts.clone();
        let mut sides = vec![Side { other: 0, width: 0.0, low: 0.0, high: 0.0 }; lanes.len()];
        for lane in lanes {
            let (here, other) = ends(lane);
            let place = &mut next[here as usize];
            sides[*place as usize] = Side { other, width: lane.width as f32, low: lane.low as f32, high: lane.high as f32 };
            *place += 1;
        }
        Self { starts, sides }
    }

    fn of_node(&self, node: usize) -> &[Side] {
        &self.sides[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// The price at which these arcs carry this much together, where units get more as it rises and
/// fewer as the prices of the others do; from a price to start with.
fn even(sides: &[Side], other_price: impl Fn(u32) -> f32, target: f32, start: f32) -> f32 {
    let mut price = start;
    // Where the sum bends, steps could lead to and fro for ever; so each stays between what was too
    // little and what was too much.
    let (mut too_low, mut too_high) = (f32::NEG_INFINITY, f32::INFINITY);
    for _ in 0..STEPS {
        let (mut sum, mut slope) = (0.0_f32, 0.0_f32);
        let (mut up, mut down) = (f32::INFINITY, f32::INFINITY);
        for side in sides {
            let wanted = side.width * (price - other_price(side.other) - 0.5);
            if wanted <= side.low {
                sum += side.low;
                if side.low < side.high {
                    up = up.min((side.low - wanted) / side.width);
                }
            } else if wanted >= side.high {
                sum += side.high;
                if side.low < side.high {
                    down = down.min((wanted - side.high) / side.width);
                }
            } else {
                sum += wanted;
                slope += side.width;
            }
        }
        let off = target - sum;
        if off.abs() < 0.004 {
            break;
        }
        let step = match slope > 0.0 {
            true => off / slope,
            false if off > 0.0 => up + 0.01,
            false => -down - 0.01,
        };
        if !step.is_finite() {
            break;
        }
        *(if off > 0.0 { &mut too_low } else { &mut too_high }) = price;
        let next = price + step;
        price = if too_low < next && next < too_high { next } else { (too_low + too_high) / 2.0 };
    }
    price
}

/// Prices and flows to start from, of all sources, in their order.
pub(crate) fn ascend(joined: &[Joined], sinks: &[SinkBounds], lanes: &[Lane]) -> Ascent {
    let sources = joined.last().map_or(0, |last| last.sources.end as usize);
    let by_sink = Sides::of(sinks.len(), lanes, |lane| (lane.sink, lane.source));
    let mut evening = Evening::of(joined, Sides::of(sources, lanes, |lane| (lane.source, lane.sink)));
    let mut source_prices = evening.first_prices();
    let mut sink_prices = vec![0.0_f32; sinks.len()];
    let mut offs = vec![0.0_f32; sinks.len()];
    // A node is looked at again only where what a neighbour sends or takes has changed.
    let (mut open_joined, mut open_sinks) = (vec![false; joined.len()], vec![true; sinks.len()]);
    for place in 0..joined.len() {
        evening.even(place, &source_prices, &sink_prices);
        evening.found(place).for_each(|(source, price)| source_prices[source] = price);
    }
    let parts = Components::of(joined, sinks, lanes);
    let mut off_before = f32::INFINITY;
    for round in 0..ROUNDS {
        for sink in 0..sinks.len() {
            if !std::mem::take(&mut open_sinks[sink]) {
                continue;
            }
            let sides = by_sink.of_node(sink);
            let before = sink_prices[sink];
            let after;
            (after, offs[sink]) = even_sink(sides, &source_prices, sinks[sink], before);
            sink_prices[sink] = after;
            let changed =
                |side: &&Side| side.differs(source_prices[side.other as usize] - before, source_prices[side.other as usize] - after);
            sides.iter().filter(changed).for_each(|side| open_joined[evening.of_source[side.other as usize] as usize] = true);
        }
        let off: f32 = offs.iter().sum();
        let is_stuck = off > STUCK * std::mem::replace(&mut off_before, off);
        if round > 0 && (off < CLOSE * sinks.len() as f32 || is_stuck) {
            break;
        }
        let rises = parts.rises(sinks, &sink_prices);
        for sink in 0..sinks.len() {
            let rise = rises[parts.of_sink[sink] as usize];
            sink_prices[sink] += rise;
            open_sinks[sink] |= rise != 0.0;
        }
        for (price, &part) in source_prices.iter_mut().zip(&parts.of_source) {
            *price += rises[part as usize];
        }
        for (place, open) in open_joined.iter_mut().enumerate() {
            if !std::mem::take(open) {
                continue;
            }
            evening.even(place, &source_prices, &sink_prices);
            for (source, even_price) in evening.found(place) {
                let before = source_prices[source];
                let after = before + RELAXATION * (even_price - before);
                source_prices[source] = after;
                let changed =
                    |side: &&Side| side.differs(before - sink_prices[side.other as usize], after - sink_prices[side.other as usize]);
                let sides = evening.by_source.of_node(source);
                sides.iter().filter(changed).for_each(|side| open_sinks[side.other as usize] = true);
            }
        }
    }
    let mut parted: Vec<Parted> = Vec::with_capacity(joined.len());
    for (place, of) in joined.iter().enumerate() {
        evening.even(place, &source_prices, &sink_prices);
        evening.found(place).for_each(|(source, price)| source_prices[source] = price);
        let part = |&(set, units): &(usize, i32)| Parted { sources: of.of_set(set).collect(), units: units.max(0) as u32 };
        parted.extend(evening.parts.iter().map(part));
    }
    rounded(&parted, lanes, &source_prices, &sink_prices)
}

/// Sources that have one price, and what they send together.
struct Parted {
    sources: Vec<u32>,
    units: u32,
}

/// By how much less than it has to a set of sources may send before it parts from the others.
const PART: f32 = 0.25;

/// Finds prices at which sources send what they have.
struct Evening<'j> {
    joined: &'j [Joined],
    by_source: Sides,
    /// Where each source is among the joined.
    of_source: Vec<u32>,
    /// Of the sources looked at last: the price of each,
    prices: Vec<f32>,
    /// and the sets that have a price of their own, with their units.
    parts: Vec<(usize, i32)>,
    /// Sets still to be looked at, each with those that parted before: what is confined to these is
    /// theirs.
    open: Vec<(usize, usize)>,
    sides: Vec<Side>,
    /// What each set sends.
    sent: Vec<f32>,
}

impl<'j> Evening<'j> {
    fn of(joined: &'j [Joined], by_source: Sides) -> Self {
        let of_source = (0..).zip(joined).flat_map(|(place, joined)| joined.sources.clone().map(move |_| place)).collect();
        Self { joined, by_source, of_source, prices: Vec::new(), parts: Vec::new(), open: Vec::new(), sides: Vec::new(), sent: Vec::new() }
    }

    /// Prices at which sources would send about what they have if all sinks cost nothing.
    fn first_prices(&self) -> Vec<f32> {
        let first = |joined: &Joined| {
            let sides = joined.sources.clone().flat_map(|source| self.by_source.of_node(source as usize));
            let width: f32 = sides.map(|side| side.width).sum();
            let units = joined.confined.last().map_or(0.0, |&units| units as f32);
            std::iter::repeat_n(units / width.max(1.0) + 0.5, joined.sources.len())
        };
        self.joined.iter().flat_map(first).collect()
    }

    /// The sources looked at last, with their prices.
    fn found(&self, place: usize) -> impl Iterator<Item = (usize, f32)> {
        let sources = self.joined[place].sources.clone();
        sources.map(|source| source as usize).zip(self.prices.iter().copied())
    }

    /// Finds the prices at which joined sources send what they have at these prices of sinks; from
    /// prices to start with.
    fn even(&mut self, place: usize, source_prices: &[f32], sink_prices: &[f32]) {
        let joined = &self.joined[place];
        let (first, confined) = (joined.sources.start, &joined.confined);
        self.prices.clear();
        self.prices.resize(joined.sources.len(), 0.0);
        self.parts.clear();
        self.open.push((confined.len() - 1, 0));
        while let Some((set, parted)) = self.open.pop() {
            let units = confined[set | parted] - confined[parted];
            let mut sides = self.by_source.of_node(first as usize);
            if joined.sources.len() > 1 {
                self.sides.clear();
                self.sides.extend(joined.of_set(set).flat_map(|source| self.by_source.of_node(source as usize)));
                sides = &self.sides;
            }
            let start = joined.of_set(set).next().map_or(0.0, |source| source_prices[source as usize]);
            let price = even(sides, |sink| sink_prices[sink as usize], units as f32, start);
            match self.shortest(place, (set, parted), price, sink_prices) {
                Some(short) => self.open.extend([(short, parted), (set & !short, parted | short)]),
                None => {
                    joined.of_set(set).for_each(|source| self.prices[(source - first) as usize] = price);
                    self.parts.push((set, units));
                }
            }
        }
    }

    /// The part of a set of sources that at this price would fall the most short of what is
    /// confined to it; `None` where none falls much short.
    fn shortest(&mut self, place: usize, (set, parted): (usize, usize), price: f32, sink_prices: &[f32]) -> Option<usize> {
        let Joined { sources, confined } = &self.joined[place];
        self.sent.resize(confined.len().max(self.sent.len()), 0.0);
        let (mut most, mut shortest) = (PART, None);
        // All parts of the set, each after those it is the union of.
        let mut part = set & set.wrapping_neg();
        while part != 0 && part != set {
            let lowest = part & part.wrapping_neg();
            self.sent[part] = match part ^ lowest {
                0 => {
                    let source = sources.start + lowest.trailing_zeros();
                    let sides = self.by_source.of_node(source as usize);
                    sides.iter().map(|side| side.at(price - sink_prices[side.other as usize])).sum()
                }
                rest => self.sent[rest] + self.sent[lowest],
            };
            let short = (confined[part | parted] - confined[parted]) as f32 - self.sent[part];
            if short > most {
                (most, shortest) = (short, Some(part));
            }
            part = part.wrapping_sub(set) & set;
        }
        shortest
    }
}

/// The parts of the network between which nothing flows. Where all prices of a part rise alike, all
/// its flows stay; so nodes that look at themselves and their neighbours find out last how far the
/// whole part is from where it should be.
struct Components {
    of_source: Vec<u32>,
    of_sink: Vec<u32>,
    /// How many units each part's sinks take beyond the least.
    beyond_least: Vec<i64>,
    /// The sinks of each part that leave a choice.
    open_sinks: Csr,
}

impl Components {
    fn of(joined: &[Joined], sinks: &[SinkBounds], lanes: &[Lane]) -> Self {
        let sources = joined.last().map_or(0, |last| last.sources.end);
        let mut parent: Vec<u32> = (0..sources + sinks.len() as u32).collect();
        let siblings = joined.iter().flat_map(|joined| joined.sources.clone().map(|source| (joined.sources.start, source)));
        for (one, other) in siblings.chain(lanes.iter().map(|lane| (lane.source, sources + lane.sink))) {
            let (one, other) = (root(&mut parent, one), root(&mut parent, other));
            parent[one.max(other) as usize] = one.min(other);
        }
        let of_node: Vec<u32> = (0..parent.len() as u32).map(|node| root(&mut parent, node)).collect();
        let mut beyond_least = vec![0; of_node.len()];
        for joined in joined {
            let units = joined.confined.last().map_or(0, |&units| i64::from(units));
            beyond_least[of_node[joined.sources.start as usize] as usize] += units;
        }
        let (of_source, of_sink) = of_node.split_at(sources as usize);
        sinks.iter().zip(of_sink).for_each(|(sink, &part)| beyond_least[part as usize] -= i64::from(sink.least));
        let mut open_sinks: Vec<Vec<u32>> = vec![Vec::new(); of_node.len()];
        let open = (0_u32..).zip(sinks).zip(of_sink).filter(|((_, sink), _)| sink.least < sink.most);
        open.for_each(|((sink, _), &part)| open_sinks[part as usize].push(sink));
        Self { of_source: of_source.to_vec(), of_sink: of_sink.to_vec(), beyond_least, open_sinks: Csr::new(open_sinks) }
    }

    /// By how much the prices of each part rise so that as many sinks are above 0 as take the most.
    fn rises(&self, sinks: &[SinkBounds], prices: &[f32]) -> Vec<f32> {
        let rise = |(&beyond, open): (&i64, &[u32])| {
            let mut open: Vec<(f32, i64)> = open
                .iter()
                .map(|&sink| (prices[sink as usize], i64::from(sinks[sink as usize].most - sinks[sink as usize].least)))
                .collect();
            open.sort_unstable_by(|one, next| next.0.total_cmp(&one.0).then(one.1.cmp(&next.1)));
            let (Some(first), Some(last)) = (open.first(), open.last()) else { return 0.0 };
            let mut left = beyond;
            let last_above = open.iter().find(|sink| {
                left -= sink.1;
                left < 0
            });
            match last_above {
                _ if beyond <= 0 => -first.0.max(0.0),
                Some(at) => -at.0,
                None => -last.0.min(0.0),
            }
        };
        self.beyond_least.iter().zip(self.open_sinks.iter()).map(rise).collect()
    }
}

/// The node that stands for all that are connected with this one.
fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

/// The next price of a sink, and by how much it has too much or too little at the one before. One
/// that may have what it gets costs nothing.
fn even_sink(sides: &[Side], source_prices: &[f32], bounds: SinkBounds, before: f32) -> (f32, f32) {
    let load_at = |price: f32| sides.iter().map(|side| side.at(source_prices[side.other as usize] - price)).sum::<f32>();
    let (least, most) = (bounds.least as f32, bounds.most as f32);
    let load = load_at(before);
    let idle = if before == 0.0 { load } else { load_at(0.0) };
    let off = match before {
        0.0 => (load - most).max(least - load).max(0.0),
        0.0.. => (load - most).abs(),
        _ => (load - least).abs(),
    };
    let target = match idle {
        idle if idle > most => most,
        idle if idle < least => least,
        _ => return (0.0, off),
    };
    if off < 0.004 {
        return (before, off);
    }
    // A sink sees prices the other way round: its own falls as it is to get more.
    let after = -even(sides, |source| -source_prices[source as usize], target, -before);
    let relaxed = before + RELAXATION * (after - before);
    (if (relaxed > 0.0) == (after > 0.0) { relaxed } else { after }, off)
}

/// The bounds of the best counts of an arc at this difference of prices.
fn best(lane: &Lane, price: i32) -> (u32, u32) {
    let (low, high) = match price {
        ..=0 => (0, 0),
        _ => (lane.width.saturating_mul(price as u32 - 1), lane.width.saturating_mul(price as u32)),
    };
    (low.clamp(lane.low, lane.high), high.clamp(lane.low, lane.high))
}

/// Prices of sinks as near as can be, those of sources so that each part comes out exactly; which
/// of the best counts an arc has is seen to by what its sink is owed so far.
fn rounded(parted: &[Parted], lanes: &[Lane], source_prices: &[f32], sink_prices: &[f32]) -> Ascent {
    let sinks: Vec<i32> = sink_prices.iter().map(|price| price.round() as i32).collect();
    let mut prices = vec![0; source_prices.len()];
    let mut flows = vec![0; lanes.len()];
    let mut owed = vec![0.0_f32; sinks.len()];
    let rows = Csr::by_key(source_prices.len(), &lanes.iter().map(|lane| lane.source).collect::<Vec<u32>>());
    let mut tight: Vec<(f32, u32)> = Vec::new();
    let mut of: Vec<u32> = Vec::new();
    for &Parted { ref sources, units: supply } in parted {
        let source = sources[0] as usize;
        of.clear();
        of.extend(sources.iter().flat_map(|&source| rows.row(source as usize)));
        let sums = |price: i32| {
            of.iter().fold((0_u64, 0_u64), |(lows, highs), &lane| {
                let (low, high) = best(&lanes[lane as usize], price - sinks[lanes[lane as usize].sink as usize]);
                (lows + u64::from(low), highs + u64::from(high))
            })
        };
        let (mut price, mut step) = (source_prices[source].round() as i32, 1);
        let (mut floor, mut ceiling) = (i32::MIN, i32::MAX);
        let mut left = loop {
            let (lows, highs) = sums(price);
            if lows > u64::from(supply) {
                ceiling = price;
            } else if highs < u64::from(supply) {
                floor = price;
            } else {
                break u64::from(supply) - lows;
            }
            if floor > i32::MIN && ceiling < i32::MAX {
                if ceiling - floor <= 1 {
                    break u64::from(supply).saturating_sub(lows);
                }
                price = floor + (ceiling - floor) / 2;
            } else if step > 1 << 24 {
                break u64::from(supply).saturating_sub(lows);
            } else {
                price += if floor > i32::MIN { step } else { -step };
                step *= 2;
            }
        };
        sources.iter().for_each(|&source| prices[source as usize] = price);
        tight.clear();
        for &lane in &of {
            let Lane { sink, .. } = lanes[lane as usize];
            let (low, high) = best(&lanes[lane as usize], price - sinks[sink as usize]);
            flows[lane as usize] = low;
            let at = lanes[lane as usize];
            let wanted =
                (at.width as f32 * (source_prices[source] - sink_prices[sink as usize] - 0.5)).clamp(at.low as f32, at.high as f32);
            owed[sink as usize] += wanted - low as f32;
            if high > low {
                tight.push((owed[sink as usize], lane));
            }
        }
        tight.sort_unstable_by(|one, next| next.0.total_cmp(&one.0).then(one.1.cmp(&next.1)));
        // One for each lane first; where that is not all, once more.
        while left > 0 {
            let mut given = 0;
            for &(_, lane) in &tight {
                let at = &lanes[lane as usize];
                let (_, high) = best(at, price - sinks[at.sink as usize]);
                let more = u64::from((high - flows[lane as usize]).min(at.width)).min(left - given);
                flows[lane as usize] += more as u32;
                owed[at.sink as usize] -= more as f32;
                given += more;
            }
            if given == 0 {
                break;
            }
            left -= given;
        }
    }
    Ascent { sources: prices, sinks, flows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(price: f32, low: f32, high: f32) -> (f32, Side) {
        (price, Side { other: 0, width: 1.0, low, high })
    }

    #[test]
    fn a_sum_that_bends_where_steps_led_to_and_fro() {
        let of = [(-4.2, 1.0, 198.0), (-5.1, 16.0, 142.0), (-2.2, 5.0, 57.0), (-4.3, 27.0, 184.0), (-1.2, 6.0, 79.0), (1.1, 3.0, 54.0)];
        let (prices, sides): (Vec<f32>, Vec<Side>) = of.into_iter().map(|(price, low, high)| side(price, low, high)).unzip();
        let sides: Vec<Side> = (0..).zip(sides).map(|(other, side)| Side { other, ..side }).collect();
        let price = even(&sides, |other| prices[other as usize], 124.0, -1.27);
        let sum: f32 = sides.iter().map(|side| side.at(price - prices[side.other as usize])).sum();
        assert!((sum - 124.0).abs() < 0.01, "{sum} at {price}");
    }

    #[test]
    fn what_is_confined_to_a_source_leaves_by_it() {
        let lane = |source: u32| Lane { source, sink: source, low: 0, high: 10, width: 1 };
        let sinks = [SinkBounds { least: 0, most: 10 }; 2];
        let flows = |to_first: i32| {
            let joined = Joined { sources: 0..2, confined: vec![0, to_first, 0, 10] };
            ascend(&[joined], &sinks, &[lane(0), lane(1)]).flows
        };
        assert_eq!((flows(8), flows(3)), (vec![8, 2], vec![5, 5]));
    }
}
