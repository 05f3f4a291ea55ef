//! Topic names to numbers, for reading many names quickly.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use super::claims::Claim;
use super::description::{Name, NewMember, Subscription};
use super::ids::{TopicId, TopicPartition};
use super::subscriptions::Followed;
use super::topics::Topics;

/// The numbers of topics by name.
pub(crate) struct TopicNumbers {
    names: Vec<Name>,
    numbers: HashMap<Name, TopicId, BuildHasherDefault<DefaultHasher>>,
}

impl TopicNumbers {
    /// The topics with numbers also for those that are only followed, in the order of their names whoever follows them; and the way back from names.
    pub(crate) fn including<'a>(topics: Topics, followed: impl Iterator<Item = &'a str>) -> (Topics, Self) {
        let known = Self::of(&topics);
        let mut next = 0;
        let mut absent: Vec<&str> = followed.filter(|name| known.id(name, &mut next).is_none()).collect();
        if absent.is_empty() {
            return (topics, known);
        }
        absent.sort_unstable();
        absent.dedup();
        let topics = absent.into_iter().fold(topics, |topics, name| topics.known(name).0);
        let known = Self::of(&topics);
        (topics, known)
    }

    fn of(topics: &Topics) -> Self {
        let names: Vec<Name> = topics.in_id_order().map(|(_, topic)| topic.name().clone()).collect();
        let numbers = names.iter().enumerate().map(|(index, name)| (name.clone(), TopicId::from_index(index))).collect();
        Self { names, numbers }
    }

    /// The number of a name; `next` is which is to be expected after the names before it: lists mostly come in order.
    pub(crate) fn id(&self, name: &str, next: &mut usize) -> Option<TopicId> {
        let id = match self.names.get(*next) {
            Some(expected) if **expected == *name => TopicId::from_index(*next),
            _ => self.numbers.get(name).copied()?,
        };
        *next = id.index() + 1;
        Some(id)
    }

    /// The topics of these names, in any order.
    pub(crate) fn topics<'a>(&self, names: impl Iterator<Item = &'a str>) -> Followed {
        let mut next = 0;
        Followed::these(names.filter_map(|name| self.id(name, &mut next)).collect())
    }

    pub(super) fn followed(&self, subscription: &Subscription) -> Followed {
        match subscription {
            Subscription::Named(names) => self.topics(names.iter().map(String::as_str)),
            Subscription::Every => Followed::Every,
        }
    }

    /// What a member claims, as far as it could ever be true: of topics nobody knows and negative partitions nothing is kept.
    pub(super) fn claim(&self, member: &NewMember) -> Option<Claim> {
        let mut claimed = Vec::with_capacity(member.owned.iter().map(|(_, partitions)| partitions.len()).sum());
        let mut next = 0;
        for (topic, list) in &member.owned {
            if let Some(topic) = self.id(topic, &mut next) {
                let real = list.iter().filter_map(|partition| u32::try_from(*partition).ok());
                claimed.extend(real.map(|partition| TopicPartition { topic, partition }));
            }
        }
        Claim::stated(member.generation, claimed)
    }
}
