//! The leader's work: what every member said in, what every member is given out, and the round
//! after one that withheld something.
//!
//! What members say is read without copying it: names become numbers while the bytes are read. The
//! names of a group's topics are kept as messages have them, a length in front: comparing and
//! writing those is quicker than reading them.

use std::collections::BTreeMap;

use thiserror::Error;

use super::claim::{Protocol, ResolvedClaim};
use super::messages::{self, LEAST_ENTRY, NEWEST, SubscriptionFields, names};
use super::wire::{DecodeError, EncodeError, WireReader, WireWriter};
use crate::balance::balance;
use crate::cooperative::cooperative_round;
use crate::model::{
    Assignment, Claim, Group, GroupError, MemberId, NewMember, NewTopic, NumberedMember, Subscribed, Subscription, TopicId, TopicNumbers,
    TopicPartition, Topics,
};
use crate::plan::Plan;

/// Leads a group: from the members' subscriptions and the partitions of the topics to each member's
/// assignment, bytes to bytes.
///
/// Each protocol reads its members' claims as Java's assignor of that name does
/// ([`Protocol::claim`]). The protocol `sticky` gives the whole plan; `cooperative-sticky` gives it
/// in rounds ([`cooperative_round`]).
///
/// ```
/// use sticky_assignor::NewTopic;
/// use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinedMember, Protocol, lead};
/// let metadata = ConsumerProtocolSubscription { topics: vec!["orders"], ..Default::default() }.encode(3)?;
/// let members = ["c1", "c2"].map(|id| JoinedMember { id, instance: None, metadata: &metadata });
/// let round = lead(Protocol::Sticky, &members, &[NewTopic::new("orders", 4)])?;
/// let given = ConsumerProtocolAssignment::decode(&round.assignments[1].assignment)?;
/// assert_eq!(given.assigned_partitions[0].partitions.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where a subscription cannot be read, a rule of groups is broken (two members of one id), or a
/// name is too long to be written.
pub fn lead(protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<LeaderRound, LeadError> {
    let decoded = decode_group(protocol, members, topics)?;
    let plan = balance(&decoded.group);
    answer(protocol, members, decoded, plan)
}

/// What a plan for a group that was read comes to in this round.
fn answer(protocol: Protocol, members: &[JoinedMember<'_>], decoded: DecodedGroup, plan: Plan) -> Result<LeaderRound, LeadError> {
    let DecodedGroup { group, names, unreadable } = decoded;
    let (given, withheld) = match protocol {
        Protocol::Sticky => (plan.assignment().clone(), Vec::new()),
        Protocol::CooperativeSticky => cooperative_round(&group, plan.assignment()).into_parts(),
    };
    let assignments = members.iter().map(|member| encode_assignment(&group, &names, &given, member.id)).collect::<Result<_, _>>()?;
    Ok(LeaderRound { assignments, plan, given, withheld, unreadable })
}

impl LeaderRound {
    /// Leads the round that follows this one, as [`lead`](super::lead()) does, but with a memory:
    /// where everybody has kept what it was given and nothing else has changed, what this round
    /// withheld goes where its plan wants it.
    ///
    /// Without the memory loads are the same and nothing moves that was given, but a partition that
    /// stays with its owner while an older claim contests it may go to another (see
    /// [`cooperative_round`](crate::cooperative_round)). The plan counts as claimed what it
    /// remembers.
    ///
    /// # Errors
    ///
    /// As [`lead`](super::lead()).
    pub fn next_round(&self, protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<Self, LeadError> {
        let decoded = decode_group(protocol, members, topics)?;
        let plan = self.expected(&decoded.group).unwrap_or_else(|| balance(&decoded.group));
        answer(protocol, members, decoded, plan)
    }

    /// The plan for the next group in which everything stays that is claimed or was withheld for a
    /// member; none where something must give way.
    fn expected(&self, next: &Group) -> Option<Plan> {
        let awaited = self.awaited(next);
        if awaited.is_empty() {
            return None;
        }
        let group = next.clone().with_extra_claims(awaited);
        let plan = balance(&group);
        (plan.summary().retained == group.stated_claims()).then_some(plan)
    }

    /// What this round withheld, by the members of the next one that are to get it.
    fn awaited(&self, next: &Group) -> BTreeMap<MemberId, Vec<TopicPartition>> {
        let mut awaited: BTreeMap<MemberId, Vec<TopicPartition>> = BTreeMap::new();
        for (member, partition) in self.withheld.iter().filter_map(|&partition| self.in_group(next, partition)) {
            awaited.entry(member).or_default().push(partition);
        }
        awaited
    }

    /// A partition of this round's plan and its owner, as the next group numbers them. A static
    /// member is the same under a new member id.
    fn in_group(&self, next: &Group, partition: TopicPartition) -> Option<(MemberId, TopicPartition)> {
        let group = self.plan.group();
        let owner = group.member(self.plan.assignment().owner(partition)?)?;
        let topic = next.topic_id(group.all_topics().get(partition.topic).name())?;
        Some((next.known_as(owner)?, TopicPartition { topic, ..partition }))
    }
}

/// A member as the coordinator names it to the leader in its JoinGroup response.
///
/// ```
/// use sticky_assignor::kafka::{ConsumerProtocolSubscription, JoinedMember, Protocol, lead};
/// let metadata = ConsumerProtocolSubscription { topics: vec!["orders"], ..Default::default() }.encode(0)?;
/// let members = [JoinedMember { id: "c1-5f2a", instance: None, metadata: &metadata }];
/// let round = lead(Protocol::Sticky, &members, &[sticky_assignor::NewTopic::new("orders", 3)])?;
/// assert_eq!((round.assignments.len(), round.given.len()), (1, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinedMember<'a> {
    /// Its member id.
    pub id: &'a str,
    /// Its `group.instance.id`, for a static member.
    pub instance: Option<&'a str>,
    /// Its subscription, as it sent it for the protocol the group agreed on.
    pub metadata: &'a [u8],
}

impl JoinedMember<'_> {
    fn refused(&self, error: DecodeError) -> LeadError {
        LeadError::Metadata { member: self.id.into(), error }
    }
}

/// What the leader answers in one round of a group.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LeaderRound {
    /// Each member's assignment as bytes for the SyncGroup request, in the order the members were
    /// given.
    pub assignments: Vec<EncodedAssignment>,
    /// The plan, towards which a cooperative group goes in more than one round.
    pub plan: Plan,
    /// What is given in this round; in the protocol `sticky` the whole plan.
    pub given: Assignment,
    /// What is given to nobody in this round, because a member may still hold it; ascending. Empty
    /// in the protocol `sticky`.
    pub withheld: Vec<TopicPartition>,
    /// The members whose user data could not be read and was left out.
    pub unreadable: Vec<UnreadableUserData>,
}

