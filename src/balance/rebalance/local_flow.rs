//! The flow near a change: what claims say, what moved since, and what is over or missing.

use std::collections::{BTreeMap, BTreeSet};

use super::effects::{Effects, partitions, reading};
use super::nearby::{Node, take_one};
use super::outcome::Handover;
use super::readers::Readers;
use crate::balance::plan::Plan;
use crate::balance::proof::{Price, Proof};
use crate::balance::spread::{Vessel, pour};
use crate::model::{Assignment, Group, MemberId, TopicId, TopicPartition};

/// A flow that differs from the claims only near a change.
pub(super) struct LocalFlow<'a> {
    group: &'a Group,
    readers: &'a Readers,
    /// What everybody claims.
    claims: &'a Assignment,
    /// The load of each member by number, counting what it still needs.
    loads: Vec<u32>,
    member_levels: Vec<u32>,
    topic_levels: Vec<u32>,
    /// Members and topics whose levels are new.
    new_members: Vec<MemberId>,
    new_topics: Vec<TopicId>,
    /// Members that read nothing any more.
    idle: Vec<MemberId>,
    /// Partitions without an owner to stay with, by topic; and those that nobody follows now.
    free: BTreeMap<TopicId, Vec<TopicPartition>>,
    dropped: Vec<TopicPartition>,
    /// How many of the free partitions of each topic are not placed yet.
    pub(super) excess: BTreeMap<TopicId, u32>,
    /// How many partitions members lack.
    pub(super) need: BTreeMap<MemberId, u32>,
    /// For each level how many more seats are to be filled; below zero, fewer.
    seats: BTreeMap<u32, i64>,
    /// How many more partitions of a topic a member has than it claims.
    moved: BTreeMap<(MemberId, TopicId), i64>,
    /// Prices in moves that are not what they are while nothing moves.
    prices: BTreeMap<Node, i64>,
}

impl<'a> LocalFlow<'a> {
    /// The flow in which everybody has what the plan gave them.
    pub(super) fn new(plan: &Plan, group: &'a Group, readers: &'a Readers, claims: &'a Assignment) -> Self {
        let level = |price: Price| (price.squares.max(1) / 2) as u32;
        let members = || (0..group.all_members().numbers()).map(MemberId::from_index);
        let topics = (0..group.all_topics().len()).map(TopicId::from_index);
        Self {
            group,
            readers,
            claims,
            loads: members().map(|member| plan.assignment.load(member)).collect(),
            member_levels: members().map(|member| level(plan.proof.member(member))).collect(),
            topic_levels: topics.map(|topic| level(plan.proof.topic(topic))).collect(),
            new_members: Vec::new(),
            new_topics: Vec::new(),
            idle: Vec::new(),
            free: BTreeMap::new(),
            dropped: Vec::new(),
            excess: BTreeMap::new(),
            need: BTreeMap::new(),
            seats: BTreeMap::new(),
            moved: BTreeMap::new(),
            prices: BTreeMap::new(),
        }
    }

    /// The flow with what a change set free and what it leaves members in need of; `None` where that shows already that a level must change.
    pub(super) fn touched_by(mut self, plan: &Plan, effects: &Effects) -> Option<Self> {
        let mut free: Vec<TopicPartition> = effects.left.iter().flat_map(|&member| self.claims.partitions_of(member)).collect();
        for (&topic, &before) in &effects.grown {
            free.extend((before..partitions(self.group, topic)).map(|partition| TopicPartition { topic, partition }));
        }
        let mut joined = Vec::new();
        let touched: BTreeSet<MemberId> = effects.subscribed.iter().chain(effects.bereft.keys()).copied().collect();
        for member in touched.into_iter().filter(|&member| self.group.member(member).is_some()) {
            let read_before = plan.group.member(member).is_some() && reading(&plan.group, member).next().is_some();
            if reading(self.group, member).next().is_none() {
                free.extend(self.claims.partitions_of(member));
                self.idle.push(member);
            } else if !read_before {
                joined.push(member);
            } else if effects.subscribed.contains(&member) {
                let lost = self.claims.partitions_of(member).filter(|partition| !self.group.subscribes(member, partition.topic));
                let lost: Vec<TopicPartition> = lost.collect();
                self.lack(member, lost.len() as u32);
                free.extend(lost);
            }
        }
        for (&member, &lost) in &effects.bereft {
            if self.group.member(member).is_some() && !self.idle.contains(&member) {
                self.lack(member, lost);
            }
        }
        free.sort_unstable();
        free.dedup();
        self.level_topics(&free, effects, &joined)?;
        self.level_members(effects, &joined)?;
        self.count_seats();
        self.has_seats().then_some(self)
    }

