//! Prices to start from where the k-th unit of an arc costs k: coordinate ascent on real numbers,
//! then rounding.
//!
//! Sources send what they have to sinks that take between a least and a most. Were units divisible,
//! an arc whose ends differ in price by d would carry d − ½ within its bounds; so the price of one
//! node follows from those of its neighbours by a few Newton steps, and going round all nodes
//! raises the dual (Bertsekas). Rounded, nearly all units lie where they cost the least. The same
//! operations come in the same order on every machine, and so do the same numbers.

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
    for _ in 0..8 {
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
        price += step;
    }
    price
}

/// Prices and flows to start from.
pub(crate) fn ascend(sources: &[u32], sinks: &[SinkBounds], lanes: &[Lane]) -> Ascent {
    let by_source = Sides::of(sources.len(), lanes, |lane| (lane.source, lane.sink));
    let by_sink = Sides::of(sinks.len(), lanes, |lane| (lane.sink, lane.source));
    let mut source_prices = vec![0.0_f32; sources.len()];
    let mut sink_prices = vec![0.0_f32; sinks.len()];
    let mut offs = vec![0.0_f32; sinks.len()];
    for (source, &supply) in sources.iter().enumerate() {
        let sides = by_source.of_node(source);
        let width: f32 = sides.iter().map(|side| side.width).sum();
        source_prices[source] = even(sides, |sink| sink_prices[sink as usize], supply as f32, supply as f32 / width.max(1.0) + 0.5);
    }
    // A node is looked at again only where what a neighbour sends or takes has changed.
    let (mut open_sources, mut open_sinks) = (vec![false; sources.len()], vec![true; sinks.len()]);
    let parts = Components::of(sources, sinks, lanes);
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
            sides.iter().filter(changed).for_each(|side| open_sources[side.other as usize] = true);
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
        for source in 0..sources.len() {
            source_prices[source] += rises[parts.of_source[source] as usize];
        }
        for (source, &supply) in sources.iter().enumerate() {
            if !std::mem::take(&mut open_sources[source]) {
                continue;
            }
            let sides = by_source.of_node(source);
            let before = source_prices[source];
            let even_price = even(sides, |sink| sink_prices[sink as usize], supply as f32, before);
            let after = before + RELAXATION * (even_price - before);
            source_prices[source] = after;
            let changed = |side: &&Side| side.differs(before - sink_prices[side.other as usize], after - sink_prices[side.other as usize]);
            sides.iter().filter(changed).for_each(|side| open_sinks[side.other as usize] = true);
        }
    }
    for (source, &supply) in sources.iter().enumerate() {
        source_prices[source] = even(by_source.of_node(source), |sink| sink_prices[sink as usize], supply as f32, source_prices[source]);
    }
    rounded(sources, lanes, &source_prices, &sink_prices)
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
    fn of(sources: &[u32], sinks: &[SinkBounds], lanes: &[Lane]) -> Self {
        let mut parent: Vec<u32> = (0..(sources.len() + sinks.len()) as u32).collect();
        for lane in lanes {
            let (one, other) = (root(&mut parent, lane.source), root(&mut parent, sources.len() as u32 + lane.sink));
            parent[one.max(other) as usize] = one.min(other);
        }
        let of_node: Vec<u32> = (0..parent.len() as u32).map(|node| root(&mut parent, node)).collect();
        let mut beyond_least = vec![0; of_node.len()];
        sources.iter().zip(&of_node).for_each(|(&supply, &part)| beyond_least[part as usize] += i64::from(supply));
        let (of_source, of_sink) = of_node.split_at(sources.len());
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

/// Prices of sinks as near as can be, those of sources so that each comes out exactly; which of the
/// best counts an arc has is seen to by what its sink is owed so far.
fn rounded(sources: &[u32], lanes: &[Lane], source_prices: &[f32], sink_prices: &[f32]) -> Ascent {
    let sinks: Vec<i32> = sink_prices.iter().map(|price| price.round() as i32).collect();
    let mut prices = vec![0; sources.len()];
    let mut flows = vec![0; lanes.len()];
    let mut owed = vec![0.0_f32; sinks.len()];
    let rows = Csr::by_key(sources.len(), &lanes.iter().map(|lane| lane.source).collect::<Vec<u32>>());
    let mut tight: Vec<(f32, u32)> = Vec::new();
    for (source, &supply) in sources.iter().enumerate() {
        let of = rows.row(source);
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
        prices[source] = price;
        tight.clear();
        for &lane in of {
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
