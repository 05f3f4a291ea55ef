//! Topic names to numbers, for reading many names quickly.

use std::cell::Cell;
use std::sync::Arc;

use super::claims::Claim;
use super::description::{Name, NewMember, Subscription};
use super::ids::{TopicId, TopicPartition};
use super::subscriptions::Subscribed;
use super::topics::Topics;

/// The numbers of topics by name.
///
/// Names come from others. A hash of a key that is known could be made to collide, and a random one
/// would be state that nobody sees; so names are sorted.
pub(crate) struct TopicNumbers {
    names: Vec<Name>,
    /// The numbers in the order of names.
    sorted: Vec<TopicId>,
    /// By the number that was to be expected, the one of the name that came instead of it: lists
    /// that are not in order are usually out of order alike.
    instead: Vec<Cell<TopicId>>,
}

impl TopicNumbers {
    /// The topics with numbers also for those that are only subscribed to, in the order of
    /// their names whoever subscribes to them; and the way back from names.
    pub(crate) fn including<'a>(topics: Topics, subscribed: impl Iterator<Item = &'a str>) -> (Topics, Self) {
        let known = Self::of(&topics);
        let mut next = 0;
        let mut absent: Vec<&str> = subscribed.filter(|name| known.id(name, &mut next).is_none()).collect();
        if absent.is_empty() {
            return (topics, known);
        }
        absent.sort_unstable();
        absent.dedup();
        let topics = absent.into_iter().fold(topics, |topics, name| topics.known(name).0);
        let known = Self::of(&topics);
        (topics, known)
    }

    /// Like [`including`](Self::including), with what each member subscribes to: lists of names
    /// that are known already are read once.
    pub(super) fn of_members(topics: Topics, members: &[NewMember]) -> (Topics, Self, Vec<Subscribed>) {
        let known = Self::of(&topics);
        let mut lists = SubscribedLists { numbers: &known, read: Vec::new(), last: None };
        let subscribed: Vec<Option<Subscribed>> = members.iter().map(|member| lists.subscribed(&member.subscription)).collect();
        let unread = || members.iter().zip(&subscribed).filter(|(_, subscribed)| subscribed.is_none()).map(|(member, _)| member);
        let (topics, numbers) = match unread().next() {
            None => (topics, known),
            Some(_) => Self::including(topics, unread().flat_map(|member| member.subscription.names()).map(String::as_str)),
        };
        let read = |(member, subscribed): (&NewMember, Option<Subscribed>)| match subscribed {
            Some(subscribed) => subscribed,
            None => numbers.topics(member.subscription.names().iter().map(String::as_str)),
        };
        let subscribed = members.iter().zip(subscribed).map(read).collect();
        (topics, numbers, subscribed)
    }

    fn of(topics: &Topics) -> Self {
        let names: Vec<Name> = topics.in_id_order().map(|(_, topic)| topic.name().clone()).collect();
        let mut sorted: Vec<TopicId> = (0..names.len()).map(TopicId::from_index).collect();
        sorted.sort_by(|one, other| names[one.index()].cmp(&names[other.index()]));
        Self { instead: vec![Cell::new(TopicId::from_index(0)); names.len() + 1], names, sorted }
    }

    /// The number of a name; `next` is which is to be expected after the names before it: lists
    /// usually come in order.
    #[inline]
    pub(crate) fn id(&self, name: &str, next: &mut usize) -> Option<TopicId> {
        let id = match self.names.get(*next) {
            Some(expected) if **expected == *name => TopicId::from_index(*next),
            _ => self.id_out_of_order(name, *next)?,
        };
        *next = id.index() + 1;
        Some(id)
    }

    #[cold]
    fn id_out_of_order(&self, name: &str, next: usize) -> Option<TopicId> {
        let instead = self.instead.get(next)?;
        if self.names.get(instead.get().index()).is_some_and(|came| **came == *name) {
            return Some(instead.get());
        }
        let place = self.sorted.binary_search_by(|id| (*self.names[id.index()]).cmp(name)).ok()?;
        instead.set(self.sorted[place]);
        Some(self.sorted[place])
    }

    /// The topics of these names, in any order.
    pub(crate) fn topics<'a>(&self, names: impl Iterator<Item = &'a str>) -> Subscribed {
        let mut next = 0;
        Subscribed::these(names.filter_map(|name| self.id(name, &mut next)).collect())
    }

    /// What a member claims, as far as it could ever be true: of topics nobody knows and negative
    /// partitions nothing is kept.
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

/// Reads lists of topics, one after the other. Members usually subscribe to what the member before
/// them does, and then share one list.
struct SubscribedLists<'n> {
    numbers: &'n TopicNumbers,
    read: Vec<TopicId>,
    last: Option<Arc<[TopicId]>>,
}

impl SubscribedLists<'_> {
    /// What a subscription means, if all its topics are known.
    fn subscribed(&mut self, subscription: &Subscription) -> Option<Subscribed> {
        let Subscription::Named(names) = subscription else { return Some(Subscribed::Every) };
        let mut next = 0;
        self.read.clear();
        for name in names {
            self.read.push(self.numbers.id(name, &mut next)?);
        }
        match &self.last {
            Some(last) if **last == *self.read => Some(Subscribed::These(Arc::clone(last))),
            _ => {
                let subscribed = Subscribed::these(self.read.clone());
                if let Subscribed::These(topics) = &subscribed {
                    self.last = Some(Arc::clone(topics));
                }
                Some(subscribed)
            }
        }
    }
}