    /// Whether every level has the seats that are to be filled, or given back; else it must change.
    fn has_seats(&self) -> bool {
        self.seats.iter().all(|(&level, &seats)| {
            let load = if seats > 0 { level } else { level + 1 };
            seats == 0 || self.members_at(level, load).nth(seats.unsigned_abs() as usize - 1).is_some()
        })
    }

    fn lack(&mut self, member: MemberId, count: u32) {
        if count > 0 {
            *self.need.entry(member).or_default() += count;
        }
    }

    /// Puts topics with free partitions on the level of their lowest followers: only upwards, as what they have elsewhere stays.
    fn level_topics(&mut self, free: &[TopicPartition], effects: &Effects, joined: &[MemberId]) -> Option<()> {
        for same in free.chunk_by(|a, b| a.topic == b.topic) {
            let topic = same[0].topic;
            let mut followers = self.readers.of_topic(topic).peekable();
            if followers.peek().is_none() {
                self.dropped.extend(same);
                continue;
            }
            let lowest = followers.filter(|member| !joined.contains(member)).map(|member| self.member_levels[member.index()]).min()?;
            let created = effects.grown.get(&topic) == Some(&0);
            if !created && lowest < self.topic_levels[topic.index()] {
                return None;
            }
            if created || lowest != self.topic_levels[topic.index()] {
                self.topic_levels[topic.index()] = lowest;
                self.new_topics.push(topic);
            }
            self.excess.insert(topic, same.len() as u32);
            self.free.insert(topic, same.to_vec());
        }
        Some(())
    }

    /// Puts members that joined on the level of their highest topics, and in need of as much. A topic that a member
    /// begins to follow must not be above it.
    fn level_members(&mut self, effects: &Effects, joined: &[MemberId]) -> Option<()> {
        for &member in joined {
            let topics = reading(self.group, member).filter(|&topic| self.readers.of_topic(topic).any(|other| !joined.contains(&other)));
            let level = topics.map(|topic| self.topic_levels[topic.index()]).max()?;
            self.member_levels[member.index()] = level;
            self.loads[member.index()] = level;
            self.new_members.push(member);
            self.lack(member, level);
        }
        let member = |member: &&MemberId| self.group.member(**member).is_some();
        let below = |&member: &MemberId| {
            let level = self.member_levels[member.index()];
            reading(self.group, member).any(|topic| self.topic_levels[topic.index()] > level)
        };
        (!effects.subscribed.iter().filter(member).any(below)).then_some(())
    }

    fn count_seats(&mut self) {
        for (topic, &excess) in &self.excess {
            *self.seats.entry(self.topic_levels[topic.index()]).or_default() += i64::from(excess);
        }
        for (member, &need) in &self.need {
            *self.seats.entry(self.member_levels[member.index()]).or_default() -= i64::from(need);
        }
    }