/// A member's assignment as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodedAssignment {
    /// The member's id.
    pub member: String,
    /// Its `ConsumerProtocolAssignment`.
    pub assignment: Vec<u8>,
}

/// User data that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableUserData {
    /// The member's id.
    pub member: String,
    /// What is wrong with it.
    pub error: DecodeError,
}

/// Why a group cannot be led.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LeadError {
    /// A member's subscription cannot be read. What it holds is not known then, so nothing can be
    /// given safely.
    #[error("member {member:?}: {error}")]
    Metadata {
        /// The member's id.
        member: String,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The members and topics do not make a group.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// An assignment cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// A group, as its members and topics describe it.
struct DecodedGroup {
    group: Group,
    names: WrittenNames,
    /// The members whose user data could not be read.
    unreadable: Vec<UnreadableUserData>,
}

/// The group of these members and topics.
fn decode_group(protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<DecodedGroup, LeadError> {
    let lists = TopicLists::of(members)?;
    let (topics, numbers) = TopicNumbers::including(Topics::describe(topics)?, lists.names());
    let subscribed: Vec<Subscribed> = lists.lists.iter().map(|list| numbers.topics(list.names.iter().copied())).collect();
    let names = WrittenNames::of(&topics)?;
    let decoder = MemberDecoder { protocol, numbers, names: &names };
    let decoded = members.iter().zip(&lists.of_member).map(|(member, &list)| decoder.member(member, lists.lists[list].section));
    let decoded = decoded.collect::<Result<Vec<DecodedMember>, LeadError>>()?;
    let group = Group::of(topics, decoded.iter().zip(&lists.of_member).map(|(member, &list)| member.entry(&subscribed[list])).collect())?;
    Ok(DecodedGroup { group, names, unreadable: decoded.into_iter().filter_map(|member| member.unreadable).collect() })
}

/// The lists of topics that members subscribe to: one that is the same, byte for byte, as the list
/// before it is read once.
struct TopicLists<'a> {
    lists: Vec<TopicList<'a>>,
    of_member: Vec<usize>,
}

struct TopicList<'a> {
    section: &'a [u8],
    names: Vec<&'a str>,
}

