//! The closed form on what changed, where all members subscribe to the same topics before and
//! after.

use std::collections::{BTreeMap, VecDeque};

use crate::balance::even::{self, sticky_bounds};
use crate::balance::even_loads::EvenLoads;
use crate::balance::spread::Place;
use crate::balance::two_goals::LevelPrice;
use crate::model::{Assignment, Goal, Group, MemberId, SubscriptionId, TopicId, TopicPartition, Transfer};
use crate::network::impact::{Impact, subscribed_topics};
use crate::plan::Plan;
use crate::proof::Proof;
use crate::rebalance::start_and_outcome::{RebalanceOutcome, movements_of};

/// How many members in turn are asked who has the fewest of a topic.
const ASKED: usize = 4;

/// Up to this many members for each partition of a topic, what each has is looked at in a row: that
/// takes less than going over the partitions again.
const MEMBERS_FOR_ONE_PARTITION: usize = 4;

/// The next plan, if all members that subscribe to anything have one and the same subscription
/// before and after.
pub(super) fn rebalance(plan: &Plan, group: &Group, impact: &Impact) -> Option<Plan> {
    let subscription = plan.subscribers().only_subscription()?;
    let assignment = group.claims().previous()?;
    let members = group.all_members().having(subscription);
    if members.is_empty() || (members.len() < group.all_members().len() && others_have_topics(group, subscription)) {
        return None;
    }
    let unassigned = impact.unassigned(group, assignment);
    let shares = Shares::of(&members, unassigned.len(), assignment);
    let outcome = shares.carry_out(unassigned, assignment);
    let mut proof = shares.proof(plan, group);
    if plan.goals().contains(Goal::Spread) {
        proof = proof.spread_at(&vec![0; group.all_members().numbers()], &shares.spread_prices(group, assignment, &outcome)?);
    }
    let subscribers = plan.subscribers().clone().after(plan.group(), group, impact).all_having(subscription);
    Some(Plan::with_outcome(group, outcome, proof, subscribers))
}

/// Whether a member with another subscription subscribes to anything that exists.
fn others_have_topics(group: &Group, subscription: SubscriptionId) -> bool {
    group
        .all_members()
        .subscriptions_in_order()
        .any(|(member, other)| other != subscription && subscribed_topics(group, member).next().is_some())
}

/// What members had and shall have.
struct Shares {
    even: EvenLoads,
    members: Vec<LoadShare>,
}

struct LoadShare {
    member: MemberId,
    held: u32,
    load: u32,
}

impl Shares {
    fn of(members: &[MemberId], unassigned: usize, assignment: &Assignment) -> Self {
        let loads = assignment.loads();
        let held = || members.iter().map(|&member| loads.get(member.index()).copied().unwrap_or(0));
        let even = EvenLoads::of(held().map(u64::from).sum::<u64>() + unassigned as u64, held());
        let share = |((&member, held), load): ((&MemberId, u32), u32)| LoadShare { member, held, load };
        Self { even, members: members.iter().zip(held()).zip(even.loads(held())).map(share).collect() }
    }

    /// Gives unassigned partitions, and those of members with too many, to members with too few.
    fn carry_out(&self, unassigned: Vec<Transfer>, claims: &Assignment) -> RebalanceOutcome {
        let lacking = self.members.iter().filter(|share| share.held < share.load);
        let mut takers = Turns::new(claims, lacking.map(|share| (share.member, share.load - share.held)).collect());
        let placed = unassigned.len() as u64;
        let mut transfers = unassigned;
        let giving = self.members.iter().filter(|share| share.held > share.load).enumerate();
        for (turn, share) in giving {
            let given = evenly_chosen(claims, share.member, (share.held - share.load) as usize, turn);
            transfers.extend(given.into_iter().map(|partition| Transfer { partition, from: Some(share.member), to: None }));
        }
        transfers.iter_mut().for_each(|transfer| transfer.to = takers.next(transfer.partition.topic));
        let forced = transfers[..placed as usize].iter().filter_map(Transfer::movement).count() as u64;
        transfers.sort_unstable_by_key(|transfer| transfer.partition);
        let movements = movements_of(&transfers).collect();
        RebalanceOutcome { assignment: claims.clone().after(&transfers), movements, forced, placed }
    }

    fn proof(&self, plan: &Plan, group: &Group) -> Proof {
        let (topics, numbers) = (group.all_topics().len(), group.all_members().numbers());
        let (mut levels, mut moves) = (vec![0; numbers], vec![0; numbers]);
        for share in &self.members {
            levels[share.member.index()] = self.even.level;
            moves[share.member.index()] = self.even.member_price(share.held, share.load);
        }
        plan.proof().clone().at((&levels, &moves), (&vec![self.even.level; topics], &vec![self.even.topic_price(); topics]))
    }

