//! A settled flow becomes a plan: who hands what to whom, and the prices that prove it.

use super::local_flow::{LocalFlow, NO_LEVEL};
use super::outcome::Handover;
use super::start::SetFree;
use crate::balance::plan::Plan;
use crate::balance::proof::Proof;
use crate::model::{Handed, MemberId, Movement, TopicId, TopicPartition};

impl LocalFlow<'_> {
    /// The plan's proof at the levels and prices of this flow.
    pub(super) fn proof(&self, plan: &Plan) -> Proof {
        let (topics, members) = self.level.split_at(self.topics);
        let (topic_moves, member_moves) = self.price.split_at(self.topics);
        let topics: Vec<u32> = topics.iter().map(|&level| if level == NO_LEVEL { 0 } else { level }).collect();
        plan.proof.clone().at((members, member_moves), (&topics, topic_moves))
    }

    /// Hands partitions over as the flow says. Of each topic a member gives up the highest of its partitions; members that get some take the free ones first.
    pub(super) fn carried_out(mut self) -> Handover {
        let SetFree { to_place, dropped: mut handed } = std::mem::take(&mut self.set_free);
        let mut movements = Vec::new();
        let mut free = to_place.chunk_by(|one, next| one.partition.topic == next.partition.topic).peekable();
        let topics: Vec<TopicId> = self.moved.topics().collect();
        for topic in topics {
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
        Handover { handed, movements, placed: to_place.len() as u64, claims: self.claims.clone() }
    }

    /// What members have less of a topic, the highest of what each claims.
    fn given_up(&mut self, topic: TopicId) -> Vec<Handed> {
        let givers: Vec<(MemberId, usize)> = self.moved.of_topic(topic).iter().filter(|(_, count)| *count < 0).map(given_by).collect();
        match givers.len() * PARTITIONS_FOR_ONE_LOOKUP > self.group.topic(topic).partitions() as usize {
            true => self.highest_of_many(topic, &givers),
            false => givers.into_iter().flat_map(|(member, count)| self.highest(member, topic, count)).collect(),
        }
    }

    fn highest(&self, member: MemberId, topic: TopicId, count: usize) -> Vec<Handed> {
        let claimed: Vec<TopicPartition> = self.claims.partitions_of_topic(member, topic).collect();
        claimed.into_iter().rev().take(count).map(|partition| Handed { partition, from: Some(member), to: None }).collect()
    }

    fn highest_of_many(&mut self, topic: TopicId, givers: &[(MemberId, usize)]) -> Vec<Handed> {
        givers.iter().for_each(|&(giver, count)| self.tally[giver.index()] = count as u32);
        let gives = |(partition, owner): (TopicPartition, MemberId)| {
            let count = &mut self.tally[owner.index()];
            *count = count.checked_sub(1)?;
            Some(Handed { partition, from: Some(owner), to: None })
        };
        self.claims.owners_of(topic).iter().rev().filter_map(gives).collect()
    }
}

/// Finding what one member has of a topic takes about as long as going over so many of its partitions.
const PARTITIONS_FOR_ONE_LOOKUP: usize = 64;

fn given_by(&(member, count): &(MemberId, i32)) -> (MemberId, usize) {
    (member, count.unsigned_abs() as usize)
}