impl<'a> TopicLists<'a> {
    fn of(members: &[JoinedMember<'a>]) -> Result<Self, LeadError> {
        let mut lists = Self { lists: Vec::new(), of_member: Vec::with_capacity(members.len()) };
        for member in members {
            lists.add(member.metadata).map_err(|error| member.refused(error))?;
        }
        Ok(lists)
    }

    fn add(&mut self, metadata: &'a [u8]) -> Result<(), DecodeError> {
        let mut reader = WireReader::new(metadata);
        reader.version(NEWEST)?;
        if !self.lists.last().is_some_and(|list| reader.clone().pass(list.section)) {
            let start = reader.clone();
            let names = names(&mut reader)?;
            self.lists.push(TopicList { section: reader.since(&start), names });
        }
        self.of_member.push(self.lists.len() - 1);
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.lists.iter().flat_map(|list| list.names.iter().copied())
    }
}

/// What a member said, but for the topics it subscribes to.
struct DecodedMember {
    member: NewMember,
    claim: Option<Claim>,
    unreadable: Option<UnreadableUserData>,
}

impl DecodedMember {
    fn entry(&self, subscribed: &Subscribed) -> NumberedMember<'_> {
        NumberedMember { member: &self.member, subscribed: subscribed.clone(), claim: self.claim.clone() }
    }
}

struct MemberDecoder<'n> {
    protocol: Protocol,
    numbers: TopicNumbers,
    names: &'n WrittenNames,
}

impl MemberDecoder<'_> {
    /// Reads a member whose list of topics is known.
    fn member(&self, member: &JoinedMember<'_>, topics: &[u8]) -> Result<DecodedMember, LeadError> {
        // Known byte for byte: it need not be compared again.
        let known = |reader: &mut WireReader<'_>| reader.skip(topics.len());
        let list = |reader: &mut WireReader<'_>| self.partitions(reader);
        let said = SubscriptionFields::read(member.metadata, known, list).map_err(|error| member.refused(error))?;
        let ResolvedClaim { partitions, generation, unreadable } =
            self.protocol.resolve(said.user_data, || said.owned_partitions, said.generation, list);
        let described = NewMember {
            rack: said.rack.map(String::from),
            instance: member.instance.map(String::from),
            ..NewMember::new(member.id, Subscription::Named(Vec::new()))
        };
        let unreadable = unreadable.map(|error| UnreadableUserData { member: member.id.into(), error });
        Ok(DecodedMember { member: described, claim: Claim::stated(generation.into(), partitions), unreadable })
    }

    /// A list of partitions, as far as the topics are known and the numbers could be ones.
    fn partitions(&self, reader: &mut WireReader<'_>) -> Result<Vec<TopicPartition>, DecodeError> {
        let count = reader.count(LEAST_ENTRY)?;
        let mut listed = Vec::with_capacity(count);
        let mut next = 0;
        for _ in 0..count {
            let topic = self.topic(reader, &mut next)?;
            let partitions = messages::partition_numbers(reader)?;
            let Some(topic) = topic else { continue };
            for partition in partitions.iter().filter_map(|partition| u32::try_from(partition).ok()) {
                listed.push(TopicPartition { topic, partition });
            }
        }
        Ok(listed)
    }

    /// The number of the topic whose name stands next. Lists usually come in order: the name after
    /// the last one need only be compared.
    fn topic(&self, reader: &mut WireReader<'_>, next: &mut usize) -> Result<Option<TopicId>, DecodeError> {
        let expected = self.names.get(*next).is_some_and(|name| reader.pass(name));
        let topic = match expected {
            true => Some(TopicId::from_index(*next)),
            false => self.numbers.id(reader.string()?, next),
        };
        *next = topic.map_or(*next, |topic| topic.index() + 1);
        Ok(topic)
    }
}

