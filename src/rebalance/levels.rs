//! Levels and prices: topics are priced before the first search; after one, what was nearer than
//! the sinks is priced anew, or what has no sink shifts its level. And levels that a change crosses
//! are shifted in bulk before all searches.

use std::collections::BTreeMap;
use std::mem::take;

use crate::model::TopicId;
use crate::rebalance::budget::ARC;
use crate::rebalance::residual::{ResidualNetwork, few_at_a_price};
use crate::rebalance::search::Search;
use crate::rebalance::state::{Direction, Node, NodeKind, State};

/// At most this many levels are shifted in bulk.
const MOST_LEVELS: u64 = 8;

/// Gives topics the price at which a search puts off most: backward 0, so that whatever a member
/// gets costs a move, and forward 1, so that whatever it gives up does.
///
/// What holds a topic's price up is subscribers with a positive price and units that came and may
/// go back; what holds it down, subscribers with a negative price and units that went and may come
/// back. Topics of which neither is so can have the price.
pub(super) fn price_topics(residual: &mut ResidualNetwork<'_, '_>) {
    let (direction, bounds) = (residual.direction(), residual.state.price_bounds());
    let (price, least_apt) = match direction {
        Direction::Forward => (1, bounds.cheapest_topic),
        Direction::Backward => (0, bounds.dearest_topic),
    };
    if (price - least_apt) * direction.sign() <= 0 {
        return;
    }
    let is_against = |amount: i32| amount * direction.sign() < 0;
    let Some(members) = few_at_a_price(residual.state, is_against) else { return };
    let mut is_held = vec![false; residual.state.topic_count()];
    for topic in members.into_iter().flat_map(|member| residual.state.group().subscribed_topics(member)) {
        is_held[topic.index()] = true;
    }
    residual.state.set_topic_prices(price, |state, topic| {
        let is_nearer = (price - state.price(state.topic(topic))) * direction.sign() > 0;
        is_nearer && !is_held[topic.index()] && !state.net_moves().of_topic(topic).iter().any(|(_, moved)| is_against(*moved))
    });
}

/// Raises or lowers the price of what is nearer than the sinks found by as much as it is nearer:
/// then the paths to them, and their reversals, cost nothing, and no arc less.
pub(super) fn reprice(residual: &mut ResidualNetwork<'_, '_>, search: &Search, nearest: i32) {
    for &node in search.reached() {
        let nearer = nearest - search.distance(node);
        if nearer > 0 {
            residual.state.add_to_price(node, residual.direction().sign() * nearer);
        }
    }
}

/// Raises all that a search met, which came to no sink, by a level, or lowers it.
///
/// Its prices in moves are shifted together so that nothing costs less than nothing between it and
/// the neighbours that it meets there.
pub(super) fn shift_reached(residual: &mut ResidualNetwork<'_, '_>, search: &Search) {
    let direction = residual.direction();
    let shift = search.reached().iter().map(|&node| least_shift(residual, node, search)).max().unwrap_or(0).max(0);
    for &node in search.reached() {
        residual.state.shift_level(direction, node);
        residual.state.add_to_price(node, -direction.sign() * shift);
    }
}

/// By how much a node's price must fall when its level rises, or rise when it falls. A member that
/// rises subscribes to no topic above it, and a topic that falls has no subscriber below it: those
/// two meet nobody.
fn least_shift(residual: &mut ResidualNetwork<'_, '_>, node: Node, search: &Search) -> i32 {
    let (level, price) = (residual.state.level(node), residual.state.price(node));
    let is_met = |other: Node| !search.was_reached(other);
    match (residual.direction(), residual.state.kind(node)) {
        (Direction::Forward, NodeKind::Member(_)) => price,
        (Direction::Backward, NodeKind::Topic(_)) => 0,
        (Direction::Forward, NodeKind::Topic(_)) => residual.most_saved(node, level + 1, is_met),
        (Direction::Backward, NodeKind::Member(_)) => residual.most_saved(node, level.wrapping_sub(1), is_met).max(-price),
    }
}

/// Shifts levels in bulk at which more is to be sent in a direction than their members can take or
/// spare: a head start.
///
/// Where more is to be placed at a level than its members can take, the last of it would be sent
/// the longest paths there are, to the few that can take one still, before a search from there came
/// to no sink and the level rose. So all at that level rise first: whoever could take one lacks one
/// now, the others can take one again, and no path is long. Where more is lacking than can be
/// spared, all fall: whoever could spare one must give it up, and the others can spare one. If that
/// is still too little, the next level is shifted.
///
/// What is shifted is the component of what is to be sent, joined by topics that are subscribed to
/// at that level. That keeps the flow optimal where it is at rest, that is, where nothing moved yet
/// and there is no imbalance the other way but of what shifts along: topics have price 1 then and
/// members 0, so nodes that become neighbours at the new level meet at a cost of 1 + 0 − 1, and
/// members and the ground at 0. And a topic stays with its owners, as they are all at its level.
/// What this takes too far shifts its level again, by a search that comes to no sink.
pub(super) fn shift_in_bulk(state: &mut State<'_>, direction: Direction) {
    let is_at_rest = state.net_moves().is_empty() && !state.has_roots(direction.opposite());
    let mut left = if is_at_rest { MOST_LEVELS } else { 0 };
    while left > 0 && shift_one(state, direction, left) {
        left -= 1;
    }
}

