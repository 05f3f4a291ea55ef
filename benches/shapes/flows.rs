//! Groups built to be hard for the flow that decides them: long ways from what is over to what
//! lacks, each of another length, beside blocks in which everybody subscribes to everything, so
//! that a search which goes through one has much to look at.

use super::{Described, member, topic_name};
use sticky_assignor::{NewMember, NewTopic};

/// Where blocks are joined to the ways.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Blocks {
    /// Where the last of what lacks is.
    Far,
    /// Where the excess is.
    Head,
    Both,
    /// One, joined to every member of a way.
    Along,
}

impl Blocks {
    fn is_at(self, end: Self) -> bool {
        self == end || self == Self::Both || (self == Self::Along && end == Self::Far)
    }
}

/// Who claims the partitions of a way, and so whether it costs more the longer it is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Ways {
    /// Nobody claims them: all ways cost the same.
    Free,
    /// Members claim them: a way costs as much as it is long.
    Costly,
}

/// A group as it grows: topics by size, members by what they subscribe to and claim.
#[derive(Default)]
struct Draft {
    sizes: Vec<u32>,
    members: Vec<(Vec<usize>, Option<usize>)>,
}

impl Draft {
    fn topic(&mut self, size: usize) -> usize {
        self.sizes.push(size as u32);
        self.sizes.len() - 1
    }

    fn member(&mut self, topics: Vec<usize>, claims: Option<usize>) -> usize {
        self.members.push((topics, claims));
        self.members.len() - 1
    }

    fn subscribe(&mut self, member: usize, topic: usize) {
        self.members[member].0.push(topic);
    }

    /// A block of members that subscribe to all its topics but one, each to all but another, so
    /// that none are alike. The topics have `each` partitions for each member. Its first topic and
    /// its members.
    fn block(&mut self, width: usize, each: usize) -> (usize, std::ops::Range<usize>) {
        let topics: Vec<usize> = (0..width).map(|_| self.topic(each)).collect();
        let first = self.members.len();
        for but in 0..width {
            self.member(topics.iter().copied().filter(|&topic| topic != topics[but]).collect(), None);
        }
        (topics[0], first..self.members.len())
    }

    fn described(self) -> Described {
        let topics = self.sizes.iter().enumerate().map(|(topic, &size)| NewTopic::new(topic_name(topic), size)).collect();
        let claiming = |(place, (topics, claims)): (usize, (Vec<usize>, Option<usize>))| -> NewMember {
            let start = member(place, topics);
            match claims {
                Some(topic) => start.owning(topic_name(topic), 0..self.sizes[topic]).generation(1),
                None => start,
            }
        };
        Described { topics, members: self.members.into_iter().enumerate().map(claiming).collect() }
    }
}

/// A chain of members, each sharing a topic with the next. Every member lacks one partition, and
/// what they lack together is over at the head; so each goes along another distance.
pub(crate) fn chain(length: usize, width: usize, ways: Ways, blocks: Blocks) -> Described {
    let (mut draft, load) = (Draft::default(), 2 * length);
    let far = blocks.is_at(Blocks::Far).then(|| draft.block(width, load + 1));
    let near = blocks.is_at(Blocks::Head).then(|| draft.block(width, load + 1));
    // The far end comes first, so that nothing of the head's is dealt while others lack.
    let shared: Vec<usize> = (0..length).rev().map(|link| draft.topic(if link == 0 { load + length - 2 } else { load })).collect();
    for link in (0..length).rev() {
        let own = shared[length - 1 - link];
        let before = (link > 0).then(|| shared[length - link]);
        let claims = (ways == Ways::Costly).then_some(own);
        let place = draft.member([own].into_iter().chain(before).collect(), claims);
        if let (Some((topic, _)), true) = (&far, link + 1 == length || blocks == Blocks::Along) {
            draft.subscribe(place, topic + if blocks == Blocks::Along { link % width } else { 0 });
        }
    }
    near.into_iter().flat_map(|(_, members)| members).for_each(|member| draft.subscribe(member, shared[length - 1]));
    draft.described()
}

/// A block in which as much is over as there are `exits` from it: chains that leave it from
/// different members, the first 1 member long, the second 2 and so on, at the end of each of which
/// one partition lacks. Another block is joined to all ends.
pub(crate) fn exits(exits: usize, (near, far): (usize, usize), ways: Ways) -> Described {
    let (mut draft, half) = (Draft::default(), 20);
    // Partitions of which nobody has a claim are dealt to two members by halves.
    let (of_first, claims) = match ways {
        Ways::Free => (half, false),
        Ways::Costly => (2 * half, true),
    };
    let first: Vec<usize> = (0..exits).map(|_| draft.topic(2 * half)).collect();
    let ends: Vec<(usize, usize)> = (1..=exits)
        .map(|length| {
            let mut before = first[length - 1];
            let mut place = 0;
            for link in 1..=length {
                let own = draft.topic(if link < length { 2 * half } else { of_first - 1 });
                place = draft.member(vec![before, own], claims.then_some(own));
                before = own;
            }
            (place, before)
        })
        .collect();
    let (topic, members) = draft.block(near, 2 * half);
    for (exit, member) in (0..exits).zip(members) {
        draft.subscribe(member, first[exit]);
        if claims {
            draft.members[member].1 = Some(first[exit]);
        }
        draft.sizes[topic + exit] -= of_first as u32;
    }
    draft.sizes[topic + near - 1] += exits as u32;
    let (topic, _) = draft.block(far, 2 * half);
    ends.into_iter().for_each(|(place, _)| draft.subscribe(place, topic));
    draft.described()
}

/// Chains beside blocks at one level above the other, each joined to the next lower one by a member
/// that subscribes to a topic of both.
pub(crate) fn levels(count: usize, length: usize, width: usize, ways: Ways) -> Described {
    let mut draft = Draft::default();
    let mut below: Option<usize> = None;
    for level in 0..count {
        let load = 2 * length * (level + 1);
        let (topic, _) = draft.block(width, load + 1);
        let shared: Vec<usize> = (0..length).rev().map(|link| draft.topic(if link == 0 { load + length - 2 } else { load })).collect();
        for link in (0..length).rev() {
            let own = shared[length - 1 - link];
            let before = (link > 0).then(|| shared[length - link]);
            let place = draft.member([own].into_iter().chain(before).collect(), (ways == Ways::Costly).then_some(own));
            if link + 1 == length {
                draft.subscribe(place, topic);
                // Whoever has less to read may read of what lies above, so that levels are not
                // apart from the start.
                below.into_iter().for_each(|lower| draft.subscribe(lower, topic));
                below = Some(place);
            }
        }
    }
    draft.described()
}
