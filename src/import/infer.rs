//! From what was seen of a group to its documents: what no input says is inferred here, and noted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use super::history::{
    KeptContent, KeptGroup, MembersSoFar, Observation, PartitionsByTopic, Seen, SeenGroup, SeenMember, assignment, lists, subscription_of,
};
use super::note::About;
use crate::document::{
    AnyInteger, At, Date, EventContent, GroupDocument, JoinDocument, MemberDocument, Seconds, TopicDocument, UniqueMap, VerifyInput,
};
use crate::model::{GENERATION_NOT_SAID, Subscription};

/// What the input does not say, as far as it is known, and which of its groups are of interest.
///
/// ```
/// use sticky_assignor::import::{ImportOptions, read};
/// let text = "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\norders c1 /10.0.0.1 c1 1 t(0)\n";
/// let options = ImportOptions { topics: [("t".to_string(), 4)].into(), ..ImportOptions::default() };
/// assert_eq!(read(text, &options)?.groups[0].topics.0["t"].partitions, 4);
/// # Ok::<(), sticky_assignor::import::ImportError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Partition counts by topic. Of other topics the description in the input counts, and where
    /// there is none the highest partition seen is taken for the last.
    pub topics: BTreeMap<String, i64>,
    /// The topics members subscribe to, by member id, instance id or client id; under `*` those of
    /// everybody who is not named and does not say it.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// What members are taken to subscribe to of whom nobody says it.
    pub unsaid: Unsaid,
    /// The rack of each broker: with a description of topics it says where their replicas are.
    pub broker_racks: BTreeMap<i32, String>,
    /// Only this group.
    pub group: Option<String>,
}

/// What a member is taken to subscribe to where it is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsaid {
    /// Every topic.
    #[default]
    Every,
    /// The topics of which it owned partitions so far.
    Owned,
}

/// What is known of a group so far, from one moment to the next.
pub(super) struct Inference<'a> {
    options: &'a ImportOptions,
    /// Topics that the input describes, for all groups.
    described: &'a BTreeMap<String, TopicDocument>,
    company: Company,
    /// The highest partition seen of each topic, plus one.
    counts: BTreeMap<String, i64>,
    /// Topics that a member owned partitions of, by what the member is known by, where that says
    /// what it subscribes to.
    owned: BTreeMap<String, BTreeSet<String>>,
    /// Topics that somebody subscribed to by name, where something else describes topics.
    wanted: BTreeSet<String>,
    /// Names by which members may be told what they subscribe to, where any are.
    names: BTreeSet<String>,
    unsaid: BTreeMap<String, Unsaid>,
    doubts: BTreeSet<(String, String, Doubt)>,
    unowned: BTreeSet<(String, i32)>,
    /// The members of the moment before, with what they subscribe to.
    members: MembersSoFar,
    /// The topics of the moment before; none where more is known since.
    topics: Option<TopicsSoFar>,
}

struct TopicsSoFar {
    topics: Arc<UniqueMap<TopicDocument>>,
    /// Those of them that the moment said itself.
    said: Arc<BTreeMap<String, TopicDocument>>,
}

/// Whether a group is the only one of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    Alone,
    Others,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    OwnsUnsubscribed,
    UnknownTopic,
}

/// At most this many names are looked through one by one.
const FEW: usize = 16;

impl<'a> Inference<'a> {
    pub(super) fn new(options: &'a ImportOptions, described: &'a BTreeMap<String, TopicDocument>, company: Company) -> Self {
        Self {
            options,
            described,
            company,
            counts: BTreeMap::new(),
            owned: BTreeMap::new(),
            wanted: BTreeSet::new(),
            names: BTreeSet::new(),
            unsaid: BTreeMap::new(),
            doubts: BTreeSet::new(),
            unowned: BTreeSet::new(),
            members: MembersSoFar::default(),
            topics: None,
        }
    }

    /// The document of a group of which one moment is known, each member claiming what it holds.
    pub(super) fn group(&mut self, name: Option<&str>, seen: SeenGroup) -> VerifyInput {
        let (topics, members) = self.hear(seen);
        let member = |member: &Arc<SeenMember>| MemberDocument {
            id: member.id.clone(),
            topics: subscription_of(member),
            owned: member.held.as_ref().or(member.decided.as_ref()).map(lists).unwrap_or_default(),
            generation: AnyInteger(GENERATION_NOT_SAID),
            rack: member.rack.clone(),
            instance: member.instance.clone(),
        };
        VerifyInput {
            name: name.map(String::from),
            topics: Arc::unwrap_or_clone(topics),
            members: members.iter().map(member).collect(),
            assignment: assignment(&members).unwrap_or_default(),
            proof: None,
        }
    }

