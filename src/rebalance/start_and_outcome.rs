//! Where a rebalance starts and what comes of it: the state that a change leaves of a plan, with
//! unassigned partitions, members with a deficit, and levels for who and what is new; and, of the
//! settled state, who hands what to whom, the prices that prove it, and the next plan.

use std::collections::BTreeSet;

use crate::model::{Assignment, Group, MemberId, Movement, TopicId, TopicPartition, Transfer};
use crate::network::impact::{Impact, subscribed_topics};
use crate::network::subscribers::{SubscriberIndex, Subscribers};
use crate::plan::{Plan, Summary};
use crate::proof::Proof;
use crate::rebalance::state::{Node, State};

/// Partitions without an owner to stay with: those to place, and those to which nobody subscribes.
#[derive(Debug, Default)]
pub(super) struct Unassigned {
    /// Partitions to place, ascending, each with the owner it had.
    pub(super) to_place: Vec<Transfer>,
    /// Partitions of topics to which nobody subscribes now.
    pub(super) dropped: Vec<Transfer>,
}

/// The state with what a change leaves unassigned, and what it leaves members short of.
pub(super) fn start<'a>(
    plan: &Plan,
    (group, claims): (&'a Group, &'a Assignment),
    subscribers: &'a Subscribers,
    impact: &Impact,
) -> (State<'a>, Unassigned) {
    let changed_subscribers = impact.left.union(&impact.subscribed).copied().collect();
    let mut state = State::at_rest(plan, group, subscribers, claims).with_changed_subscribers(changed_subscribers);
    let joining = joining_members(&state, plan, impact);
    let all = impact.unassigned(group, claims);
    for from in all.iter().filter_map(|transfer| transfer.from) {
        state.set_target(from, state.target(from) - 1);
    }
    let mut touched = release_all(&mut state, &joining);
    let mut unassigned = Unassigned::default();
    for of_topic in all.chunk_by(|one, next| one.partition.topic == next.partition.topic) {
        let topic = of_topic[0].partition.topic;
        if subscribers.of_topic(topic).next().is_some() {
            state.add_imbalance(state.topic(topic), of_topic.len() as i32);
            unassigned.to_place.extend(of_topic);
            touched.insert(topic);
        } else {
            unassigned.dropped.extend(of_topic);
        }
    }
    put_on_levels(&mut state, &touched, &joining, impact);
    note_deficits(&mut state, &joining, impact);
    (state, unassigned)
}

/// The members whose levels have to be found: those that subscribed to nothing before, and those
/// with a new topic above their level.
fn joining_members(state: &State<'_>, plan: &Plan, impact: &Impact) -> BTreeSet<MemberId> {
    let is_below_a_topic = |member: MemberId| {
        let level = state.level(state.member(member));
        subscribed_topics(state.group(), member).any(|topic| !impact.is_new(topic) && state.level(state.topic(topic)) > level)
    };
    let had_topics = |member: MemberId| plan.group().member(member).is_some() && subscribed_topics(plan.group(), member).next().is_some();
    let has_topics = |member: &MemberId| subscribed_topics(state.group(), *member).next().is_some();
    let subscribed = impact.subscribed.iter().copied();
    subscribed.filter(|member| has_topics(member) && (!had_topics(*member) || is_below_a_topic(*member))).collect()
}

/// Places anew what joining members claim, as if they had joined without claims, though it still
/// costs nothing to give it back; and says of which topics that is.
fn release_all(state: &mut State<'_>, joining: &BTreeSet<MemberId>) -> BTreeSet<TopicId> {
    let mut released = BTreeSet::new();
    for &member in joining {
        for (topic, claimed) in state.claims().counts_of(member) {
            if state.group().subscribes(member, topic) {
                state.transfer(member, topic, -(claimed as i32));
                state.add_imbalance(state.topic(topic), claimed as i32);
                released.insert(topic);
            }
        }
        state.set_target(member, 0);
    }
    released
}

