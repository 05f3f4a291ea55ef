//! The bound that prices prove, evaluated without the solver.
//!
//! Think of every partition as bought from its class at the class's price and sold to a member at
//! the member's. A plan then costs what its parts cost:
//!
//! ```text
//!   Σ classes c            partitions × price of c
//! + Σ members m            load² of balance − load × price of m
//! + Σ topics t, members m  what the counts x_c of the topic's classes at m cost in rack,
//!                          stickiness and spread − Σ_c x_c × (price of c − price of m)
//! ```
//!
//! Each part alone has a least cost in closed form, and the sum of those is a bound that no plan
//! beats (weak duality), whatever the prices. With the right prices a plan meets it. Costs are
//! compared lexicographically throughout, which changes nothing: like numbers they can be added,
//! and sums keep their order.
//!
//! Of a topic and a member the k-th partition in all costs 2k − 1 of spread. So partitions are
//! taken class by class, those first that cost least, until the next one costs more than nothing.

use std::collections::BTreeMap;

use super::audit::{Audit, RackSet};
use super::prices::{Amounts, Price, Prices, TopicPrices};
use super::subscribers::{PricedSubscribers, Rack, Rank, Shape, Stretch};
use crate::model::{Goal, Goals, MemberId, NO_OWNER, Name, Topic, TopicId};

/// The bound of these prices on every plan of the group.
///
/// Near linear in the group as it is written: the pairs of a topic and a subscription that names
/// it, members, claims, partitions. Members with one subscription are one stretch of prices, of
/// which each topic looks at the few where something changes: at most twice its partitions, however
/// many different prices there are.
pub(super) fn bound(goals: Goals, members: &Prices, topics: &TopicPrices, audit: &Audit<'_>) -> Amounts {
    let judge = BoundTerms::of(goals, members, audit);
    let partitions = audit.partitions().into();
    let group = audit.group();
    let mut tally = vec![0; group.all_members().numbers()];
    let mut least = Amounts::ZERO;
    for (member, _) in group.members() {
        least = least.plus(judge.least_of_load(judge.subscribers.price_of(member), partitions));
    }
    for topic in audit.topics() {
        let classes = judge.classes(topic, group.all_topics().get(topic), topics);
        let supplies = classes.all.iter().map(|class| Amounts::from(class.price).times(class.partitions));
        least = supplies.fold(least, Amounts::plus);
        let costs = judge.costs(&classes);
        for shape in judge.subscribers.of_topic(topic) {
            least = least.plus(judge.least_of_shape(&costs, shape));
        }
        if judge.stickiness.is_some() {
            least = least.plus(judge.changed_by_claims(&classes, &costs, audit.claimants_of(topic), &mut tally));
        }
    }
    least
}

/// What the goals ask for, and who subscribes.
struct BoundTerms<'g> {
    balance: Option<usize>,
    rack: Option<usize>,
    stickiness: Option<usize>,
    spread: Option<usize>,
    subscribers: PricedSubscribers<'g>,
}

/// A topic's classes.
struct ClassesOfTopic {
    all: Vec<Class>,
    /// The class of each partition; empty where there is but one.
    of: Vec<ClassId>,
    /// Which classes have replicas in each rack that a member is in.
    in_rack: BTreeMap<Rack, Vec<ClassId>>,
}

/// A class's place among those of its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ClassId(u32);

impl ClassId {
    /// The only class of a topic that has but one.
    const ONLY: Self = Self(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// Partitions of a topic with the same racks.
struct Class {
    partitions: i128,
    price: Price,
    /// Whether it is known where its replicas are.
    has_racks: bool,
}

/// A member with valid claims to partitions of one class of a topic, as far as they matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EqualClaims {
    rank: Rank,
    rack: Option<Rack>,
    class: ClassId,
    count: u32,
}

/// What partitions of a topic cost a member, apart from its price, claims and spread: class by
/// class, cheapest first.
struct Costs {
    /// A member in no rack.
    nowhere: Vec<ClassUnits>,
    /// A member in a rack that none of the replicas is in.
    elsewhere: Vec<ClassUnits>,
    /// A member in one of these racks.
    in_rack: BTreeMap<Rack, Vec<ClassUnits>>,
}

/// Partitions of a class that cost a member the same.
#[derive(Clone, Copy, Debug)]
struct ClassUnits {
    class: ClassId,
    count: i128,
    each: Amounts,
}

impl<'g> BoundTerms<'g> {
    fn of(goals: Goals, members: &Prices, audit: &Audit<'g>) -> Self {
        let rack = goals.position(Goal::Rack);
        Self {
            balance: goals.position(Goal::Balance),
            rack,
            stickiness: goals.position(Goal::Stickiness),
            spread: goals.position(Goal::Spread),
            subscribers: PricedSubscribers::of(audit, members, rack.is_some()),
        }
    }

