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
        let givers: Vec<(MemberId, usize)> = self.moved.of_topic(topic).iter().filter(|(_, count)| *count < 0).map(given_by).collect();
        match givers.len() * PARTITIONS_FOR_ONE_LOOKUP > self.group.topic(topic).partitions() as usize {
            true => self.highest_of_many(topic, givers),
            false => givers.into_iter().flat_map(|(member, count)| self.highest(member, topic, count)).collect(),
        }
    }

    fn highest(&self, member: MemberId, topic: TopicId, count: usize) -> Vec<Handed> {
        let claimed: Vec<TopicPartition> = self.claims.partitions_of_topic(member, topic).collect();
        claimed.into_iter().rev().take(count).map(|partition| Handed { partition, from: Some(member), to: None }).collect()
    }

    fn highest_of_many(&self, topic: TopicId, mut givers: Vec<(MemberId, usize)>) -> Vec<Handed> {
        let owned: Vec<(TopicPartition, MemberId)> = self.claims.owners_of(topic).collect();
        let gives = |&(partition, owner): &(TopicPartition, MemberId)| {
            let place = givers.binary_search_by_key(&owner, |giver| giver.0).ok()?;
            let count = &mut givers[place].1;
            *count = count.checked_sub(1)?;
            Some(Handed { partition, from: Some(owner), to: None })
        };
        owned.iter().rev().filter_map(gives).collect()
    }
}

/// Finding what one member has of a topic takes about as long as going over so many of its partitions.
const PARTITIONS_FOR_ONE_LOOKUP: usize = 64;

fn given_by(&(member, count): &(MemberId, i32)) -> (MemberId, usize) {
    (member, count.unsigned_abs() as usize)
}
