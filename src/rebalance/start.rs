//! What a change leaves of a plan: unassigned partitions, members with a deficit, and levels for
//! who and what is new.

use std::collections::BTreeSet;

use crate::model::{Assignment, Group, MemberId, TopicId, Transfer};
use crate::network::impact::{Impact, subscribed_topics};
use crate::network::subscribers::Subscribers;
use crate::plan::Plan;
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