    /// The least of load² − price × load, over all loads up to `most`.
    fn least_of_load(&self, price: Price, most: i128) -> Amounts {
        let each = Amounts::ZERO.minus(price.into());
        let load = taken(each, self.balance, 0, most);
        each.times(load).plus(Amounts::unit(self.balance, load * load))
    }

    /// A topic's partitions by racks and prices.
    fn classes(&self, id: TopicId, topic: &Topic, prices: &TopicPrices) -> ClassesOfTopic {
        let partitions = topic.partitions().into();
        let one =
            |price| ClassesOfTopic { all: vec![Class { partitions, price, has_racks: false }], of: Vec::new(), in_rack: BTreeMap::new() };
        match (topic.racks(), prices.classes(id)) {
            (None, None) => one(prices.topic(id)),
            // Without racks there is one class, in no rack that is known.
            (None, Some(_)) => one(prices.class(id, &RackSet::default())),
            (Some(_), None) if self.rack.is_none() => one(prices.topic(id)),
            (Some(racks), _) => self.classes_by_racks(racks, |racks| prices.class(id, racks)),
        }
    }

    fn classes_by_racks(&self, racks: &[Box<[Name]>], price: impl Fn(&RackSet) -> Price) -> ClassesOfTopic {
        let mut classes = ClassesOfTopic { all: Vec::new(), of: Vec::with_capacity(racks.len()), in_rack: BTreeMap::new() };
        // Many partitions list the same racks in the same order; sets are made once for each list.
        let mut listed: BTreeMap<&[Name], ClassId> = BTreeMap::new();
        let mut numbers: BTreeMap<RackSet, ClassId> = BTreeMap::new();
        for replicas in racks {
            let class = *listed.entry(replicas).or_insert_with(|| {
                let set = RackSet::of(replicas.iter().cloned());
                *numbers.entry(set).or_insert_with_key(|set| {
                    let class = ClassId(classes.all.len() as u32);
                    classes.all.push(Class { partitions: 0, price: price(set), has_racks: !set.racks().is_empty() });
                    for rack in set.racks().iter().filter_map(|rack| self.subscribers.rack(rack)) {
                        classes.in_rack.entry(rack).or_default().push(class);
                    }
                    class
                })
            });
            classes.all[class.index()].partitions += 1;
            classes.of.push(class);
        }
        classes
    }

    /// What a topic's classes cost members by where they are.
    fn costs(&self, classes: &ClassesOfTopic) -> Costs {
        let units = |mismatches: &dyn Fn(ClassId) -> bool| {
            let cost = |(id, class): (ClassId, &Class)| ClassUnits {
                class: id,
                count: class.partitions,
                each: Amounts::unit(self.stickiness, 1).plus(Amounts::unit(self.rack, mismatches(id).into())).minus(class.price.into()),
            };
            let mut units: Vec<ClassUnits> = (0..).map(ClassId).zip(&classes.all).map(cost).collect();
            units.sort_unstable_by_key(|units| units.each);
            units
        };
        let known = |class: ClassId| classes.all[class.index()].has_racks;
        let in_rack = classes.in_rack.iter().map(|(&rack, inside)| {
            let is_outside = |class: ClassId| known(class) && inside.binary_search(&class).is_err();
            (rack, units(&is_outside))
        });
        Costs { nowhere: units(&|_| false), elsewhere: units(&known), in_rack: in_rack.collect() }
    }

    /// The least that a topic's partitions cost members with one subscription, without claims.
    fn least_of_shape(&self, costs: &Costs, shape: &Shape) -> Amounts {
        let nowhere = self.least_of_all(&costs.nowhere, &shape.nowhere);
        // All who are in a rack, as if elsewhere; then those whose rack has replicas, as they are.
        let mut least = nowhere.plus(self.least_of_all(&costs.elsewhere, &shape.somewhere));
        let mut correct = |members: &Stretch, here: &[ClassUnits]| {
            let as_elsewhere = self.least_of_all(&costs.elsewhere, members);
            least = least.plus(self.least_of_all(here, members)).minus(as_elsewhere);
        };
        // Either may have very many racks, written down or stood in one by one; not both.
        match costs.in_rack.len() < shape.by_rack.len() {
            true => costs.in_rack.iter().for_each(|(rack, here)| {
                if let Ok(place) = shape.by_rack.binary_search_by_key(rack, |by_rack| by_rack.0) {
                    correct(&shape.by_rack[place].1, here);
                }
            }),
            false => shape.by_rack.iter().for_each(|(rack, members)| {
                if let Some(here) = costs.in_rack.get(rack) {
                    correct(members, here);
                }
            }),
        }
        least
    }