    /// The group that a log of joins and leaves begins with.
    pub(super) fn start(&mut self, name: Option<&str>, seen: SeenGroup) -> GroupDocument {
        let VerifyInput { name, topics, members, .. } = self.group(name, seen);
        GroupDocument { name, topics, members }
    }

    /// What a line of an event log says of a moment.
    pub(super) fn line(&mut self, seen: Seen) -> KeptContent {
        match seen {
            Seen::Group(group) => {
                let generation = group.generation;
                let (topics, members) = self.hear(group);
                KeptContent::Group(KeptGroup { generation, topics, members })
            }
            Seen::Joined(member) => KeptContent::Other(EventContent::Join(self.join(&Arc::new(member)))),
            Seen::Left(id) => KeptContent::Other(EventContent::Leave(id)),
            Seen::Rebalance(reason) => KeptContent::Other(EventContent::Rebalance(reason)),
        }
    }

    fn join(&mut self, member: &Arc<SeenMember>) -> JoinDocument {
        let member = self.subscribed(member);
        let topics = subscription_of(&member);
        let SeenMember { id, rack, instance, .. } = Arc::unwrap_or_clone(member);
        JoinDocument { id, topics, rack, instance }
    }

    /// The topics there are by now, and the members with what each subscribes to. One that is as it
    /// was a moment before says nothing new.
    fn hear(&mut self, mut seen: SeenGroup) -> (Arc<UniqueMap<TopicDocument>>, Vec<Arc<SeenMember>>) {
        if self.options.unsaid == Unsaid::Owned {
            seen.members.iter().for_each(|member| self.note_owned(member));
            // What a member owned so far may be more by now.
            self.members = MembersSoFar::default();
        }
        self.count(&seen.unowned);
        self.count(&seen.counted);
        self.note_unowned(&seen);
        let mut changed = Vec::new();
        let mut members = mem::take(&mut self.members);
        seen.members = members.next(mem::take(&mut seen.members), |member| {
            member.lists().for_each(|list| self.count(list));
            let member = self.subscribed(member);
            changed.push(member.clone());
            member
        });
        self.members = members;
        let before = self.topics.as_ref().map(|before| before.topics.clone());
        let topics = self.topics(&seen.topics);
        let are_as_before = before.is_some_and(|before| Arc::ptr_eq(&before, &topics));
        let doubted = if are_as_before { &changed } else { &seen.members };
        doubted.iter().for_each(|member| self.doubt(member, &topics));
        (topics, seen.members)
    }

    fn note_owned(&mut self, member: &SeenMember) {
        for list in member.lists() {
            let topics = list.iter().filter(|(_, partitions)| !partitions.is_empty()).map(|(topic, _)| topic);
            change(&mut self.owned, known_by(member), |owned| topics.for_each(|topic| insert(owned, topic)));
        }
    }

    fn count(&mut self, list: &PartitionsByTopic) {
        for (topic, partitions) in list {
            // A hostile number below none says nothing of how many there are.
            let count = partitions.iter().max().filter(|highest| **highest >= 0).map_or(0, |highest| i64::from(*highest) + 1);
            if count > self.counts.get(topic).copied().unwrap_or(0) {
                change(&mut self.counts, topic, |seen| *seen = count);
                self.topics = None;
            }
        }
    }

    fn note_unowned(&mut self, seen: &SeenGroup) {
        if seen.unowned.is_empty() {
            return;
        }
        let decided = seen.members.iter().filter_map(|member| member.decided.as_ref()).flatten();
        let owned: BTreeSet<(&str, i32)> =
            decided.flat_map(|(topic, list)| list.iter().map(move |partition| (topic.as_str(), *partition))).collect();
        let unowned = seen.unowned.iter().flat_map(|(topic, list)| list.iter().map(move |partition| (topic, *partition)));
        let unowned = unowned.filter(|(topic, partition)| !owned.contains(&(topic.as_str(), *partition)));
        self.unowned.extend(unowned.map(|(topic, partition)| (topic.clone(), partition)));
    }

