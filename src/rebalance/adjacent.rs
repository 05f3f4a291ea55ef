//! Units sent where a sink is adjacent to a root: most of them, without listing what lies around
//! it. Forward, a topic places partitions with its subscribers; backward, a member pulls what it
//! lacks from owners that can spare some.

use std::ops::ControlFlow;

use crate::model::{MemberId, TopicId};
use crate::network::ShapeId;
use crate::rebalance::budget::{ARC, READ};
use crate::rebalance::residual::ResidualNetwork;
use crate::rebalance::search::Search;
use crate::rebalance::state::{Direction, Node, NodeKind};

/// For each unit placed this many members are asked who has the fewest of the topic.
const ASKED: usize = 4;

/// A member that has others pulls this many partitions of a topic at once: reading who has the
/// topic takes longer than all else about one of them.
const LEAST_OF_A_TOPIC: u32 = 2;

/// Finding what one member claims takes about as long as asking the owners of this many partitions,
/// and of one more for each that it has.
const PARTITIONS_FOR_ONE_OWNER: usize = 64;

/// This many owners of a topic's partitions have been asked once none is left.
const EVERYBODY: u32 = u32::MAX;

/// Which sinks are of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sinks {
    /// Members that lack some, or that must give some up: otherwise others have to be found for
    /// them.
    OnlyImbalances,
    Any,
}

/// Whether there is more of a topic to be pulled from adjacent owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Perhaps,
    Nothing,
}

/// What is known of adjacent sinks while units are sent to the nearest ones.
pub(super) struct Adjacent<'a> {
    /// How far the nearest sinks are from any root.
    nearest: i32,
    /// The sinks that are of interest, one after the other.
    sinks: &'static [Sinks],
    /// By kind of sinks and topic, once there are any: how many owners of its partitions were
    /// asked, and are not asked again.
    asked: [Vec<u32>; 2],
    takers: TakersByShape<'a>,
}

impl<'a> Adjacent<'a> {
    /// Nothing known of the sinks at this distance.
    pub(super) fn new(residual: &ResidualNetwork<'_, 'a>, nearest: i32) -> Self {
        let sinks: &[Sinks] = match residual.state.has_roots(residual.direction().opposite()) {
            true => &[Sinks::OnlyImbalances, Sinks::Any],
            false => &[Sinks::Any],
        };
        Self { nearest, sinks, asked: Default::default(), takers: TakersByShape::default() }
    }

    /// Sends units between a root and adjacent sinks. What then is left has a longer path to go, or
    /// needs more of one member.
    pub(super) fn send(&mut self, residual: &mut ResidualNetwork<'_, 'a>, search: &mut Search, root: Node) {
        match (residual.direction(), residual.state.kind(root)) {
            (Direction::Forward, NodeKind::Topic(topic)) => {
                search.unlist(root);
                self.sinks.iter().for_each(|&sinks| self.place(residual, topic, sinks));
            }
            (Direction::Backward, NodeKind::Member(member)) => {
                self.sinks.iter().for_each(|&sinks| self.pull(residual, search, member, sinks));
            }
            // What a member gives up passes through a topic.
            _ => {}
        }
    }

