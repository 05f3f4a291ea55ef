//! A settled flow becomes a plan: who hands what to whom, and the prices that prove it.

use super::local_flow::{LocalFlow, NO_LEVEL};
use super::outcome::Handover;
use crate::balance::plan::Plan;
use crate::balance::proof::{Price, Proof};
use crate::model::{Handed, MemberId, Movement, TopicId, TopicPartition};

impl LocalFlow<'_> {
    /// The plan's proof at the levels and prices of this flow.
    pub(super) fn proof(&self, plan: &Plan) -> Proof {
        let (topics, members) = self.level.split_at(self.topics);
        let (topic_moves, member_moves) = self.price.split_at(self.topics);
        let topics: Vec<u32> = topics.iter().map(|&level| if level == NO_LEVEL { 0 } else { level }).collect();
        let proof = plan.proof.clone().with_levels(members, &topics).with_moves((0, 1), member_moves, topic_moves);
        self.set_free.idle.iter().fold(proof, |proof, &member| proof.with_member(member, Price::of(0, 0)))
    }

    /// Hands partitions over as the flow says. Of each topic a member gives up the highest of its partitions; members that get some take the free ones first.
    pub(super) fn carried_out(&self) -> Handover {
        let mut handed = self.set_free.dropped.clone();
        let mut movements = Vec::new();
        let mut free = self.set_free.to_place.chunk_by(|one, next| one.partition.topic == next.partition.topic).peekable();
        for topic in self.moved.topics() {
            let placed = free.next_if(|same| same[0].partition.topic == topic).unwrap_or_default();
            let given_up: Vec<Handed> = self.given_up(topic);
            let mut takers = self.moved.of_topic(topic).iter().flat_map(|&(member, count)| (0..count).map(move |_| member));
            for (turn, available) in placed.iter().chain(&given_up).enumerate() {
                let Some(to) = takers.next() else { break };
                let &Handed { partition, from, .. } = available;
                handed.push(Handed { partition, from, to: Some(to) });
                if let Some(from) = from.filter(|_| turn >= placed.len()) {
                    movements.push(Movement { partition, from, to });
                }
            }
        }
        handed.sort_unstable_by_key(|handed| handed.partition);
        Handover { handed, movements, placed: self.set_free.to_place.len() as u64, claims: self.claims.clone() }
    }

    fn given_up(&self, topic: TopicId) -> Vec<Handed> {
        let givers = self.moved.of_topic(topic).iter().filter(|(_, count)| *count < 0);
        givers.flat_map(|&(member, count)| self.highest(member, topic, count.unsigned_abs() as usize)).collect()
    }

    fn highest(&self, member: MemberId, topic: TopicId, count: usize) -> Vec<Handed> {
        let claimed: Vec<TopicPartition> = self.claims.partitions_of_topic(member, topic).collect();
        claimed.into_iter().rev().take(count).map(|partition| Handed { partition, from: Some(member), to: None }).collect()
    }
}
