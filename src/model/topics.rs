//! The topics of a group: names to numbers and back, also of many names quickly; partition counts,
//! racks.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::description::{Name, NewMember, NewTopic, Subscription};
use super::error::{GroupError, MAX_PARTITIONS};
use super::ids::TopicId;
use super::members::Subscribed;

/// The racks of a topic's replicas, partition by partition.
pub type Racks = Arc<[Box<[Name]>]>;

/// A topic of a group.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic};
/// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", ["clicks"])])?;
/// let told: Vec<_> = group.topics().map(|(_, topic)| (&**topic.name(), topic.partitions(), topic.exists())).collect();
/// assert!(told.contains(&("orders", 4, true)));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    name: Name,
    partitions: Option<u32>,
    racks: Option<Racks>,
}

impl Topic {
    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// How many partitions it has; 0 where a member subscribes to a topic that does not exist.
    pub fn partitions(&self) -> u32 {
        self.partitions.unwrap_or(0)
    }

    /// Whether the topic exists; one that does not is known only because a member subscribes to it.
    pub fn exists(&self) -> bool {
        self.partitions.is_some()
    }

    /// For each partition the racks of its replicas, if they were given.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 2).racks([["a"], ["b"]])], &[])?;
    /// let (_, topic) = group.topics().next().expect("there is one");
    /// assert_eq!(topic.racks().map(|racks| &*racks[1][0]), Some("b"));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn racks(&self) -> Option<&Racks> {
        self.racks.as_ref()
    }

    fn described(topic: &NewTopic) -> Result<Self, GroupError> {
        let partitions = partition_count(&topic.name, topic.partitions)?;
        let racks = topic.racks.as_ref().map(|racks| share_racks(racks));
        match &racks {
            Some(racks) if racks.len() != partitions as usize => {
                Err(GroupError::RackCount { topic: topic.name.clone(), racks: racks.len(), partitions })
            }
            _ => Ok(Self { name: topic.name.as_str().into(), partitions: Some(partitions), racks }),
        }
    }

    /// The topic with its racks, or else with these as far as it has partitions.
    fn or_racks(self, known: Option<&Racks>) -> Self {
        let partitions = self.partitions() as usize;
        let extended = |known: &Racks| match known.len() == partitions {
            true => Arc::clone(known),
            false => known.iter().cloned().chain(std::iter::repeat_with(Box::default)).take(partitions).collect(),
        };
        Self { racks: self.racks.or_else(|| known.map(extended)), ..self }
    }

    fn absent(name: Name) -> Self {
        Self { name, partitions: None, racks: None }
    }
}

/// Whether a member in a rack finds none of these replicas there; never where either is not known,
/// which an empty name stands for.
pub(crate) fn is_outside(rack: &Name, replicas: &[Name]) -> bool {
    let mut known = replicas.iter().filter(|replica| !replica.is_empty()).peekable();
    !rack.is_empty() && known.peek().is_some() && !known.any(|replica| replica == rack)
}

/// The racks, each name kept once.
fn share_racks(racks: &[Vec<String>]) -> Racks {
    let mut names: BTreeMap<&str, Name> = BTreeMap::new();
    let mut shared = |rack| -> Name { names.entry(rack).or_insert_with(|| rack.into()).clone() };
    racks.iter().map(|replicas| replicas.iter().map(|rack| shared(rack.as_str())).collect()).collect()
}

/// The count as a partition count of that topic.
fn partition_count(topic: &str, count: i64) -> Result<u32, GroupError> {
    match u32::try_from(count) {
        Ok(partitions) if u64::from(partitions) <= MAX_PARTITIONS => Ok(partitions),
        _ => Err(GroupError::PartitionCount { topic: topic.into(), count }),
    }
}

/// Every topic that exists or is subscribed to, by number and by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Topics {
    by_id: im::Vector<Arc<Topic>>,
    by_name: im::OrdMap<Name, TopicId>,
    partitions: u64,
    /// Those without partitions, existing or not.
    empty: im::OrdSet<TopicId>,
}

/// All else follows from the topics in the order of their numbers.
impl PartialEq for Topics {
    fn eq(&self, other: &Self) -> bool {
        self.by_id == other.by_id
    }
}