    /// The price of each topic in spread, by its id, if the outcome happens to be as even as
    /// balance and stickiness allow: then no flow has to be sought. Linear in partitions, which is
    /// less than what balancing anew takes.
    fn spread_prices(&self, group: &Group, claims: &Assignment, outcome: &RebalanceOutcome) -> Option<Vec<i32>> {
        let mut counts = vec![0; group.all_members().numbers()];
        let mut prices = vec![0; group.all_topics().len()];
        for (topic, described) in group.topics().filter(|(_, described)| described.partitions() > 0) {
            let are_members_few = self.members.len() <= MEMBERS_FOR_ONE_PARTITION * described.partitions() as usize;
            outcome.assignment.each_gain_of(topic, |owner, gain| {
                let count: &mut u32 = &mut counts[owner.index()];
                *count = count.wrapping_add_signed(gain);
            });
            let (least, most) = match are_members_few {
                true => self.extremes(&counts),
                // Some have none.
                false => (0, most_of(&outcome.assignment, topic, &counts)),
            };
            prices[topic.index()] = match most - least {
                0 | 1 => most as i32,
                _ => self.price_within_bounds(topic, &counts, claims)?,
            };
            if are_members_few {
                counts.fill(0);
            } else {
                outcome.assignment.each_gain_of(topic, |owner, _| counts[owner.index()] = 0);
            }
        }
        Some(prices)
    }

    /// The least and the most of a topic that any member has.
    fn extremes(&self, counts: &[u32]) -> (u32, u32) {
        let of_members = self.members.iter().map(|share| counts[share.member.index()]);
        of_members.fold((u32::MAX, 0), |(least, most), count| (least.min(count), most.max(count)))
    }

    /// A price of a topic at which each member has its best count of it, within its bounds.
    fn price_within_bounds(&self, topic: TopicId, counts: &[u32], claims: &Assignment) -> Option<i32> {
        let place = |share: &LoadShare| {
            let of_member = LevelPrice { level: self.even.level, moves: self.even.member_price(share.held, share.load) };
            let of_class = LevelPrice { level: self.even.level, moves: self.even.topic_price() };
            let (class, member) = (topic.index() as u32, share.member.index() as u32);
            let (low, high) = sticky_bounds(of_class, of_member, claims.count_of(share.member, topic));
            Place { class, member, count: counts[share.member.index()], low, high }
        };
        Some(even::price_within_bounds(self.members.iter().map(place))?.0)
    }
}

/// The most of a topic that any member has, of all that ever had some.
fn most_of(assignment: &Assignment, topic: TopicId, counts: &[u32]) -> u32 {
    let mut most = 0;
    assignment.each_gain_of(topic, |owner, _| most = most.max(counts[owner.index()]));
    most
}

/// Members that take partitions in turn, and how many each.
struct Turns<'a> {
    claims: &'a Assignment,
    open: VecDeque<(MemberId, u32)>,
    /// How many those asked have of the topic asked for last, with what was given: counted once,
    /// as that may take a look at all that changed hands of late.
    topic: Option<TopicId>,
    held: BTreeMap<MemberId, u32>,
}

impl<'a> Turns<'a> {
    fn new(claims: &'a Assignment, open: VecDeque<(MemberId, u32)>) -> Self {
        Self { claims, open, topic: None, held: BTreeMap::new() }
    }

    /// The member to take a partition: of the next few in turn, the one with the fewest of the
    /// topic.
    fn next(&mut self, topic: TopicId) -> Option<MemberId> {
        if self.topic.replace(topic) != Some(topic) {
            self.held.clear();
        }
        let (claims, counted) = (self.claims, &mut self.held);
        let held = |&(member, _): &(MemberId, u32)| *counted.entry(member).or_insert_with(|| claims.count_of(member, topic));
        let place = match self.open.len() {
            1 => 0,
            _ => first_fewest(self.open.iter().take(ASKED).map(held))?,
        };
        let (member, takes) = self.open.remove(place)?;
        if takes > 1 {
            self.open.push_back((member, takes - 1));
        }
        // The last one open is not asked, nor will be.
        if let Some(held) = self.held.get_mut(&member) {
            *held += 1;
        }
        Some(member)
    }
}

/// Where the first of the smallest counts is. Nothing is smaller than 0, so nobody is asked after
/// that.
fn first_fewest(counts: impl Iterator<Item = u32>) -> Option<usize> {
    let mut fewest = None;
    for (place, count) in counts.enumerate() {
        if fewest.is_none_or(|(least, _)| count < least) {
            fewest = Some((count, place));
        }
        if count == 0 {
            break;
        }
    }
    fewest.map(|(_, place)| place)
}

/// This many of a member's partitions, evenly spaced over its topics; where to begin changes from
/// turn to turn.
fn evenly_chosen(assignment: &Assignment, member: MemberId, count: usize, turn: usize) -> Vec<TopicPartition> {
    let load = assignment.load(member) as usize;
    if count == 1 {
        return assignment.partitions_of(member).nth(turn % load).into_iter().collect();
    }
    let all: Vec<TopicPartition> = assignment.partitions_of(member).collect();
    (0..count).map(|place| all[(turn + place * load / count) % load]).collect()
}