    /// The least that a topic's partitions cost each of some members, added up.
    fn least_of_all(&self, costs: &[ClassUnits], members: &Stretch) -> Amounts {
        let mut least = Amounts::ZERO;
        let mut before = 0;
        if members.is_empty() {
            return least;
        }
        for units in costs {
            // The higher the price of a member, the fewer it takes: some take all, some take a
            // part, some none.
            let limit = |nth: i128| Amounts::ZERO.minus(units.each).minus(Amounts::unit(self.spread, 2 * nth - 1));
            let any = self.subscribers.below(members, limit(before + 1));
            let all = match self.spread {
                Some(_) => self.subscribers.below(&(members.start..any), limit(before + units.count)),
                None => any,
            };
            let (count, sum) = self.subscribers.total(&(members.start..all));
            let whole = units.each.times(units.count).plus(self.squares(before, units.count));
            least = least.plus(whole.times(count)).plus(sum.times(units.count));
            // Those that take a part are looked at unit by unit or price by price: what is less.
            match units.count < (any - all) as i128 {
                true => {
                    for nth in before + 1..=before + units.count {
                        let end = self.subscribers.below(&(all..any), limit(nth));
                        let (count, sum) = self.subscribers.total(&(all..end));
                        least = least.plus(sum).minus(limit(nth).times(count));
                    }
                }
                false => {
                    for (price, count) in self.subscribers.prices(all..any) {
                        let each = units.each.plus(price.into());
                        let taken = taken(each, self.spread, before, units.count);
                        least = least.plus(each.times(taken).plus(self.squares(before, taken)).times(count));
                    }
                }
            }
            before += units.count;
            if any == members.start {
                break;
            }
        }
        least
    }

    /// By how much claims change the least that a topic's partitions cost its subscribers.
    ///
    /// Many members claim as many partitions of a topic at one price, and are looked at once.
    fn changed_by_claims(&self, classes: &ClassesOfTopic, costs: &Costs, claimants: &[u32], tally: &mut [u32]) -> Amounts {
        let mut equal: Vec<EqualClaims> = Vec::new();
        let mut change = Amounts::ZERO;
        let of_member = |member: MemberId, class: ClassId, count: u32| EqualClaims {
            rank: self.subscribers.rank_of(member),
            rack: self.subscribers.rack_of(member),
            class,
            count,
        };
        if classes.of.is_empty() {
            let claimants = || claimants.iter().copied().filter(|claimant| *claimant != NO_OWNER);
            claimants().for_each(|claimant| tally[claimant as usize] += 1);
            let counted = claimants().map(|claimant| (claimant, std::mem::take(&mut tally[claimant as usize])));
            equal.extend(
                counted
                    .filter(|(_, count)| *count > 0)
                    .map(|(claimant, count)| of_member(MemberId::from_raw(claimant), ClassId::ONLY, count)),
            );
        } else {
            let valid = claimants.iter().zip(&classes.of).filter(|(claimant, _)| **claimant != NO_OWNER);
            let mut claims: Vec<(MemberId, ClassId)> = valid.map(|(&claimant, &class)| (MemberId::from_raw(claimant), class)).collect();
            claims.sort_unstable();
            for claims in claims.chunk_by(|one, next| one.0 == next.0) {
                let (member, class) = claims[0];
                match claims.iter().all(|claim| claim.1 == class) {
                    true => equal.push(of_member(member, class, claims.len() as u32)),
                    false => {
                        let of_class = claims.chunk_by(|one, next| one.1 == next.1);
                        let counts: Vec<(ClassId, u32)> = of_class.map(|claims| (claims[0].1, claims.len() as u32)).collect();
                        let of_member = of_member(member, class, 0);
                        change = change.plus(self.changed_by_claims_to(&of_member, &counts, costs));
                    }
                }
            }
        }
        equal.sort_unstable();
        for members in equal.chunk_by(|one, next| one == next) {
            let one = &members[0];
            change = change.plus(self.changed_by_claims_to(one, &[(one.class, one.count)], costs).times(members.len() as i128));
        }
        change
    }

