//! A settled flow becomes a plan: who hands what to whom, and the prices that prove it.

use crate::model::{MemberId, TopicId, TopicPartition, Transfer};
use crate::plan::Plan;
use crate::proof::Proof;
use crate::rebalance::outcome::{Outcome, movement};
use crate::rebalance::start::SetFree;
use crate::rebalance::state::LocalFlow;

/// Finding the partitions of a topic that one member has takes about as long as going over so many
/// of all.
const PARTITIONS_FOR_ONE_GIVER: usize = 64;

impl LocalFlow<'_> {
    /// The plan's proof at the levels and prices of this flow.
    pub(crate) fn proof(&self, plan: &Plan) -> Proof {
        let (topics, members) = self.level.split_at(self.topics);
        let (topic_moves, member_moves) = self.price.split_at(self.topics);
        let mut topics = topics.to_vec();
        self.group.all_topics().empty().for_each(|topic| topics[topic.index()] = 0);
        plan.proof.clone().at((members, member_moves), (&topics, topic_moves))
    }

    /// Hands partitions over as the flow says. Of each topic a member gives up the highest of its
    /// partitions; members that get some take the free ones first.
    pub(crate) fn carried_out(mut self) -> Outcome {
        let SetFree { to_place, dropped } = std::mem::take(&mut self.set_free);
        let (handed, movements) = (Vec::with_capacity(2 * to_place.len()), Vec::with_capacity(to_place.len()));
        let mut outcome = Outcome { placed: to_place.len() as u64, claims: self.claims.clone(), handed, movements };
        let mut of_topics = to_place.chunk_by(|one, next| one.partition.topic == next.partition.topic).peekable();
        let topics: Vec<TopicId> = self.moved.topics().collect();
        let mut given_up = Vec::new();
        for topic in topics {
            let free = of_topics.next_if(|free| free[0].partition.topic == topic).unwrap_or_default();
            given_up.clear();
            self.give_up(topic, &mut given_up);
            self.hand_over(topic, (free, &given_up), &mut outcome);
        }
        if !dropped.is_empty() {
            outcome.handed.extend(dropped);
            outcome.handed.sort_unstable_by_key(|handed| handed.partition);
        }
        outcome
    }

    /// Gives free partitions of a topic, and those given up, to the members that get some, in the
    /// order of their numbers.
    fn hand_over(&self, topic: TopicId, (free, given_up): (&[Transfer], &[Transfer]), outcome: &mut Outcome) {
        let Outcome { handed, movements, .. } = outcome;
        let takers = self.moved.of_topic(topic).iter().flat_map(|&(member, count)| (0..count).map(move |_| Some(member)));
        let (start, first) = (handed.len(), movements.len());
        handed.extend(free.iter().chain(given_up).zip(takers).map(|(&available, to)| Transfer { to, ..available }));
        movements.extend(handed[start..].iter().skip(free.len()).filter_map(movement));
        handed[start..].sort_unstable_by_key(|handed| handed.partition.partition);
        movements[first..].sort_unstable_by_key(|movement| movement.partition.partition);
    }

    /// Adds what members have less of a topic, the highest of what each claims.
    fn give_up(&mut self, topic: TopicId, given_up: &mut Vec<Transfer>) {
        let givers = || self.moved.of_topic(topic).iter().filter(|(_, count)| *count < 0);
        match givers().count() * PARTITIONS_FOR_ONE_GIVER < self.size_of(topic) {
            false => {
                let mut total = 0;
                for (giver, count) in givers() {
                    self.tally[giver.index()] = count.unsigned_abs();
                    total += count.unsigned_abs() as usize;
                }
                self.give_tallied(topic, total, given_up);
            }
            true => givers().for_each(|&(giver, count)| self.give_highest(giver, topic, count.unsigned_abs() as usize, given_up)),
        }
    }

    fn give_highest(&self, giver: MemberId, topic: TopicId, count: usize, given_up: &mut Vec<Transfer>) {
        let start = given_up.len();
        let claimed = self.claims.partitions_of_topic(giver, topic);
        given_up.extend(claimed.map(|partition| Transfer { partition, from: Some(giver), to: None }));
        let kept = given_up.len().saturating_sub(count).max(start);
        given_up.drain(start..kept);
    }

    /// Adds the highest partitions of a topic, so many of each member as the tally says, which are
    /// so many in all.
    fn give_tallied(&mut self, topic: TopicId, total: usize, given_up: &mut Vec<Transfer>) {
        let gives = |(partition, owner): (TopicPartition, MemberId)| {
            let count = &mut self.tally[owner.index()];
            *count = count.checked_sub(1)?;
            Some(Transfer { partition, from: Some(owner), to: None })
        };
        given_up.extend(self.claims.owners_of(topic).iter().rev().filter_map(gives).take(total));
    }
}