    /// The topics there are, of which this moment says these.
    fn topics(&mut self, said: &Arc<BTreeMap<String, TopicDocument>>) -> Arc<UniqueMap<TopicDocument>> {
        match &self.topics {
            Some(before) if Arc::ptr_eq(&before.said, said) || before.said == *said => before.topics.clone(),
            _ => {
                let topics = Arc::new(self.told_topics(said));
                self.topics = Some(TopicsSoFar { topics: topics.clone(), said: said.clone() });
                topics
            }
        }
    }

    /// What is given outranks what is said, and that outranks what was seen.
    fn told_topics(&self, said: &BTreeMap<String, TopicDocument>) -> UniqueMap<TopicDocument> {
        let counted = |(topic, partitions): (&String, &i64)| (topic.clone(), TopicDocument { partitions: *partitions, racks: None });
        let mut topics: BTreeMap<String, TopicDocument> = self.counts.iter().map(counted).collect();
        topics.extend(said.clone());
        if !self.is_told_of_topics() {
            return UniqueMap(topics);
        }
        let seen: BTreeSet<String> = topics.keys().cloned().collect();
        let concerns = |topic: &String| seen.contains(topic) || self.wanted.contains(topic);
        let described: Vec<_> = self.described.iter().filter(|(topic, _)| concerns(topic)).collect();
        topics.extend(described.into_iter().map(|(topic, described)| (topic.clone(), described.clone())));
        let given = self.options.topics.iter();
        // What is said of topics is said of all groups, but not every group has all of them.
        for (topic, partitions) in given.filter(|(topic, _)| self.company == Company::Alone || concerns(topic)) {
            let racks = topics.get(topic).filter(|described| described.partitions == *partitions).and_then(|topic| topic.racks.clone());
            topics.insert(topic.clone(), TopicDocument { partitions: *partitions, racks });
        }
        UniqueMap(topics)
    }

    /// Whether anything but the group says which topics there are.
    fn is_told_of_topics(&self) -> bool {
        !self.described.is_empty() || !self.options.topics.is_empty()
    }

    /// A member with what it subscribes to: as is given for it, as it says, as is given for all, or
    /// as is to be taken.
    fn subscribed(&mut self, member: &Arc<SeenMember>) -> Arc<SeenMember> {
        let names = [Some(&member.id), member.instance.as_ref(), member.client.as_ref()];
        if !self.options.subscriptions.is_empty() {
            names.iter().flatten().for_each(|name| insert(&mut self.names, name));
        }
        let given = names.iter().flatten().find_map(|name| self.options.subscriptions.get(*name));
        let said = given.or(member.subscription.as_ref()).or_else(|| self.options.subscriptions.get("*"));
        let subscription = match (said, self.options.unsaid) {
            (Some(said), _) if member.subscription.as_ref() == Some(said) => Cow::Borrowed(said),
            (Some(said), _) => Cow::Owned(said.clone()),
            (None, unsaid @ Unsaid::Every) => {
                change(&mut self.unsaid, &member.id, |known| *known = unsaid);
                Cow::Owned(Subscription::Every)
            }
            (None, unsaid @ Unsaid::Owned) => {
                let owned = self.owned.get(known_by(member)).cloned().unwrap_or_default();
                if owned.is_empty() {
                    change(&mut self.unsaid, &member.id, |known| *known = unsaid);
                } else {
                    self.unsaid.remove(&member.id);
                }
                Cow::Owned(Subscription::Named(owned.into_iter().collect()))
            }
        };
        if let Subscription::Named(topics) = subscription.as_ref()
            && self.is_told_of_topics()
        {
            let before = self.wanted.len();
            topics.iter().for_each(|topic| insert(&mut self.wanted, topic));
            self.topics.take_if(|_| self.wanted.len() > before);
        }
        match subscription {
            Cow::Borrowed(_) => member.clone(),
            Cow::Owned(subscription) => Arc::new(SeenMember { subscription: Some(subscription), ..SeenMember::clone(member) }),
        }
    }