    /// The flow with free partitions given to followers that need some or have a seat to fill, those first that have the fewest of the topic.
    pub(super) fn filled(mut self) -> Self {
        for (topic, excess) in self.excess.clone() {
            let level = self.topic_levels[topic.index()];
            let followers: Vec<MemberId> = self.tight_followers(topic).filter(|&member| self.room(member) > 0).collect();
            let vessel = |&member: &MemberId| Vessel { width: 1, content: self.held(member, topic) as u32, room: self.room(member) };
            let taken = pour(excess, &followers.iter().map(vessel).collect::<Vec<_>>()).taken;
            for (member, taken) in followers.into_iter().zip(taken) {
                for _ in 0..taken {
                    let end = if self.need.contains_key(&member) { None } else { Some(Node::Blanks(level)) };
                    if end.is_none_or(|end| self.takes(end)) {
                        let way = [Node::Topic(topic), Node::Member(member)].into_iter().chain(end);
                        self.send_along(&way.collect::<Vec<_>>());
                    }
                }
            }
        }
        self
    }

    fn room(&self, member: MemberId) -> u32 {
        let level = self.member_levels[member.index()];
        let seat = self.loads[member.index()] == level && self.takes(Node::Blanks(level));
        self.need.get(&member).copied().unwrap_or(0) + u32::from(seat)
    }