    /// Gives partitions of a topic to subscribers, first to those that have the fewest of it.
    fn place(&mut self, residual: &mut ResidualNetwork<'_, 'a>, topic: TopicId, sinks: Sinks) {
        let root = residual.state.topic(topic);
        let wanted = residual.state.imbalance(Direction::Forward, root) as usize;
        let (mut looked_at, mut found) = (0, Vec::with_capacity(32));
        let mut look_at = |member: MemberId| {
            looked_at += 1;
            let is_of_interest = sinks.include(residual, residual.state.member(member));
            if is_of_interest && residual.arc_to_subscriber(topic, member, self.nearest).is_some() {
                found.push((0, member));
            }
            if found.len() < ASKED * wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let mut shapes = residual.state.subscribers().shapes_of(topic);
        let _ = shapes.try_for_each(|shape| self.takers.each_of_shape(residual, shape, &mut look_at));
        residual.state.spend(looked_at + self.takers.take_passed_over(), ARC);
        residual.keep_fewest(topic, &mut found, wanted);
        for (_, member) in found {
            residual.state.transfer(member, topic, 1);
            residual.state.settle(Direction::Forward, root, residual.state.member(member), 1);
        }
    }

    /// Takes partitions from members that can spare one or must give some up, of all topics that a
    /// member subscribes to about equally many; a few at a time if it has others.
    fn pull(&mut self, residual: &mut ResidualNetwork<'_, '_>, search: &mut Search, member: MemberId, sinks: Sinks) {
        let root = residual.state.member(member);
        // The nearest sink may be nearer: where some of a topic comes back to the member, or an
        // owner with a positive price must give one up.
        if 1 + residual.state.price(root) != self.nearest {
            return;
        }
        let is_near = |topic: &TopicId| residual.state.level(residual.state.topic(*topic)) == residual.state.level(root);
        let mut topics: Vec<TopicId> = residual.state.group().subscribed_topics(member).filter(is_near).collect();
        residual.state.spend(topics.len(), ARC);
        self.pull_shares(residual, search, (&mut topics, sinks), member);
        while residual.state.imbalance(Direction::Backward, root) > 0 && !topics.is_empty() {
            match few_that_can_spare(residual, &topics, sinks) {
                Some(owners) => return pull_from(residual, search, &owners, (&topics, member)),
                None => self.pull_shares(residual, search, (&mut topics, sinks), member),
            }
        }
    }

    /// Takes partitions of all of these topics about equally many, and keeps the topics of which
    /// there may be more.
    fn pull_shares(
        &mut self,
        residual: &mut ResidualNetwork<'_, '_>,
        search: &mut Search,
        (topics, sinks): (&mut Vec<TopicId>, Sinks),
        member: MemberId,
    ) {
        let least = if residual.state.claims().load(member) > 0 { LEAST_OF_A_TOPIC } else { 1 };
        let mut turns = topics.len() as u32 + 1;
        topics.retain(|&topic| {
            turns -= 1;
            let lacking = residual.state.imbalance(Direction::Backward, residual.state.member(member));
            let share = lacking.div_ceil(turns).max(least).min(lacking);
            share == 0 || self.pull_of_topic(residual, search, (topic, sinks), (member, share)) == Rest::Perhaps
        });
    }

    /// Takes up to this many partitions of a topic, one from each member that can spare one or must
    /// give some up, and claims one that it can give. Who was asked before in this phase for one
    /// partition after the other, for whatever member, is not asked so again.
    fn pull_of_topic(
        &mut self,
        residual: &mut ResidualNetwork<'_, '_>,
        search: &mut Search,
        (topic, sinks): (TopicId, Sinks),
        (member, mut wanted): (MemberId, u32),
    ) -> Rest {
        let all_asked = &mut self.asked[sinks as usize];
        if all_asked.is_empty() {
            all_asked.resize(residual.state.topic_count(), 0);
        }
        let asked = &mut all_asked[topic.index()];
        residual.state.spend(1, ARC);
        if *asked == EVERYBODY {
            return Rest::Nothing;
        }
        residual.state.spend(residual.state.size_of(topic), READ);
        let owners = residual.state.claims().owners_of(topic);
        let mut owners = owners.iter().skip(*asked as usize).map(|(_, owner)| owner);
        let mut last = member;
        while wanted > 0 {
            let gives = |owner: &MemberId| {
                *asked += 1;
                // Consecutive partitions usually have one owner.
                let is_same = std::mem::replace(&mut last, *owner) == *owner;
                !is_same && sinks.include(residual, residual.state.member(*owner)) && residual.can_spare(*owner, topic)
            };
            let Some(owner) = owners.find(gives) else {
                *asked = EVERYBODY;
                return Rest::Nothing;
            };
            pull_one(residual, search, topic, owner, member);
            wanted -= 1;
        }
        Rest::Perhaps
    }
}

/// The members with a sink behind them, forward, of each shape that has several members. While
/// units are sent no member gets a sink, so whoever has none is not looked at again.
#[derive(Default)]
struct TakersByShape<'a> {
    /// By shape, once there are any.
    of_shapes: Vec<Option<TakersOfShape<'a>>>,
    /// How many members were found to have none, and not visited.
    passed_over: usize,
}

struct TakersOfShape<'a> {
    /// Those with a sink, when they were looked at last.
    found: Vec<MemberId>,
    not_looked_at: Box<dyn Iterator<Item = MemberId> + 'a>,
}

