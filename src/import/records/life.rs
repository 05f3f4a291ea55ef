//! What a record tells of its group, whichever text it came in, and what the records of a group
//! tell, put together: a moment for each generation of a classic group and for each target
//! assignment of the consumer protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use crate::document::{Date, TopicDocument};
use crate::import::history::{MembersSoFar, Observation, PartitionsByTopic, Seen, SeenGroup, SeenMember};
use crate::import::merge::with_members_once;
use crate::import::note::{About, ImportNote};
use crate::kafka::records::{
    ConsumerGroupMember, CurrentAssignment, GroupMember, GroupMetadata, PassedOver, RecordBody, RecordError, TopicDescription,
    TopicIdPartitions, TopicUuid,
};
use crate::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use crate::model::Subscription;

/// What records told of groups so far.
#[derive(Debug, Default)]
pub(crate) struct Records {
    lives: BTreeMap<String, RecordedLife>,
    /// Records of other kinds, by what they are.
    passed_over: BTreeMap<PassedOver, usize>,
    pub(super) buffers: RecordBuffers,
}

/// The bytes of the last record in hex, to write those of the next over.
#[derive(Debug, Default)]
pub(super) struct RecordBuffers {
    pub(super) key: Vec<u8>,
    pub(super) value: Vec<u8>,
}

/// What records told of all groups.
pub(crate) struct ToldRecords {
    /// The moments of each group.
    pub(crate) groups: Vec<(String, Vec<Observation>)>,
    pub(crate) notes: Vec<ImportNote>,
}

impl Records {
    /// All of it; `named` are the names of topics, by id, that something else said.
    pub(crate) fn told(self, named: &BTreeMap<String, String>) -> ToldRecords {
        let mut notes = Vec::new();
        let told = |(group, life): (String, RecordedLife)| {
            let lived = life.lived(named);
            let others = lived.others.into_iter();
            notes.extend(others.map(|(protocol, records)| ImportNote::of(Some(&group), About::OtherProtocol { protocol, records })));
            (group, lived.observations)
        };
        let groups = self.lives.into_iter().map(told).collect();
        if !self.passed_over.is_empty() {
            let kinds = self.passed_over.into_iter().map(|(kind, records)| (kind.to_string(), records)).collect();
            notes.push(ImportNote::on_all(About::RecordsPassedOver { kinds }));
        }
        ToldRecords { groups, notes }
    }

    pub(super) fn life(&mut self, group: String) -> &mut RecordedLife {
        self.lives.entry(group).or_default()
    }

    pub(super) fn pass_over(&mut self, record: PassedOver) {
        *self.passed_over.entry(record).or_default() += 1;
    }
}

/// What a record tells of its group, unless it is a generation in bytes; `None` where it is a
/// tombstone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told<'a> {
    /// A generation of a classic group.
    Generation(Option<Generation>),
    /// A group of the consumer protocol has come to an epoch.
    GroupEpoch(Option<i32>),
    /// The topics that the members subscribe to.
    Topics(Option<Vec<ToldTopic>>),
    /// A member, and what it says.
    Member { id: &'a str, said: Option<SeenMember> },
    /// The target assignment of an epoch is complete.
    TargetEpoch(Option<i32>),
    /// What a member is to have.
    Target { member: &'a str, partitions: Option<ById> },
    /// What a member has.
    Current { member: &'a str, partitions: Option<ById> },
}

/// Partitions by the id of their topic.
pub(super) type ById = Vec<(Arc<str>, Vec<i32>)>;

/// A generation of a classic group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Generation {
    /// `consumer`, or what other kind of clients these are.
    pub(super) protocol_type: String,
    pub(super) number: i32,
    /// Since when the group is in its state.
    pub(super) since: Option<Date>,
    pub(super) members: Vec<Arc<SeenMember>>,
    /// What members owned when they joined: it counts the partitions of topics, and no more.
    pub(super) owned: PartitionsByTopic,
}

/// A topic as a record describes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToldTopic {
    pub(super) id: Arc<str>,
    pub(super) name: String,
    pub(super) partitions: i32,
    /// The racks of each partition's replicas, as far as they are told.
    pub(super) racks: Vec<(i32, Vec<String>)>,
}

