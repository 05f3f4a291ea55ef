//! What the members of a group say, read without copying it: names become numbers while the bytes
//! are read.

use super::claim::{Protocol, ResolvedClaim};
use super::encode_assignment::WrittenNames;
use super::error::DecodeError;
use super::messages::{NEWEST, SubscriptionFields, names};
use super::partitions::{self, LEAST_ENTRY};
use super::round::{JoinedMember, LeadError, UnreadableUserData};
use super::wire::WireReader;
use crate::model::{
    Claim, Group, NewMember, NewTopic, NumberedMember, Subscribed, Subscription, TopicId, TopicNumbers, TopicPartition, Topics,
};

/// A group, as its members and topics describe it.
pub(super) struct DecodedGroup {
    pub(super) group: Group,
    pub(super) names: WrittenNames,
    /// The members whose user data could not be read.
    pub(super) unreadable: Vec<UnreadableUserData>,
}

/// The group of these members and topics.
pub(super) fn decode_group(protocol: Protocol, members: &[JoinedMember<'_>], topics: &[NewTopic]) -> Result<DecodedGroup, LeadError> {
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
            let partitions = partitions::numbers(reader)?;
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
