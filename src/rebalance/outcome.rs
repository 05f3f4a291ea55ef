//! A settled flow becomes a plan: who hands what to whom, the prices that prove it, and the plan
//! made from the one before.

use crate::model::{Assignment, Group, MemberId, Movement, TopicId, TopicPartition, Transfer};
use crate::network::impact::Impact;
use crate::network::subscribers::SubscriberIndex;
use crate::plan::{Plan, Summary};
use crate::proof::Proof;
use crate::rebalance::start::Unassigned;
use crate::rebalance::state::State;

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