/// The protocol type of consumers.
const CONSUMER: &str = "consumer";

impl Generation {
    pub(super) fn is_of_consumers(&self) -> bool {
        self.protocol_type == CONSUMER
    }

    /// With members that are listed more than once made one, as hostile input may have them.
    pub(super) fn with_members_once(mut self) -> Self {
        self.members = with_members_once(self.members);
        self
    }

    /// Adds a member, with what it said and was given.
    pub(super) fn add(
        &mut self,
        member: SeenMember,
        said: Option<&ConsumerProtocolSubscription<'_>>,
        given: Option<&ConsumerProtocolAssignment<'_>>,
    ) -> Arc<SeenMember> {
        let mut decided = PartitionsByTopic::new();
        for topic in given.into_iter().flat_map(|given| &given.assigned_partitions) {
            decided.entry(topic.topic.into()).or_default().extend(topic.partitions.iter());
        }
        for topic in said.into_iter().flat_map(|said| &said.owned_partitions) {
            self.owned.entry(topic.topic.into()).or_default().extend(topic.partitions.iter());
        }
        let member = Arc::new(SeenMember {
            rack: said.and_then(|said| said.rack).map(String::from),
            subscription: said.map(|said| Subscription::Named(said.topics.iter().map(|topic| (*topic).into()).collect())),
            decided: Some(decided),
            ..member
        });
        self.members.push(member.clone());
        member
    }
}

/// What a member of the consumer protocol subscribes to: nobody knows where it names an expression,
/// which the broker resolves in records of another kind.
pub(super) fn subscription(names: Vec<String>, expression: Option<&str>) -> Option<Subscription> {
    expression.is_none_or(str::is_empty).then_some(Subscription::Named(names))
}

/// A time in milliseconds; negative is "not said".
pub(super) fn date(milliseconds: i64) -> Option<Date> {
    (milliseconds >= 0).then(|| Date::from_milliseconds(milliseconds))?
}

/// A member of a classic group as the last generation had it, and the bytes that said so.
#[derive(Debug)]
struct KnownMember {
    subscription: Vec<u8>,
    assignment: Vec<u8>,
    seen: Arc<SeenMember>,
    /// The number of the moment, among all of the group.
    moment: usize,
}

impl KnownMember {
    /// Whether a record says the same of the member.
    fn is_said_by(&self, member: &GroupMember<'_>) -> bool {
        self.subscription == member.subscription
            && self.assignment == member.assignment
            && self.seen.instance.as_deref() == member.group_instance_id
            && self.seen.client.as_deref().unwrap_or_default() == member.client_id
    }
}

/// How often each member stands in a generation.
#[derive(PartialEq)]
enum MemberRepeats {
    Once,
    Again,
}

/// A group, record after record.
#[derive(Debug, Default)]
pub(super) struct RecordedLife {
    observations: Vec<Observation>,
    /// Members of the last generation, by id.
    known: BTreeMap<String, KnownMember>,
    /// Members of the consumer protocol, and what they say.
    members: BTreeMap<String, SeenMember>,
    targets: BTreeMap<String, ById>,
    held: BTreeMap<String, ById>,
    /// What was seen of a member at the last moment, where nothing else was said of it since.
    unchanged: BTreeMap<String, Arc<SeenMember>>,
    /// Topics as the group's records describe them.
    topics: Arc<BTreeMap<String, TopicDocument>>,
    /// The ids of topics, as they are printed.
    ids: BTreeMap<TopicUuid, Arc<str>>,
    /// The names of topics, by id.
    names: BTreeMap<Arc<str>, String>,
    /// Whether the last member has left, and no record has said so of the group yet.
    has_emptied: bool,
    /// Whether the group was of the classic protocol, and what follows converts it.
    is_converted: bool,
    /// The epoch that the stream begins with, if nobody is known then: the group is empty, unless
    /// somebody joins with the next record.
    beginning: Option<(Option<Date>, i32)>,
    /// Generations of clients that are no consumers, by protocol type.
    others: BTreeMap<String, usize>,
}

