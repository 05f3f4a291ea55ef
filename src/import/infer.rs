//! From what was seen of a group to its documents: what no input says is inferred here, and noted.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Observation, PartitionsByTopic, Seen, SeenGroup, SeenMember};
use super::note::About;
use super::options::{ImportOptions, Unsaid};
use crate::document::{
    AnyInteger, At, Date, EventContent, EventDocument, GroupDocument, JoinDocument, MemberDocument, Seconds, SeenGroupDocument,
    SeenMemberDocument, SubscriptionDocument, TopicDocument, UniqueMap, VerifyInput,
};
use crate::model::{GENERATION_NOT_SAID, Subscription};

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

/// Topic → partitions, as documents have it.
type Lists = UniqueMap<Vec<AnyInteger>>;

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
        }
    }

    /// The document of a group of which one moment is known, each member claiming what it holds.
    pub(super) fn group(&mut self, name: Option<&str>, mut seen: SeenGroup) -> VerifyInput {
        let (topics, subscriptions) = self.hear(&mut seen);
        seen.members.iter_mut().for_each(|member| member.held = member.held.take().or_else(|| member.decided.clone()));
        let assignment = assignment(&mut seen).unwrap_or_default();
        let member = |(member, subscription): (SeenMember, Subscription)| MemberDocument {
            id: member.id,
            topics: SubscriptionDocument(subscription),
            owned: member.held.map(lists).unwrap_or_default(),
            generation: AnyInteger(GENERATION_NOT_SAID),
            rack: member.rack,
            instance: member.instance,
        };
        let members = seen.members.into_iter().zip(subscriptions).map(member).collect();
        VerifyInput { name: name.map(String::from), topics, members, assignment, proof: None }
    }

    /// The group that a log of joins and leaves begins with.
    pub(super) fn start(&mut self, name: Option<&str>, seen: SeenGroup) -> GroupDocument {
        let VerifyInput { name, topics, members, .. } = self.group(name, seen);
        GroupDocument { name, topics, members }
    }

    /// The line of an event log for a moment.
    pub(super) fn line(&mut self, name: Option<&str>, at: At, seen: Seen) -> EventDocument {
        let content = match seen {
            Seen::Group(group) => EventContent::Group(self.seen(name, group)),
            Seen::Joined(member) => EventContent::Join(self.join(member)),
            Seen::Left(id) => EventContent::Leave(id),
            Seen::Rebalance(reason) => EventContent::Rebalance(reason),
        };
        EventDocument { at, content }
    }

    fn seen(&mut self, name: Option<&str>, mut seen: SeenGroup) -> SeenGroupDocument {
        let (topics, subscriptions) = self.hear(&mut seen);
        // What is held is written where it is not what was decided, and then of everybody.
        let apart = seen.members.iter().any(|member| member.held.is_some() && member.held != member.decided);
        let assignment = assignment(&mut seen);
        let member = |(member, subscription): (SeenMember, Subscription)| SeenMemberDocument {
            id: member.id,
            topics: SubscriptionDocument(subscription),
            owned: member.held.filter(|_| apart).map(lists),
            rack: member.rack,
            instance: member.instance,
        };
        let members = seen.members.into_iter().zip(subscriptions).map(member).collect();
        SeenGroupDocument { name: name.map(String::from), generation: seen.generation, topics, members, assignment }
    }

    fn join(&mut self, mut member: SeenMember) -> JoinDocument {
        let subscription = self.subscription(&mut member);
        JoinDocument { id: member.id, topics: SubscriptionDocument(subscription), rack: member.rack, instance: member.instance }
    }

    /// The topics there are by now, and what each member subscribes to, which is taken out.
    fn hear(&mut self, seen: &mut SeenGroup) -> (UniqueMap<TopicDocument>, Vec<Subscription>) {
        for member in &seen.members {
            for list in [&member.decided, &member.held].into_iter().flatten() {
                self.count(list);
                if self.options.unsaid == Unsaid::Owned {
                    let topics = list.iter().filter(|(_, partitions)| !partitions.is_empty()).map(|(topic, _)| topic);
                    change(&mut self.owned, known_by(member), |owned| topics.for_each(|topic| insert(owned, topic)));
                }
            }
        }
        self.count(&seen.unowned);
        self.count(&seen.counted);
        self.note_unowned(seen);
        let subscriptions: Vec<Subscription> = seen.members.iter_mut().map(|member| self.subscription(member)).collect();
        let topics = self.topics(&seen.topics);
        for (member, subscription) in seen.members.iter().zip(&subscriptions) {
            self.doubt(member, subscription, &topics);
        }
        (topics, subscriptions)
    }

    fn count(&mut self, list: &PartitionsByTopic) {
        for (topic, partitions) in list {
            // A hostile number below none says nothing of how many there are.
            if let Some(highest) = partitions.iter().max().filter(|highest| **highest >= 0) {
                change(&mut self.counts, topic, |seen| *seen = (*seen).max(i64::from(*highest) + 1));
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

    /// What is given outranks what is said, and that outranks what was seen.
    fn topics(&self, said: &BTreeMap<String, TopicDocument>) -> UniqueMap<TopicDocument> {
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

    /// What a member subscribes to: as is given for it, as it says, as is given for all, or as is
    /// to be taken.
    fn subscription(&mut self, member: &mut SeenMember) -> Subscription {
        let names = [Some(&member.id), member.instance.as_ref(), member.client.as_ref()];
        let given = names.iter().flatten().find_map(|name| self.options.subscriptions.get(*name)).cloned();
        if !self.options.subscriptions.is_empty() {
            names.iter().flatten().for_each(|name| insert(&mut self.names, name));
        }
        let said = given.or_else(|| member.subscription.take()).or_else(|| self.options.subscriptions.get("*").cloned());
        let subscription = match (said, self.options.unsaid) {
            (Some(said), _) => said,
            (None, unsaid @ Unsaid::Every) => {
                change(&mut self.unsaid, &member.id, |known| *known = unsaid);
                Subscription::Every
            }
            (None, unsaid @ Unsaid::Owned) => {
                let owned = self.owned.get(known_by(member)).cloned().unwrap_or_default();
                if owned.is_empty() {
                    change(&mut self.unsaid, &member.id, |known| *known = unsaid);
                } else {
                    self.unsaid.remove(&member.id);
                }
                Subscription::Named(owned.into_iter().collect())
            }
        };
        if let Subscription::Named(topics) = &subscription
            && self.is_told_of_topics()
        {
            topics.iter().for_each(|topic| insert(&mut self.wanted, topic));
        }
        subscription
    }

    /// Notes where what is owned, what is subscribed to and what exists do not agree.
    fn doubt(&mut self, member: &SeenMember, subscription: &Subscription, topics: &UniqueMap<TopicDocument>) {
        let Subscription::Named(named) = subscription else { return };
        // Most members own what they subscribe to, and that exists.
        let mut owned = member.held.iter().chain(&member.decided).flat_map(PartitionsByTopic::keys);
        let is_plain =
            named.len() <= FEW && owned.all(|topic| named.contains(topic)) && named.iter().all(|topic| topics.0.contains_key(topic));
        if is_plain {
            return;
        }
        let named: BTreeSet<&String> = named.iter().collect();
        let owned = member.held.iter().chain(&member.decided).flat_map(PartitionsByTopic::keys);
        let owns = owned.filter(|topic| !named.contains(topic)).map(|topic| (topic.clone(), Doubt::OwnsUnsubscribed));
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

fn lists(partitions: PartitionsByTopic) -> Lists {
    let listed = partitions.into_iter().filter(|(_, list)| !list.is_empty());
    listed.map(|(topic, list)| (topic, list.into_iter().map(|partition| AnyInteger(i64::from(partition))).collect())).collect()
}

/// What was decided, which is taken out; none where that is not known of any member.
fn assignment(seen: &mut SeenGroup) -> Option<UniqueMap<Lists>> {
    let known = seen.members.is_empty() || seen.members.iter().any(|member| member.decided.is_some());
    let decided = seen.members.iter_mut().filter_map(|member| Some((member.id.clone(), lists(member.decided.take()?))));
    known.then(|| decided.collect())
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