/// Puts topics of which something is unassigned on the level of their lowest subscribers, and
/// joining members on the level of their highest topics: then no subscriber is below its topic.
fn put_on_levels(state: &mut State<'_>, touched: &BTreeSet<TopicId>, joining: &BTreeSet<MemberId>, impact: &Impact) {
    let mut only_joining = BTreeSet::new();
    for &topic in touched {
        match level_for(state, topic, joining, impact) {
            Some(level) => state.set_level(state.topic(topic), level),
            None => drop(only_joining.insert(topic)),
        }
    }
    for &member in joining {
        let shared = subscribed_topics(state.group(), member).filter(|topic| !only_joining.contains(topic));
        let highest = shared.map(|topic| state.level(state.topic(topic))).max().unwrap_or(0);
        state.set_level(state.member(member), highest);
    }
    for &topic in &only_joining {
        let lowest = state.subscribers().of_topic(topic).map(|member| state.level(state.member(member))).min();
        state.set_level(state.topic(topic), lowest.unwrap_or(0));
    }
    joining.iter().for_each(|&member| lower_released(state, member));
}

/// The level of a topic of which something is unassigned: that of its lowest subscribers which are
/// not joining, if there are any, and never lower than before.
fn level_for(state: &State<'_>, topic: TopicId, joining: &BTreeSet<MemberId>, impact: &Impact) -> Option<u32> {
    let others = || state.subscribers().of_topic(topic).filter(|member| !joining.contains(member));
    let levels = || others().map(|member| state.level(state.member(member)));
    let before = state.level(state.topic(topic));
    // Usually a subscriber is on the topic's level, and none is ever lower.
    match impact.is_new(topic) {
        true => levels().min(),
        false if levels().any(|level| level == before) => Some(before),
        false => levels().min().map(|lowest| lowest.max(before)),
    }
}

/// A topic of which a joining member on its level can have back what it claims costs nothing there.
fn lower_released(state: &mut State<'_>, member: MemberId) {
    let level = state.level(state.member(member));
    let released: Vec<Node> = state.net_moves().of_member(member).map(|topic| state.topic(topic)).collect();
    for topic in released {
        if state.level(topic) == level && state.price(topic) > 0 {
            state.add_to_price(topic, -1);
        }
    }
}

/// Notes what joining members lack to reach their levels, and what others lost below theirs.
fn note_deficits(state: &mut State<'_>, joining: &BTreeSet<MemberId>, impact: &Impact) {
    let touched: BTreeSet<MemberId> = impact.subscribed.iter().chain(impact.lost.keys()).copied().collect();
    let group = state.group();
    for member in touched.into_iter().filter(|&member| group.member(member).is_some()) {
        let node = state.member(member);
        if !joining.contains(&member) && subscribed_topics(group, member).next().is_none() {
            state.set_level(node, 0);
            continue;
        }
        let (target, level) = (state.target(member), state.level(node));
        state.add_imbalance(node, -(level.saturating_sub(target) as i32));
        state.set_target(member, target.max(level));
    }
}

/// What becomes of partitions in a rebalance.
#[derive(Debug)]
pub(super) struct RebalanceOutcome {
    /// Who owns what from now on.
    pub(super) assignment: Assignment,
    /// What left an owner, ascending.
    pub(super) movements: Vec<Movement>,
    /// How much of that left an owner who could not keep it, having left or given up the topic.
    pub(super) forced: u64,
    /// How many partitions had no owner to stay with: those, and new ones.
    pub(super) placed: u64,
}

impl Plan {
    /// The plan for a group after a change that touched nobody.
    pub(super) fn unmoved(&self, group: &Group, impact: &Impact) -> Self {
        let summary = Summary {
            partitions: group.partition_count(),
            unassigned: group.partition_count() - self.assignment().len(),
            retained: self.assignment().len(),
            moved: 0,
            forced: 0,
            new: 0,
            ..self.summary()
        };
        let subscribers = self.subscribers().clone().after(self.group(), group, impact);
        Self::new((group.clone(), self.assignment().clone()), (Vec::new(), summary), self.proof().clone().without_moves(), subscribers)
    }

    /// The plan for a group after a change with this outcome.
    pub(super) fn with_outcome(group: &Group, outcome: RebalanceOutcome, proof: Proof, subscribers: SubscriberIndex) -> Self {
        let RebalanceOutcome { assignment, movements, forced, placed } = outcome;
        let claimed = assignment.len() - placed;
        let summary = Summary::of(group, &assignment, movements.len() as u64 - forced, claimed).with_forced(forced);
        let assignment = if assignment.has_many_transfers() { assignment.flattened() } else { assignment };
        Self::new((group.clone(), assignment), (movements, summary), proof, subscribers)
    }
}