/// What became of a group.
#[derive(Debug)]
struct Lived {
    observations: Vec<Observation>,
    /// Generations of clients that are no consumers, by protocol type.
    others: BTreeMap<String, usize>,
}

impl RecordedLife {
    /// Hears what the bytes of a record of the group say, and when that was.
    ///
    /// # Errors
    ///
    /// Where a consumer's subscription or assignment cannot be read.
    pub(super) fn hear(&mut self, at: Option<Date>, body: &RecordBody<'_>) -> Result<(), RecordError> {
        let told = match body {
            RecordBody::GroupMetadata(generation) => Told::Generation(generation.as_ref().map(|said| self.understood(said)).transpose()?),
            RecordBody::ConsumerGroupMetadata { epoch } => Told::GroupEpoch(*epoch),
            RecordBody::ConsumerGroupPartitionMetadata { topics } => {
                Told::Topics(topics.as_ref().map(|topics| topics.iter().map(|topic| self.told_topic(topic)).collect()))
            }
            RecordBody::ConsumerGroupMemberMetadata { member, metadata } => {
                Told::Member { id: member, said: metadata.as_ref().map(|metadata| said_by(member, metadata)) }
            }
            RecordBody::ConsumerGroupTargetAssignmentMetadata { epoch } => Told::TargetEpoch(*epoch),
            RecordBody::ConsumerGroupTargetAssignmentMember { member, partitions } => {
                Told::Target { member, partitions: partitions.as_ref().map(|partitions| self.by_id(partitions)) }
            }
            RecordBody::ConsumerGroupCurrentMemberAssignment { member, current } => {
                // What is to be revoked is held until it is.
                let held = |current: &CurrentAssignment<'_>| {
                    self.by_id(current.assigned_partitions.iter().chain(&current.partitions_pending_revocation))
                };
                Told::Current { member, partitions: current.as_ref().map(held) }
            }
        };
        self.learn(at, told);
        Ok(())
    }

    /// What a record tells, and when that was.
    pub(super) fn learn(&mut self, at: Option<Date>, told: Told<'_>) {
        self.begin(|since| since == at && matches!(told, Told::Member { said: Some(_), .. }));
        match told {
            Told::Generation(Some(generation)) if generation.is_of_consumers() => self.generation(at, generation),
            Told::Generation(Some(generation)) => *self.others.entry(generation.protocol_type).or_default() += 1,
            // What follows is gone with the group, or with its conversion to the other protocol.
            Told::Generation(None) => self.is_converted = true,
            Told::GroupEpoch(Some(epoch)) => self.group_epoch(at, epoch),
            Told::GroupEpoch(None) => self.has_emptied = false,
            Told::Topics(topics) => self.describe(topics.unwrap_or_default()),
            Told::Member { id, said: Some(said) } => {
                self.has_emptied = false;
                self.unchanged.remove(id);
                self.members.insert(id.into(), said);
            }
            Told::Member { id, said: None } => {
                self.unchanged.remove(id);
                self.has_emptied |= self.members.remove(id).is_some() && self.members.is_empty();
            }
            Told::TargetEpoch(Some(epoch)) => self.target_epoch(at, epoch),
            Told::TargetEpoch(None) => {}
            Told::Target { member, partitions } => {
                if put(&mut self.targets, member, partitions) {
                    self.unchanged.remove(member);
                }
            }
            Told::Current { member, partitions } => {
                if put(&mut self.held, member, partitions) {
                    self.unchanged.remove(member);
                }
            }
        }
    }

    /// A generation. A member of which the bytes say what those of the generation before said is
    /// not read again, and what it owned is counted already.
    fn understood(&mut self, said: &GroupMetadata<'_>) -> Result<Generation, RecordError> {
        let mut generation = Generation {
            protocol_type: said.protocol_type.into(),
            number: said.generation,
            since: date(said.current_state_timestamp),
            ..Generation::default()
        };
        if !said.is_of_consumers() {
            return Ok(generation);
        }
        let moment = self.observations.len() + 1;
        let mut repeats = MemberRepeats::Once;
        generation.members.reserve(said.members.len());
        for (place, member) in said.members.iter().enumerate() {
            let mut known = self.known.get_mut(member.member_id);
            if let Some(known) = &mut known
                && mem::replace(&mut known.moment, moment) == moment
            {
                repeats = MemberRepeats::Again;
            }
            match known {
                Some(known) if known.is_said_by(member) => generation.members.push(known.seen.clone()),
                Some(known) => {
                    known.seen = generation.add(seen(member), member.said(place)?.as_ref(), member.given(place)?.as_ref());
                    member.subscription.clone_into(&mut known.subscription);
                    member.assignment.clone_into(&mut known.assignment);
                }
                None => {
                    let seen = generation.add(seen(member), member.said(place)?.as_ref(), member.given(place)?.as_ref());
                    let (subscription, assignment) = (member.subscription.into(), member.assignment.into());
                    self.known.insert(member.member_id.into(), KnownMember { subscription, assignment, seen, moment });
                }
            }
        }
        if repeats == MemberRepeats::Again {
            generation = generation.with_members_once();
        }
        if self.known.len() > said.members.len() {
            self.known.retain(|_, known| known.moment == moment);
        }
        Ok(generation)
    }

    fn generation(&mut self, at: Option<Date>, generation: Generation) {
        let at = at.or(generation.since);
        let seen = SeenGroup {
            generation: Some(generation.number.into()),
            members: generation.members,
            counted: generation.owned,
            ..SeenGroup::default()
        };
        self.observations.push(Observation { at, seen: Seen::Group(seen) });
    }

    fn told_topic(&mut self, topic: &TopicDescription<'_>) -> ToldTopic {
        let racks = topic.partition_racks.iter().map(|(partition, racks)| (*partition, racks.iter().copied().map(String::from).collect()));
        ToldTopic { id: self.id(topic.topic_id), name: topic.topic_name.into(), partitions: topic.num_partitions, racks: racks.collect() }
    }

    fn by_id<'a>(&mut self, topics: impl IntoIterator<Item = &'a TopicIdPartitions<'a>>) -> ById {
        topics.into_iter().map(|topic| (self.id(topic.topic_id), topic.partitions.iter().collect())).collect()
    }

    /// The id of a topic, as it is printed.
    fn id(&mut self, id: TopicUuid) -> Arc<str> {
        self.ids.entry(id).or_insert_with(|| id.to_string().into()).clone()
    }

    /// A group without members has no target, so its epoch alone says that it is empty. That of a
    /// group that is being converted, or is new, comes before its members.
    fn group_epoch(&mut self, at: Option<Date>, epoch: i32) {
        if mem::take(&mut self.has_emptied) && self.members.is_empty() {
            self.target_epoch(at, epoch);
        } else if self.is_unheard_of() {
            self.beginning = Some((at, epoch));
        }
    }

    /// Whether nothing was said yet of what the group was before.
    fn is_unheard_of(&self) -> bool {
        !self.is_converted && self.observations.is_empty() && self.members.is_empty() && self.targets.is_empty()
    }

    /// The empty group that the stream may begin with.
    fn begin(&mut self, is_joined: impl Fn(Option<Date>) -> bool) {
        if let Some((since, epoch)) = self.beginning.take().filter(|(since, _)| !is_joined(*since)) {
            self.target_epoch(since, epoch);
        }
    }

    fn target_epoch(&mut self, at: Option<Date>, epoch: i32) {
        self.has_emptied = false;
        let ids: BTreeSet<&String> = self.targets.keys().chain(self.members.keys()).collect();
        let mut members = Vec::with_capacity(ids.len());
        for id in ids {
            let seen = self.unchanged.get(id).cloned().unwrap_or_else(|| {
                let said = self.members.get(id).cloned();
                let decided = Some(self.targets.get(id).map(listed).unwrap_or_default());
                let held = self.held.get(id).map(listed);
                Arc::new(SeenMember { id: id.clone(), decided, held, ..said.unwrap_or_default() })
            });
            members.push(seen);
        }
        let unchanged = members.iter().filter(|member| !self.unchanged.contains_key(&member.id));
        self.unchanged.extend(unchanged.map(|member| (member.id.clone(), member.clone())).collect::<Vec<_>>());
        let seen = SeenGroup { generation: Some(epoch.into()), members, topics: self.topics.clone(), ..SeenGroup::default() };
        self.observations.push(Observation { at, seen: Seen::Group(seen) });
    }

    fn describe(&mut self, topics: Vec<ToldTopic>) {
        self.topics = Arc::new(topics.iter().map(|topic| (topic.name.clone(), document(topic))).collect());
        self.names.extend(topics.into_iter().map(|topic| (topic.id, topic.name)));
    }

    /// All of it; topics are named as the group's records do, or else the tables of topics in the
    /// same input. Those that nothing names keep their id.
    fn lived(mut self, named: &BTreeMap<String, String>) -> Lived {
        self.begin(|_| false);
        let Self { mut observations, names, others, .. } = self;
        if names.is_empty() && named.is_empty() {
            return Lived { observations, others };
        }
        let name = |id: String| names.get(id.as_str()).or_else(|| named.get(&id)).cloned().unwrap_or(id);
        let by_name = |partitions: PartitionsByTopic| {
            let mut by_name = PartitionsByTopic::new();
            for (id, list) in partitions {
                by_name.entry(name(id)).or_default().extend(list);
            }
            by_name
        };
        let has_named = |member: &SeenMember| {
            let mut ids = member.lists().flat_map(PartitionsByTopic::keys);
            ids.any(|id| names.contains_key(id.as_str()) || named.contains_key(id))
        };
        let mut members = MembersSoFar::default();
        let named = |member: &Arc<SeenMember>| {
            if !has_named(member) {
                return member.clone();
            }
            let SeenMember { decided, held, .. } = &**member;
            let (decided, held) = (decided.clone().map(by_name), held.clone().map(by_name));
            Arc::new(SeenMember { decided, held, ..SeenMember::clone(member) })
        };
        for observation in &mut observations {
            let Seen::Group(seen) = &mut observation.seen else { continue };
            seen.members = members.next(mem::take(&mut seen.members), named);
        }
        Lived { observations, others }
    }
}