impl<'a> TakersByShape<'a> {
    /// Visits the members of a shape that may have a sink, until one is enough.
    fn each_of_shape(
        &mut self,
        residual: &ResidualNetwork<'_, 'a>,
        shape: ShapeId,
        mut visit: impl FnMut(MemberId) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let subscribers = residual.state.subscribers();
        if let Some(only) = subscribers.only_member_of(shape) {
            return visit(only);
        }
        if self.of_shapes.is_empty() {
            self.of_shapes.resize_with(subscribers.shape_count(), || None);
        }
        let unknown = || TakersOfShape { found: Vec::new(), not_looked_at: Box::new(subscribers.members_of(shape)) };
        let TakersOfShape { found, not_looked_at } = self.of_shapes[shape.index()].get_or_insert_with(unknown);
        let has_sink = |member: MemberId| residual.state.sink(Direction::Forward, residual.state.member(member)).is_some();
        let mut place = 0;
        while let Some(&member) = found.get(place) {
            if has_sink(member) {
                visit(member)?;
                place += 1;
            } else {
                found.swap_remove(place);
                self.passed_over += 1;
            }
        }
        for member in not_looked_at {
            if has_sink(member) {
                found.push(member);
                visit(member)?;
            } else {
                self.passed_over += 1;
            }
        }
        ControlFlow::Continue(())
    }

    /// How many members were passed over since this was asked before.
    fn take_passed_over(&mut self) -> usize {
        std::mem::take(&mut self.passed_over)
    }
}

impl Sinks {
    fn include(self, residual: &ResidualNetwork<'_, '_>, node: Node) -> bool {
        self == Self::Any || residual.state.imbalance(residual.direction().opposite(), node) > 0
    }
}

/// The members that can spare a partition of whatever they claim, or must give some up; nothing
/// where the owners of these topics are asked sooner than they.
fn few_that_can_spare(residual: &mut ResidualNetwork<'_, '_>, topics: &[TopicId], sinks: Sinks) -> Option<Vec<MemberId>> {
    let members = residual.state.member_count();
    let partitions = topics.iter().map(|topic| residual.state.size_of(*topic)).sum::<usize>();
    if partitions <= members {
        return None;
    }
    residual.state.spend(members, READ);
    let can_spare = |owner: &MemberId| sinks.include(residual, residual.state.member(*owner)) && residual.is_spare(*owner);
    let owners: Vec<MemberId> = (0..members).map(MemberId::from_index).filter(can_spare).collect();
    (owners.iter().map(|owner| partitions_for(residual, *owner)).sum::<usize>() < partitions).then_some(owners)
}

/// Finding what an owner claims of each topic takes about as long as asking the owners of this many
/// partitions.
fn partitions_for(residual: &ResidualNetwork<'_, '_>, owner: MemberId) -> usize {
    PARTITIONS_FOR_ONE_OWNER + residual.state.target(owner) as usize
}

/// Takes a partition of each of these owners, as long as more are lacking: of the topic, among
/// these in ascending order, of which the member got the fewest.
fn pull_from(residual: &mut ResidualNetwork<'_, '_>, search: &mut Search, owners: &[MemberId], (topics, member): (&[TopicId], MemberId)) {
    for &owner in owners {
        if residual.state.imbalance(Direction::Backward, residual.state.member(member)) == 0 {
            break;
        }
        residual.state.spend(partitions_for(residual, owner), READ);
        let claimed = residual.state.claims().counts_of(owner).into_iter().map(|(topic, _)| topic);
        let shared = claimed.filter(|topic| topics.binary_search(topic).is_ok() && residual.can_spare(owner, *topic));
        if let Some(topic) = shared.min_by_key(|topic| residual.state.net_moves().get(member, *topic)) {
            pull_one(residual, search, topic, owner, member);
        }
    }
}

fn pull_one(residual: &mut ResidualNetwork<'_, '_>, search: &mut Search, topic: TopicId, owner: MemberId, member: MemberId) {
    debug_assert!(owner != member, "who lacks some can spare none");
    let state = &mut *residual.state;
    // What was listed of the topic may show more residual capacity than there is now.
    search.unlist(state.topic(topic));
    state.transfer(owner, topic, -1);
    state.transfer(member, topic, 1);
    state.settle(Direction::Backward, state.member(member), state.member(owner), 1);
}