/// The plan's proof at the levels and prices of a settled state.
pub(super) fn proof(state: &State<'_>, plan: &Plan) -> Proof {
    let ((topics, members), (topic_moves, member_moves)) = (state.levels(), state.prices());
    let mut topics = topics.to_vec();
    state.group().all_topics().empty().for_each(|topic| topics[topic.index()] = 0);
    plan.proof().clone().at((members, member_moves), (&topics, topic_moves))
}

/// Hands partitions over as a settled state says. Of each topic a member gives up the highest of
/// its partitions; members that get some take the unassigned ones first.
pub(super) fn carry_out(state: &State<'_>, unassigned: Unassigned) -> RebalanceOutcome {
    let Unassigned { to_place, dropped } = unassigned;
    let (mut transfers, mut movements) = (Vec::with_capacity(2 * to_place.len()), Vec::with_capacity(2 * to_place.len()));
    let mut forced = 0;
    let mut of_topics = to_place.chunk_by(|one, next| one.partition.topic == next.partition.topic).peekable();
    let (mut given_up, mut given_by) = (Vec::new(), vec![0; state.member_count()]);
    for topic in state.net_moves().topics() {
        let unassigned = of_topics.next_if(|of_topic| of_topic[0].partition.topic == topic).unwrap_or_default();
        given_up.clear();
        give_up(state, topic, &mut given_by, &mut given_up);
        hand_over(state, topic, (unassigned, &given_up), (&mut transfers, &mut movements));
        forced += unassigned.iter().filter(|transfer| transfer.from.is_some()).count() as u64;
    }
    if !dropped.is_empty() {
        transfers.extend(dropped);
        transfers.sort_unstable_by_key(|transfer| transfer.partition);
    }
    RebalanceOutcome { assignment: state.claims().clone().after(&transfers), movements, forced, placed: to_place.len() as u64 }
}

/// What leaves an owner in transfers. As in an assignment, ids are numbers only.
pub(super) fn movements_of(transfers: &[Transfer]) -> impl Iterator<Item = Movement> {
    transfers.iter().filter_map(|transfer| transfer.of_no_group().movement())
}

/// Finding the partitions of a topic that one member claims takes about as long as reading the
/// owners of this many of it.
const PARTITIONS_FOR_ONE_GIVER: usize = 64;

/// Adds what members have less of a topic, the highest of what each claims. The scratch by member
/// is all 0 before and afterwards.
fn give_up(state: &State<'_>, topic: TopicId, given_by: &mut [u32], given_up: &mut Vec<Transfer>) {
    let givers = || state.net_moves().of_topic(topic).iter().filter(|(_, count)| *count < 0);
    let given = |(partition, owner)| Transfer { partition, from: Some(owner), to: None };
    if givers().count() * PARTITIONS_FOR_ONE_GIVER < state.size_of(topic) {
        for &(giver, count) in givers() {
            let claimed: Vec<TopicPartition> = state.claims().partitions_of_topic(giver, topic).collect();
            let kept = claimed.len().saturating_sub(count.unsigned_abs() as usize);
            given_up.extend(claimed[kept..].iter().map(|&partition| given((partition, giver))));
        }
        return;
    }
    let mut total = 0;
    for (giver, count) in givers() {
        given_by[giver.index()] = count.unsigned_abs();
        total += count.unsigned_abs() as usize;
    }
    let gives = |(partition, owner): (TopicPartition, MemberId)| {
        let count = &mut given_by[owner.index()];
        *count = count.checked_sub(1)?;
        Some(given((partition, owner)))
    };
    given_up.extend(state.claims().owners_of(topic).iter().rev().filter_map(gives).take(total));
}

/// Gives unassigned partitions of a topic, and those given up, to the members that get some, in the
/// order of their numbers.
fn hand_over(
    state: &State<'_>,
    topic: TopicId,
    (unassigned, given_up): (&[Transfer], &[Transfer]),
    (transfers, movements): (&mut Vec<Transfer>, &mut Vec<Movement>),
) {
    let takers = state.net_moves().of_topic(topic).iter().flat_map(|&(member, count)| (0..count).map(move |_| Some(member)));
    let start = transfers.len();
    transfers.extend(unassigned.iter().chain(given_up).zip(takers).map(|(&available, to)| Transfer { to, ..available }));
    transfers[start..].sort_unstable_by_key(|transfer| transfer.partition.partition);
    movements.extend(movements_of(&transfers[start..]));
}