    /// By how much claims to this many partitions of these classes, which ascend, change what a
    /// topic's partitions cost a member at least.
    fn changed_by_claims_to(&self, member: &EqualClaims, claims: &[(ClassId, u32)], costs: &Costs) -> Amounts {
        let costs = costs.of(member.rack);
        let claimed = |class: ClassId| claims.binary_search_by_key(&class, |claim| claim.0).map_or(0, |place| claims[place].1.into());
        // What is claimed need not move, so it costs one less.
        let kept = |units: &ClassUnits| ClassUnits {
            count: claimed(units.class),
            each: units.each.minus(Amounts::unit(self.stickiness, 1)),
            ..*units
        };
        let others = |units: &ClassUnits| ClassUnits { count: units.count - claimed(units.class), ..*units };
        let mut with_claims: Vec<ClassUnits> = costs.iter().map(kept).filter(|kept| kept.count > 0).collect();
        with_claims.extend(costs.iter().map(others));
        with_claims.sort_by_key(|units| units.each);
        let price = self.subscribers.price_at(member.rank);
        self.least_of_one(&with_claims, price).minus(self.least_of_one(costs, price))
    }

    /// The least that a topic's partitions cost a member at this price.
    fn least_of_one(&self, costs: &[ClassUnits], price: Price) -> Amounts {
        let (mut least, mut before) = (Amounts::ZERO, 0);
        for units in costs {
            let each = units.each.plus(price.into());
            let taken = taken(each, self.spread, before, units.count);
            least = least.plus(each.times(taken)).plus(self.squares(before, taken));
            before += taken;
            // The next ones cost more.
            if taken < units.count {
                break;
            }
        }
        least
    }