    /// Followers of a topic that may read it in a balanced plan.
    fn tight_followers(&self, topic: TopicId) -> impl Iterator<Item = MemberId> + '_ {
        let level = self.topic_levels[topic.index()];
        self.readers.of_topic(topic).filter(move |member| self.member_levels[member.index()] == level)
    }

    /// How many partitions of a topic a member has.
    fn held(&self, member: MemberId, topic: TopicId) -> i64 {
        let claimed = match self.group.subscribes(member, topic) {
            true => self.claims.partitions_of_topic(member, topic).count() as i64,
            false => 0,
        };
        claimed + self.moved_of(member, topic)
    }

    fn moved_of(&self, member: MemberId, topic: TopicId) -> i64 {
        self.moved.get(&(member, topic)).copied().unwrap_or(0)
    }

    /// The price of a node in moves.
    fn price(&self, node: Node) -> i64 {
        self.prices.get(&node).copied().unwrap_or(i64::from(matches!(node, Node::Topic(_))))
    }

    /// Whether a unit may end here.
    pub(super) fn takes(&self, node: Node) -> bool {
        match node {
            Node::Topic(_) => false,
            Node::Member(member) => self.need.contains_key(&member),
            Node::Blanks(level) => self.seats.get(&level).is_some_and(|seats| *seats > 0),
        }
    }

    /// Whether a unit may start here besides those in excess.
    pub(super) fn spares(&self, node: Node) -> bool {
        matches!(node, Node::Blanks(level) if self.seats.get(&level).is_some_and(|seats| *seats < 0))
    }

    /// What it costs to give a member one more of a topic: nothing where it comes back to what it claims.
    fn cost_of_more(&self, member: MemberId, topic: TopicId) -> i64 {
        i64::from(self.moved_of(member, topic) >= 0)
    }

    /// What it costs to take one of a topic from a member: a move less where it has more than it claims.
    fn cost_of_less(&self, member: MemberId, topic: TopicId) -> i64 {
        -i64::from(self.moved_of(member, topic) > 0)
    }

    /// Visits the nodes that a unit at this node can go on to, each with the reduced cost of that.
    pub(super) fn each_after(&self, node: Node, mut visit: impl FnMut(Node, i64)) {
        let mut visit = |next: Node, cost: i64| visit(next, cost + self.price(next) - self.price(node));
        match node {
            Node::Topic(topic) => {
                self.tight_followers(topic).for_each(|member| visit(Node::Member(member), self.cost_of_more(member, topic)));
            }
            Node::Member(member) => {
                let level = self.member_levels[member.index()];
                self.topics_held(member).into_iter().for_each(|topic| visit(Node::Topic(topic), self.cost_of_less(member, topic)));
                if self.loads[member.index()] == level {
                    visit(Node::Blanks(level), 0);
                }
            }
            Node::Blanks(level) => self.members_at(level, level + 1).for_each(|member| visit(Node::Member(member), 0)),
        }
    }

    /// Visits the nodes that a unit can come from to this node, each with the reduced cost of that.
    pub(super) fn each_before(&self, node: Node, mut visit: impl FnMut(Node, i64)) {
        let mut visit = |before: Node, cost: i64| visit(before, cost + self.price(node) - self.price(before));
        match node {
            Node::Topic(topic) => {
                let holders = self.tight_followers(topic).filter(|&member| self.held(member, topic) > 0);
                holders.for_each(|member| visit(Node::Member(member), self.cost_of_less(member, topic)));
            }
            Node::Member(member) => {
                let level = self.member_levels[member.index()];
                for topic in self.tight_topics(member) {
                    visit(Node::Topic(topic), self.cost_of_more(member, topic));
                }
                if self.loads[member.index()] == level + 1 {
                    visit(Node::Blanks(level), 0);
                }
            }
            Node::Blanks(level) => self.members_at(level, level).for_each(|member| visit(Node::Member(member), 0)),
        }
    }

    /// The topics a member may read in a balanced plan.
    fn tight_topics(&self, member: MemberId) -> impl Iterator<Item = TopicId> + '_ {
        let level = self.member_levels[member.index()];
        reading(self.group, member).filter(move |topic| self.topic_levels[topic.index()] == level)
    }

    /// The topics that a member has partitions of.
    fn topics_held(&self, member: MemberId) -> Vec<TopicId> {
        let mut topics: Vec<TopicId> = self.claims.partitions_of(member).map(|partition| partition.topic).collect();
        topics.dedup();
        let first = (member, TopicPartition::FIRST.topic);
        let last = (member, TopicPartition::LAST.topic);
        topics.extend(self.moved.range(first..=last).map(|(&(_, topic), _)| topic));
        topics.sort_unstable();
        topics.dedup();
        topics.retain(|&topic| self.held(member, topic) > 0);
        topics
    }

    /// The members of a level that have this load and read something.
    fn members_at(&self, level: u32, load: u32) -> impl Iterator<Item = MemberId> + '_ {
        let at = move |number: &usize| self.member_levels[*number] == level && self.loads[*number] == load;
        let present = |&member: &MemberId| self.group.member(member).is_some() && !self.idle.contains(&member);
        (0..self.loads.len()).filter(at).map(MemberId::from_index).filter(present)
    }

    /// Sends a unit along nodes, each reached from the one before.
    pub(super) fn send_along(&mut self, way: &[Node]) {
        for step in way.windows(2) {
            match (step[0], step[1]) {
                (Node::Topic(topic), Node::Member(member)) => *self.moved.entry((member, topic)).or_default() += 1,
                (Node::Member(member), Node::Topic(topic)) => *self.moved.entry((member, topic)).or_default() -= 1,
                (Node::Member(member), Node::Blanks(_)) => self.loads[member.index()] += 1,
                (Node::Blanks(_), Node::Member(member)) => self.loads[member.index()] -= 1,
                _ => {}
            }
        }
        match way.first() {
            Some(Node::Topic(topic)) => take_one(&mut self.excess, topic),
            Some(Node::Blanks(level)) => *self.seats.entry(*level).or_default() += 1,
            _ => {}
        }
        match way.last() {
            Some(Node::Member(member)) => take_one(&mut self.need, member),
            Some(Node::Blanks(level)) => *self.seats.entry(*level).or_default() -= 1,
            _ => {}
        }
    }

    /// Adds to the prices of nodes.
    pub(super) fn raise_prices(&mut self, raises: impl Iterator<Item = (Node, i64)>) {
        for (node, raise) in raises {
            let price = self.price(node) + raise;
            self.prices.insert(node, price);
        }
    }

    /// Fetches what a member needs from other followers of its topics, as far as those have seats to give back and it costs no more than the way just found.
    pub(super) fn fetch_directly(&mut self, member: MemberId) {
        let level = self.member_levels[member.index()];
        let topics: Vec<TopicId> = self.tight_topics(member).collect();
        let share = self.need.get(&member).map_or(0, |need| need.div_ceil(topics.len().max(1) as u32));
        for most in [share, u32::MAX] {
            for &topic in &topics {
                self.fetch_of_topic(member, topic, level, most);
            }
        }
    }

    fn fetch_of_topic(&mut self, member: MemberId, topic: TopicId, level: u32, most: u32) {
        let (to, via) = (Node::Member(member), Node::Topic(topic));
        if !self.need.contains_key(&member) || self.cost_of_more(member, topic) + self.price(to) != self.price(via) {
            return;
        }
        let holders: Vec<MemberId> = self.tight_followers(topic).filter(|other| self.loads[other.index()] == level + 1).collect();
        let mut fetched = 0;
        for other in holders {
            let from = Node::Member(other);
            let free = self.cost_of_less(other, topic) + self.price(via) == self.price(from)
                && self.price(from) == self.price(Node::Blanks(level))
                && self.cost_of_more(member, topic) + self.price(to) == self.price(via);
            if fetched < most
                && free
                && other != member
                && self.takes(to)
                && self.spares(Node::Blanks(level))
                && self.held(other, topic) > 0
            {
                self.send_along(&[Node::Blanks(level), from, via, to]);
                fetched += 1;
            }
        }
    }

    /// The plan's proof at the prices of this flow; `None` where the price of blanks has changed, which all prices of the level would have to follow.
    pub(super) fn proof(&self, plan: &Plan) -> Option<Proof> {
        let mut proof = plan.proof.clone().without_moves();
        let new =
            self.new_members.iter().map(|&member| Node::Member(member)).chain(self.new_topics.iter().map(|&topic| Node::Topic(topic)));
        for node in self.prices.keys().copied().chain(new) {
            proof = match node {
                Node::Member(id) => proof.with_member(id, Price::of(self.member_levels[id.index()], self.price(node))),
                Node::Topic(id) => proof.with_topic(id, Price::of(self.topic_levels[id.index()], self.price(node))),
                Node::Blanks(_) if self.price(node) == 0 => proof,
                Node::Blanks(_) => return None,
            };
        }
        Some(self.idle.iter().fold(proof, |proof, &member| proof.with_member(member, Price::of(0, 0))))
    }

    /// Hands partitions over as the flow says. Of each topic a member gives up the highest of its partitions; members that get some take the free ones first.
    pub(super) fn carried_out(&self) -> Handover {
        let start = self.dropped.iter().fold(self.claims.clone(), |assignment, &partition| assignment.without_owner(partition));
        let mut handover = Handover { assignment: start, movements: Vec::new(), free: 0 };
        let mut of_topics: BTreeMap<TopicId, Vec<(MemberId, i64)>> = BTreeMap::new();
        for (&(member, topic), &moved) in self.moved.iter().filter(|(_, moved)| **moved != 0) {
            of_topics.entry(topic).or_default().push((member, moved));
        }
        for (topic, moved) in of_topics {
            let free = self.free.get(&topic).into_iter().flatten().map(|&partition| (partition, None));
            let given_up = moved.iter().filter(|(_, moved)| *moved < 0).flat_map(|&(member, moved)| self.given_up(member, topic, moved));
            let mut available = free.chain(given_up);
            for &(to, moved) in moved.iter().filter(|(_, moved)| *moved > 0) {
                for (partition, from) in available.by_ref().take(moved as usize) {
                    handover = match from {
                        None => handover.fill(partition, to),
                        Some(from) => handover.reassign(partition, from, to),
                    };
                }
            }
        }
        handover
    }

    fn given_up(&self, member: MemberId, topic: TopicId, moved: i64) -> Vec<(TopicPartition, Option<MemberId>)> {
        let claimed: Vec<TopicPartition> = self.claims.partitions_of_topic(member, topic).collect();
        claimed.into_iter().rev().take(moved.unsigned_abs() as usize).map(|partition| (partition, Some(member))).collect()
    }
}