impl Topics {
    /// Topics numbered in the order of their names.
    pub(crate) fn describe(described: &[NewTopic]) -> Result<Self, GroupError> {
        let mut described: Vec<&NewTopic> = described.iter().collect();
        described.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        described.into_iter().try_fold(Self::default(), Self::with_described)
    }

    fn with_described(self, topic: &NewTopic) -> Result<Self, GroupError> {
        match self.id(&topic.name) {
            Some(_) => Err(GroupError::DuplicateTopic { topic: topic.name.clone() }),
            None => self.with(None, Topic::described(topic)?),
        }
    }

    /// The topics with one more, or with the one of that number replaced.
    fn with(mut self, id: Option<TopicId>, topic: Topic) -> Result<Self, GroupError> {
        match id {
            Some(id) => self.replace(id, topic),
            None => drop(self.add(topic)),
        }
        match self.partitions {
            count if count > MAX_PARTITIONS => Err(GroupError::TooManyPartitions { count, limit: MAX_PARTITIONS }),
            _ => Ok(self),
        }
    }

    /// The topics with one created, or grown; with its racks as given now, or as they were known
    /// where none are given.
    pub(super) fn with_partitions(self, topic: &NewTopic) -> Result<Self, GroupError> {
        let id = self.id(&topic.name);
        let known = id.and_then(|id| self.get(id).racks.as_ref());
        let described = Topic::described(topic)?.or_racks(known);
        self.with(id, described)
    }

    /// The topics without one that exists; its number stays its name's.
    pub(super) fn without(mut self, id: TopicId) -> Self {
        let name = self.get(id).name.clone();
        self.replace(id, Topic::absent(name));
        self
    }

    fn replace(&mut self, id: TopicId, topic: Topic) {
        self.partitions += u64::from(topic.partitions());
        self.partitions -= u64::from(self.get(id).partitions());
        match topic.partitions() {
            0 => self.empty.insert(id),
            _ => self.empty.remove(&id),
        };
        self.by_id.set(id.index(), Arc::new(topic));
    }

    /// The number of a topic whose name was not met before.
    fn add(&mut self, topic: Topic) -> TopicId {
        let id = TopicId::from_index(self.by_id.len());
        self.partitions += u64::from(topic.partitions());
        if topic.partitions() == 0 {
            self.empty.insert(id);
        }
        self.by_name.insert(topic.name.clone(), id);
        self.by_id.push_back(Arc::new(topic));
        id
    }

    /// The topics, and the number of this name, where this one is to be expected: lists of names
    /// usually come in order. A name not met before is numbered now, as a topic that does not
    /// exist.
    pub(super) fn known(mut self, name: &str, expected: TopicId) -> (Self, TopicId) {
        let is_expected = self.by_id.get(expected.index()).is_some_and(|topic| *topic.name == *name);
        if let Some(id) = is_expected.then_some(expected).or_else(|| self.id(name)) {
            return (self, id);
        }
        let id = self.add(Topic::absent(name.into()));
        (self, id)
    }

    pub(crate) fn id(&self, name: &str) -> Option<TopicId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn get(&self, id: TopicId) -> &Topic {
        &self.by_id[id.index()]
    }

    /// How many numbers are given, existing topics or not.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The partitions of all topics.
    pub(crate) fn partitions(&self) -> u64 {
        self.partitions
    }

    /// The topics that exist, in the order of their names.
    pub(crate) fn existing(&self) -> impl Iterator<Item = (TopicId, &Topic)> {
        self.by_name.values().map(|&id| (id, self.get(id))).filter(|(_, topic)| topic.exists())
    }

    /// The topics that have no partitions, existing or not, in the order of their numbers.
    pub(crate) fn empty(&self) -> impl Iterator<Item = TopicId> + '_ {
        self.empty.iter().copied()
    }

    /// The topics in the order of their numbers, existing or not.
    pub(crate) fn in_id_order(&self) -> impl Iterator<Item = (TopicId, &Topic)> {
        self.by_id.iter().enumerate().map(|(index, topic)| (TopicId::from_index(index), &**topic))
    }
}

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
        let topics = absent.into_iter().fold(topics, |topics, name| topics.known(name, TopicId::from_index(0)).0);
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