    /// Notes where what is owned, what is subscribed to and what exists do not agree.
    fn doubt(&mut self, member: &SeenMember, topics: &UniqueMap<TopicDocument>) {
        let Some(Subscription::Named(named)) = &member.subscription else { return };
        // Most members own what they subscribe to, and that exists.
        let owned = || member.lists().flat_map(PartitionsByTopic::keys);
        let is_plain =
            named.len() <= FEW && owned().all(|topic| named.contains(topic)) && named.iter().all(|topic| topics.0.contains_key(topic));
        if is_plain {
            return;
        }
        let named: BTreeSet<&String> = named.iter().collect();
        let owns = owned().filter(|topic| !named.contains(topic)).map(|topic| (topic.clone(), Doubt::OwnsUnsubscribed));
        let unknown = named.iter().filter(|topic| !topics.0.contains_key(**topic));
        let unknown = unknown.map(|topic| ((*topic).clone(), Doubt::UnknownTopic));
        self.doubts.extend(owns.chain(unknown).map(|(topic, doubt)| (member.id.clone(), topic, doubt)));
    }

    /// All that was inferred and doubted.
    pub(super) fn notes(&self, said: &BTreeSet<String>) -> Vec<About> {
        let given = |topic: &String| self.options.topics.get(topic).copied();
        let told = |topic: &String| given(topic).or_else(|| self.described.get(topic).map(|topic| topic.partitions));
        let inferred: Vec<(String, i64)> = self
            .counts
            .iter()
            .filter(|(topic, _)| told(topic).is_none() && !said.contains(*topic))
            .map(|(topic, count)| (topic.clone(), *count))
            .collect();
        let beyond = self.counts.iter().filter_map(|(topic, count)| Some((topic, *count, told(topic)?)));
        let beyond = beyond.filter(|(_, count, partitions)| count > partitions).map(|(topic, count, partitions)| About::BeyondCount {
            topic: topic.clone(),
            partition: i32::try_from(count - 1).unwrap_or(i32::MAX),
            partitions,
        });
        let doubts = self.doubts.iter().map(|(member, topic, doubt)| match doubt {
            Doubt::OwnsUnsubscribed => About::OwnsUnsubscribed { member: member.clone(), topic: topic.clone() },
            Doubt::UnknownTopic => About::UnknownTopic { member: member.clone(), topic: topic.clone() },
        });
        let members: Vec<String> = self.unsaid.keys().cloned().collect();
        let taken = (!members.is_empty()).then_some(match self.options.unsaid {
            Unsaid::Every => About::SubscribesToEvery { members },
            Unsaid::Owned => About::SubscribesToNothing { members },
        });
        let counts = (!inferred.is_empty()).then_some(About::PartitionCounts { topics: inferred });
        let unowned = (!self.unowned.is_empty()).then(|| About::Unowned { partitions: self.unowned.iter().cloned().collect() });
        counts.into_iter().chain(unowned).chain(beyond).chain(taken).chain(doubts).collect()
    }

    /// The names that members of this group go by.
    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }
}

/// Adds a name, which is looked for before it is copied: members say the same again and again.
fn insert(names: &mut BTreeSet<String>, name: &str) {
    if !names.contains(name) {
        names.insert(name.into());
    }
}

/// Changes the value under a name, which is looked for before it is copied.
fn change<T: Default>(values: &mut BTreeMap<String, T>, name: &str, change: impl FnOnce(&mut T)) {
    match values.get_mut(name) {
        Some(value) => change(value),
        None => {
            let mut value = T::default();
            change(&mut value);
            values.insert(name.into(), value);
        }
    }
}

/// A static member is known by its instance, whatever its id.
fn known_by(member: &SeenMember) -> &str {
    member.instance.as_deref().unwrap_or(&member.id)
}

/// The time of each moment: its own, or that of the one beside it; a date that falls is raised to
/// the one before; where there are none, numbers.
pub(super) fn times(observations: &[Observation]) -> (Vec<At>, Vec<About>) {
    let first: Option<Date> = observations.iter().find_map(|observation| observation.at);
    let Some(first) = first else {
        let times = (0..observations.len()).map(|number| At::from(Seconds::from_milliseconds(number as i64 * 1000))).collect();
        return (times, vec![About::Undated { moments: observations.len() }]);
    };
    let (mut fell, mut taken, mut last) = (0, 0, first);
    let time = |observation: &Observation| {
        match observation.at {
            Some(at) if at < last => fell += 1,
            Some(at) => last = at,
            None => taken += 1,
        }
        At::Date(last)
    };
    let times = observations.iter().map(time).collect();
    let notes = [(fell > 0).then_some(About::DateFell { moments: fell }), (taken > 0).then_some(About::DateTaken { moments: taken })];
    (times, notes.into_iter().flatten().collect())
}
