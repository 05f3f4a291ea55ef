//! Members as the bound sees them: by what they subscribe to and their rack, in the order of their
//! prices.
//!
//! What members that differ only in price cost a topic is a sum over stretches of that order, and
//! prefix sums have it at once. So a subscription that a thousand members share, or that says
//! "all", is never written out member by topic.

use std::collections::BTreeMap;
use std::ops::Range;

use super::audit::Audit;
use super::prices::{Amounts, Price, Prices};
use crate::model::{MemberId, Name, Subscribed, TopicId};

/// Some members, in the order of their prices: a stretch of [`PricedSubscribers::prices`].
pub(super) type Stretch = Range<usize>;

/// A rack that a member is in, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rack(u32);

/// A price, as its place among those of all members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u32);

/// The members of a group.
pub(super) struct PricedSubscribers<'g> {
    /// The number of each rack that a member is in.
    racks: BTreeMap<&'g str, Rack>,
    /// Each member's rack, if it is in one, by id.
    rack_of: Vec<Option<Rack>>,
    /// The place of each member's price among all, by id.
    rank_of: Vec<Rank>,
    /// All prices, ascending, each once.
    ranked: Vec<Price>,
    /// The prices of members of one shape, ascending, each once; one set of members after the
    /// other.
    prices: Vec<Price>,
    /// How many members come before each of those, and before the end.
    count: Vec<i128>,
    /// What their prices come to.
    sum: Vec<Amounts>,
    /// The members with each subscription.
    shapes: Vec<Shape>,
    /// Which of those subscribe to each topic by its name, by topic id.
    by_topic: Vec<Vec<u32>>,
    /// Which subscribe to all topics.
    every: Option<u32>,
}

/// The members with one subscription.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Those in no rack.
    pub(super) nowhere: Stretch,
    /// Those in a rack.
    pub(super) somewhere: Stretch,
    /// The same by rack, ascending.
    pub(super) by_rack: Vec<(Rack, Stretch)>,
}

impl<'g> PricedSubscribers<'g> {
    /// The members at these prices. Racks are looked at only where they matter.
    pub(super) fn of(audit: &Audit<'g>, prices: &Prices, do_racks_matter: bool) -> Self {
        let group = audit.group();
        let numbers = group.all_members().numbers();
        let mut these = Self {
            racks: BTreeMap::new(),
            rack_of: vec![None; numbers],
            rank_of: vec![Rank(0); numbers],
            ranked: Vec::new(),
            prices: Vec::new(),
            count: vec![0],
            sum: vec![Amounts::ZERO],
            shapes: Vec::new(),
            by_topic: vec![Vec::new(); group.all_topics().len()],
            every: None,
        };
        let mut priced: Vec<(Price, MemberId)> = group.members().map(|(member, _)| (prices.get(member.index()), member)).collect();
        priced.sort_unstable();
        for (price, member) in priced {
            if these.ranked.last() != Some(&price) {
                these.ranked.push(price);
            }
            these.rank_of[member.index()] = Rank(these.ranked.len() as u32 - 1);
        }
        for (member, described) in group.members() {
            if let Some(rack) = described.rack().filter(|rack| do_racks_matter && !rack.is_empty()) {
                these.rack_of[member.index()] = Some(these.number_of_rack(rack));
            }
        }
        // Sorted once: there may be as many subscriptions as members.
        let mut having: Vec<_> =
            group.all_members().subscriptions_in_order().map(|(member, subscription)| (subscription, member)).collect();
        having.sort_unstable();
        let mut shapes = having.chunk_by(|one, next| one.0 == next.0);
        for (number, (_, topics)) in (0..).zip(group.all_members().distinct_subscriptions()) {
            these.add_shape(shapes.next().into_iter().flatten().map(|of| of.1).collect());
            match topics {
                Subscribed::Every => these.every = Some(number),
                Subscribed::These(topics) => topics.iter().for_each(|topic| these.by_topic[topic.index()].push(number)),
            }
        }
        these
    }

    fn number_of_rack(&mut self, rack: &'g Name) -> Rack {
        let next = Rack(self.racks.len() as u32);
        *self.racks.entry(rack).or_insert(next)
    }

    /// Adds members that have one subscription.
    fn add_shape(&mut self, mut members: Vec<MemberId>) {
        members.sort_unstable_by_key(|member| (self.rack_of[member.index()], self.rank_of[member.index()]));
        let first = members.partition_point(|member| self.rack_of[member.index()].is_none());
        let (nowhere, somewhere) = members.split_at_mut(first);
        let nowhere = self.add(nowhere);
        let in_one_rack = somewhere.chunk_by(|one, next| self.rack_of[one.index()] == self.rack_of[next.index()]);
        let racks: Vec<(Option<Rack>, &[MemberId])> = in_one_rack.map(|members| (self.rack_of[members[0].index()], members)).collect();
        let by_rack = racks.into_iter().filter_map(|(rack, members)| Some((rack?, self.add(members)))).collect();
        somewhere.sort_unstable_by_key(|member| self.rank_of[member.index()]);
        let somewhere = self.add(somewhere);
        self.shapes.push(Shape { nowhere, somewhere, by_rack });
    }

    /// Adds a set of members, which ascend by price.
    fn add(&mut self, members: &[MemberId]) -> Stretch {
        let start = self.prices.len();
        for &member in members {
            let price = self.price_of(member);
            if self.prices.len() == start || self.prices[self.prices.len() - 1] != price {
                self.prices.push(price);
                self.count.push(self.count[self.count.len() - 1]);
                self.sum.push(self.sum[self.sum.len() - 1]);
            }
            let last = self.prices.len();
            self.count[last] += 1;
            self.sum[last] = self.sum[last].plus(price.into());
        }
        start..self.prices.len()
    }

    /// The subscriptions to a topic.
    pub(super) fn of_topic(&self, topic: TopicId) -> impl Iterator<Item = &Shape> {
        self.by_topic[topic.index()].iter().chain(&self.every).map(|&number| &self.shapes[number as usize])
    }

    /// The number of a rack, if any member is in it.
    pub(super) fn rack(&self, name: &str) -> Option<Rack> {
        self.racks.get(name).copied()
    }

    /// The rack a member is in.
    pub(super) fn rack_of(&self, member: MemberId) -> Option<Rack> {
        self.rack_of[member.index()]
    }

    /// The place of a member's price among all.
    pub(super) fn rank_of(&self, member: MemberId) -> Rank {
        self.rank_of[member.index()]
    }

    /// The price at a place among all.
    pub(super) fn price_at(&self, rank: Rank) -> Price {
        self.ranked[rank.0 as usize]
    }

    /// The price of a member.
    pub(super) fn price_of(&self, member: MemberId) -> Price {
        self.price_at(self.rank_of(member))
    }

    /// The end of those of a stretch whose price is below a limit.
    pub(super) fn below(&self, stretch: &Stretch, limit: Amounts) -> usize {
        stretch.start + self.prices[stretch.clone()].partition_point(|&price| Amounts::from(price) < limit)
    }

    /// How many members a stretch has, and what their prices come to.
    pub(super) fn total(&self, stretch: &Stretch) -> (i128, Amounts) {
        let (start, end) = (stretch.start, stretch.end);
        (self.count[end] - self.count[start], self.sum[end].minus(self.sum[start]))
    }

    /// The prices in a stretch, each with how many members have it.
    pub(super) fn prices(&self, stretch: Stretch) -> impl Iterator<Item = (Price, i128)> {
        stretch.map(|place| (self.prices[place], self.count[place + 1] - self.count[place]))
    }
}