    /// What this many more partitions cost in spread.
    fn squares(&self, before: i128, more: i128) -> Amounts {
        Amounts::unit(self.spread, more * (2 * before + more))
    }
}

impl Costs {
    /// What partitions cost a member in this rack.
    fn of(&self, rack: Option<Rack>) -> &[ClassUnits] {
        match rack {
            None => &self.nowhere,
            Some(rack) => self.in_rack.get(&rack).unwrap_or(&self.elsewhere),
        }
    }
}

/// How many of up to `most` units to take after those before: as long as the next one costs less
/// than nothing. The k-th in all costs `each`, and 2k − 1 of the goal at the place of squares.
fn taken(each: Amounts, squares: Option<usize>, before: i128, most: i128) -> i128 {
    let Some(place) = squares else { return if each < Amounts::ZERO { most } else { 0 } };
    let (earlier, later) = (&each.0[..place], &each.0[place + 1..]);
    match earlier.iter().find(|amount| **amount != 0) {
        Some(amount) if *amount < 0 => most,
        Some(_) => 0,
        None => {
            // Where the squares come to nothing as well, later goals decide.
            let is_tie_taken = later.iter().find(|amount| **amount != 0).is_some_and(|amount| *amount < 0);
            let last = (i128::from(is_tie_taken) - each.0[place]).div_euclid(2);
            (last - before).clamp(0, most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Group, NewMember, NewTopic, Subscription, TopicPartition};

    /// Numbers that follow from a seed (Knuth's linear congruence).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }

        fn one_in(&mut self, count: u64) -> bool {
            self.below(count) == 0
        }

        /// A component near those of real prices, or anything.
        fn component(&mut self) -> i64 {
            match self.below(40) {
                0 => i64::MIN,
                1 => i64::MAX,
                2..6 => 0,
                _ => self.below(13) as i64 - 3,
            }
        }

        fn price(&mut self) -> Price {
            [0, 1, 2, 3].map(|place| (place, self.component())).into_iter().fold(Price::ZERO, |price, (place, component)| {
                // Equal components are where later ones decide.
                price.with(place, if place < 2 && component > 0 { component % 3 } else { component })
            })
        }

        fn goals(&mut self) -> Goals {
            let mut goals = Goal::ALL.to_vec();
            goals.sort_by_cached_key(|_| self.below(1000));
            goals.truncate(1 + self.below(4) as usize);
            Goals::new(goals).expect("each once")
        }

        fn racks(&mut self) -> Vec<String> {
            (0..self.below(3)).map(|_| ["a", "b", "c", ""][self.below(4) as usize].to_string()).collect()
        }

        fn group(&mut self) -> Group {
            let topic = |name: usize, numbers: &mut Self| {
                let mut topic = NewTopic::new(format!("t{name}"), numbers.below(5) as u32);
                topic.racks = (!numbers.one_in(3)).then(|| (0..topic.partitions).map(|_| numbers.racks()).collect());
                topic
            };
            let topics: Vec<NewTopic> = (0..3).map(|name| topic(name, self)).collect();
            let member = |name: usize, numbers: &mut Self| {
                let subscription = match numbers.below(4) {
                    0 => Subscription::from(["t0", "t2"]),
                    1 => Subscription::from(["t1"]),
                    _ => Subscription::Every,
                };
                let mut member = NewMember::new(format!("m{name}"), subscription).generation(numbers.below(3) as i64);
                member.rack = (!numbers.one_in(3)).then(|| ["a", "b", "d"][numbers.below(3) as usize].to_string());
                for topic in 0..3 {
                    member = member.owning(format!("t{topic}"), (0..5).filter(|_| numbers.one_in(4)).collect::<Vec<u32>>());
                }
                member
            };
            let members: Vec<NewMember> = (0..self.below(6) as usize).map(|name| member(name, self)).collect();
            Group::new(&topics, &members).expect("names differ")
        }
    }

    /// The bound as the sum at the head of this file says it: part by part, trying every load and
    /// all counts.
    fn plain_bound(goals: Goals, members: &Prices, topics: &TopicPrices, group: &Group) -> Amounts {
        let audit = Audit::of(group);
        let unit = |goal: Goal, amount: i128| Amounts::unit(goals.position(goal), amount);
        let price = |member: MemberId| Amounts::from(members.get(member.index()));
        let of_member = |member: MemberId| {
            let cost = |load: i128| unit(Goal::Balance, load * load).minus(price(member).times(load));
            (0..=audit.partitions().into()).map(cost).min().expect("there is 0")
        };
        let loads = group.members().map(|(member, _)| of_member(member)).fold(Amounts::ZERO, Amounts::plus);
        let of_topic = |topic: TopicId| {
            let racks_of = |partition: u32| {
                let racks = group.all_topics().get(topic).racks().map(|racks| RackSet::of(racks[partition as usize].iter().cloned()));
                racks.unwrap_or_default()
            };
            let mut classes: BTreeMap<RackSet, Vec<u32>> = BTreeMap::new();
            (0..group.all_topics().get(topic).partitions())
                .for_each(|partition| classes.entry(racks_of(partition)).or_default().push(partition));
            let class_price = |racks: &RackSet| Amounts::from(topics.class(topic, racks));
            let supply = classes.iter().map(|(racks, partitions)| class_price(racks).times(partitions.len() as i128));
            let of_pair = |member: MemberId| {
                let rack = group.member(member).and_then(|member| member.rack());
                let mut costs = vec![(0_i128, Amounts::ZERO)];
                for (racks, partitions) in &classes {
                    let mismatch = rack.is_some_and(|rack| !racks.racks().is_empty() && !racks.contains(rack));
                    let claimed =
                        partitions.iter().filter(|&&partition| audit.claimant(TopicPartition { topic, partition }) == Some(member));
                    let claimed = claimed.count() as i128;
                    let cost = |count: i128| {
                        let each = unit(Goal::Rack, mismatch.into()).minus(class_price(racks)).plus(price(member));
                        each.times(count).plus(unit(Goal::Stickiness, (count - claimed).max(0)))
                    };
                    costs = costs
                        .iter()
                        .flat_map(|&(before, sum)| (0..=partitions.len() as i128).map(move |count| (before + count, sum.plus(cost(count)))))
                        .collect();
                }
                costs.into_iter().map(|(count, cost)| cost.plus(unit(Goal::Spread, count * count))).min().expect("there is nothing")
            };
            let subscribers = group.members().filter(|(member, _)| group.subscribes(*member, topic));
            subscribers.map(|(member, _)| of_pair(member)).chain(supply).fold(Amounts::ZERO, Amounts::plus)
        };
        audit.topics().map(of_topic).fold(loads, Amounts::plus)
    }

    /// Members and topics treated together come to what they come to one by one, at whatever
    /// prices.
    #[test]
    fn the_bound_is_the_sum_of_its_parts() {
        for seed in 0..4000 {
            let mut numbers = Numbers(seed);
            let (group, goals) = (numbers.group(), numbers.goals());
            let few: Vec<Price> = (0..3).map(|_| numbers.price()).collect();
            let mut price = || if numbers.one_in(2) { few[numbers.below(3) as usize] } else { numbers.price() };
            let members = Prices::of(&(0..6).map(|_| price()).collect::<Vec<Price>>());
            let mut topics = TopicPrices::of(Prices::of(&[price(), price(), price()]));
            for (topic, _) in group.topics().skip(1) {
                let racks = [vec![], vec!["a"], vec!["b"], vec!["a", "b"], vec!["b", "c"]];
                topics = topics.with_classes(topic, racks.into_iter().map(|racks| (RackSet::of(racks), price())).collect());
            }
            let found = bound(goals, &members, &topics, &Audit::of(&group));
            assert_eq!(found, plain_bound(goals, &members, &topics, &group), "seed {seed}, {goals}");
        }
    }
}