/// Shifts the level at which most is to be sent, if that is too much for it but not for this many
/// more; whether it was.
fn shift_one(state: &mut State<'_>, direction: Direction, levels: u64) -> bool {
    let roots = state.roots(direction);
    let Some((level, sent)) = most_sent(state, direction, &roots) else { return false };
    // Usually there are sinks enough, and that is seen at a glance.
    if state.ground_sinks_at(direction, level) >= sent || !exceeds(state, (sent, levels), direction, level, state.members()) {
        return false;
    }
    let component = component(state, roots, level);
    let is_shifted = exceeds(state, (sent, levels), direction, level, component.iter().copied());
    if is_shifted {
        for node in component {
            // Whoever could take one lacks it; whoever could spare one must give it up. Who lacks
            // some, lacks one less where all fall.
            let has_a_part = state.sink(direction, node).is_some() || state.imbalance(direction, node) > 0;
            state.shift_level(direction, node);
            if has_a_part {
                state.shift_target(direction, node);
            }
        }
    }
    is_shifted
}

/// The level at which most is to be sent, and how much. At level 0 there are members that subscribe
/// to nothing, which have as many as the level says but cannot take one; and there is nothing
/// below.
fn most_sent(state: &State<'_>, direction: Direction, roots: &[Node]) -> Option<(u32, u64)> {
    let mut sent = BTreeMap::new();
    for &root in roots {
        *sent.entry(state.level(root)).or_default() += u64::from(state.imbalance(direction, root));
    }
    sent.into_iter().filter(|(level, _)| *level > 0).max_by_key(|(_, sent)| *sent)
}

/// Whether that is more than the members of these nodes at a level would lack if it was shifted,
/// but not more than if it was this many times: few members by which many levels are to be crossed
/// are searched quickly.
fn exceeds(state: &State<'_>, (sent, levels): (u64, u64), direction: Direction, level: u32, nodes: impl Iterator<Item = Node>) -> bool {
    let members = nodes.filter(|&node| matches!(state.kind(node), NodeKind::Member(_)) && is_at(state, node, level));
    let lacking = members.map(|member| match state.sink(direction, member) {
        Some(_) => 1 + u64::from(state.imbalance(direction.opposite(), member)),
        None => 0,
    });
    let (members, lacking) = lacking.fold((0, 0), |(members, all), lacking| (members + 1, all + lacking));
    sent > lacking && sent <= lacking + levels * members
}

/// The nodes at a level that are connected with some of these, and those themselves.
fn component(state: &mut State<'_>, roots: Vec<Node>, level: u32) -> Vec<Node> {
    let mut found = FoundNodes::none_of(state.nodes().map(|node| is_at(state, node, level)).collect());
    let (mut open, mut is_unseen) = (roots, vec![true; state.subscribers().shape_count()]);
    open.retain(|&node| found.find(node));
    // Usually all are connected, which a few neighbourhoods show.
    while found.missing > 0
        && let Some(node) = open.pop()
    {
        match state.kind(node) {
            NodeKind::Topic(topic) => {
                for shape in state.subscribers().shapes_of(topic).filter(|&shape| take(&mut is_unseen[shape.index()])) {
                    // One of a shape is enough to go on from, as the others have the same topics.
                    let mut first = None;
                    for member in state.subscribers().members_of(shape).map(|member| state.member(member)) {
                        if found.find(member) {
                            first.get_or_insert(member);
                        }
                    }
                    open.extend(first);
                }
            }
            NodeKind::Member(member) => {
                let topics = state.group().subscribed_topics(member).map(|topic: TopicId| state.topic(topic));
                open.extend(topics.filter(|&topic| found.find(topic)));
            }
        }
    }
    state.spend(found.looked_at, ARC);
    found.nodes
}

/// Whether a node is at a level. A member that left is at none, though it keeps the level it had:
/// above level 0 it has less than that says.
fn is_at(state: &State<'_>, node: Node, level: u32) -> bool {
    state.level(node) == level
        && match state.kind(node) {
            NodeKind::Topic(_) => true,
            NodeKind::Member(member) => state.target(member) >= level,
        }
}

/// The nodes at a level that were found so far.
struct FoundNodes {
    is_missing: Vec<bool>,
    missing: usize,
    nodes: Vec<Node>,
    looked_at: usize,
}

impl FoundNodes {
    /// None yet of the nodes that are to be found.
    fn none_of(is_missing: Vec<bool>) -> Self {
        let missing = is_missing.iter().filter(|is_missing| **is_missing).count();
        Self { is_missing, missing, nodes: Vec::with_capacity(missing), looked_at: 0 }
    }

    /// Takes note of a node; whether it is one to be found that was not.
    fn find(&mut self, node: Node) -> bool {
        self.looked_at += 1;
        let is_first = take(&mut self.is_missing[node.index()]);
        if is_first {
            self.missing -= 1;
            self.nodes.push(node);
        }
        is_first
    }
}