/// Puts a list in the place of another; whether that changes anything.
fn put(lists: &mut BTreeMap<String, ById>, member: &str, partitions: Option<ById>) -> bool {
    match (partitions, lists.get_mut(member)) {
        (Some(partitions), Some(list)) if partitions == *list => return false,
        (Some(partitions), Some(list)) => *list = partitions,
        (Some(partitions), None) => drop(lists.insert(member.into(), partitions)),
        (None, _) => return lists.remove(member).is_some(),
    }
    true
}

fn seen(member: &GroupMember<'_>) -> SeenMember {
    SeenMember {
        id: member.member_id.into(),
        instance: member.group_instance_id.map(String::from),
        client: Some(member.client_id.into()).filter(|id: &String| !id.is_empty()),
        ..SeenMember::default()
    }
}

fn said_by(id: &str, said: &ConsumerGroupMember<'_>) -> SeenMember {
    let names = said.subscribed_topic_names.iter().map(|topic| (*topic).into()).collect();
    SeenMember {
        id: id.into(),
        instance: said.instance_id.map(String::from),
        client: Some(said.client_id.into()).filter(|id: &String| !id.is_empty()),
        rack: said.rack_id.map(String::from),
        subscription: subscription(names, said.subscribed_topic_regex),
        ..SeenMember::default()
    }
}

fn listed(by_id: &ById) -> PartitionsByTopic {
    let mut listed = PartitionsByTopic::new();
    for (id, partitions) in by_id {
        listed.entry(id.to_string()).or_default().extend(partitions);
    }
    listed
}

/// The document of a topic; its racks where they are told of every partition.
fn document(topic: &ToldTopic) -> TopicDocument {
    let racks: BTreeMap<i32, &Vec<String>> = topic.racks.iter().map(|(partition, racks)| (*partition, racks)).collect();
    let is_whole = topic.partitions >= 0 && racks.keys().copied().eq(0..topic.partitions);
    let racks = (is_whole && !racks.is_empty()).then(|| racks.into_values().cloned().collect());
    TopicDocument { partitions: topic.partitions.max(0).into(), racks }
}