/// The version of the assignments given: all versions are of one shape, and every client reads the
/// first.
const GIVEN_VERSION: i16 = 0;

/// The bytes of an assignment to nothing: the version, no topics, no user data.
const LEAST_GIVEN: usize = 2 + 4 + 4;

/// A member's part of what is given, topic by topic.
fn encode_assignment(group: &Group, names: &WrittenNames, given: &Assignment, id: &str) -> Result<EncodedAssignment, EncodeError> {
    let held = held(group, given, id);
    let mut writer = WireWriter::with_capacity(names.length_of(&held));
    writer.int16(GIVEN_VERSION);
    writer.counted(|writer| {
        let mut topics = 0;
        for partitions in held.chunk_by(|one, next| one.topic == next.topic) {
            writer.raw(names.of_topic(partitions[0].topic));
            writer.count(partitions.len())?;
            partitions.iter().for_each(|partition| writer.int32(partition.partition as i32));
            topics += 1;
        }
        Ok(topics)
    })?;
    writer.nullable_bytes(None)?;
    Ok(EncodedAssignment { member: id.into(), assignment: writer.finish() })
}

/// What a member is given, ascending.
fn held(group: &Group, given: &Assignment, id: &str) -> Vec<TopicPartition> {
    let Some(member) = group.member_id(id) else { return Vec::new() };
    let mut held = Vec::with_capacity(given.load(member) as usize);
    given.partitions_of(member).for_each(|partition| held.push(partition));
    held
}

/// Topic names as they are written, by topic number.
struct WrittenNames {
    bytes: Vec<u8>,
    /// Where each begins, and where the last one ends.
    starts: Vec<usize>,
}

impl WrittenNames {
    fn of(topics: &Topics) -> Result<Self, EncodeError> {
        let mut writer = WireWriter::default();
        let mut starts = vec![0];
        for (_, topic) in topics.in_id_order() {
            writer.string(topic.name())?;
            starts.push(writer.written());
        }
        Ok(Self { bytes: writer.finish(), starts })
    }

    /// How many bytes an assignment to these partitions takes, which ascend.
    fn length_of(&self, held: &[TopicPartition]) -> usize {
        let of_topics = held.chunk_by(|one, next| one.topic == next.topic);
        LEAST_GIVEN + of_topics.map(|partitions| self.of_topic(partitions[0].topic).len() + 4 + 4 * partitions.len()).sum::<usize>()
    }

    /// The name of a topic of this number, if there is one.
    fn get(&self, number: usize) -> Option<&[u8]> {
        let bounds = self.starts.get(number..number + 2)?;
        self.bytes.get(bounds[0]..bounds[1])
    }

    fn of_topic(&self, topic: TopicId) -> &[u8] {
        self.get(topic.index()).unwrap_or_default()
    }
}
