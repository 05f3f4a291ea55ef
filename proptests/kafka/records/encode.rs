//! An encoder of records that shares nothing with the decoder: written from Kafka's description of
//! them, field by field.

use std::collections::BTreeMap;

/// Partitions by topic.
pub(crate) type Parts = BTreeMap<String, Vec<i32>>;

/// Partitions by topic id.
pub(crate) type IdParts = Vec<([u8; 16], Vec<i32>)>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generation {
    pub(crate) protocol_type: String,
    pub(crate) generation: i32,
    pub(crate) protocol: Option<String>,
    pub(crate) leader: Option<String>,
    pub(crate) since: i64,
    pub(crate) members: Vec<ClassicMember>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClassicMember {
    pub(crate) id: String,
    pub(crate) instance: Option<String>,
    pub(crate) client: String,
    pub(crate) host: String,
    pub(crate) rebalance_timeout: i32,
    pub(crate) session_timeout: i32,
    pub(crate) subscription: Vec<u8>,
    pub(crate) assignment: Vec<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ModernMember {
    pub(crate) instance: Option<String>,
    pub(crate) rack: Option<String>,
    pub(crate) client: String,
    pub(crate) host: String,
    pub(crate) topics: Vec<String>,
    pub(crate) regex: Option<String>,
    pub(crate) timeout: i32,
    pub(crate) assignor: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) id: [u8; 16],
    pub(crate) name: String,
    pub(crate) partitions: i32,
    pub(crate) racks: Vec<(i32, Vec<String>)>,
}

/// How lengths are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lengths {
    Fixed,
    Compact,
}

struct Out {
    bytes: Vec<u8>,
    lengths: Lengths,
}

impl Out {
    fn new(lengths: Lengths) -> Self {
        Self { bytes: Vec::new(), lengths }
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn i16(&mut self, number: i16) -> &mut Self {
        self.put(&number.to_be_bytes())
    }

    fn i32(&mut self, number: i32) -> &mut Self {
        self.put(&number.to_be_bytes())
    }

    fn i64(&mut self, number: i64) -> &mut Self {
        self.put(&number.to_be_bytes())
    }

    fn varint(&mut self, mut number: usize) -> &mut Self {
        while number >= 128 {
            self.bytes.push((number % 128) as u8 + 128);
            number /= 128;
        }
        self.bytes.push(number as u8);
        self
    }

    fn string(&mut self, text: &str) -> &mut Self {
        match self.lengths {
            Lengths::Fixed => self.i16(text.len() as i16),
            Lengths::Compact => self.varint(text.len() + 1),
        };
        self.put(text.as_bytes())
    }

    fn nullable(&mut self, text: Option<&String>) -> &mut Self {
        match (text, self.lengths) {
            (Some(text), _) => self.string(text),
            (None, Lengths::Fixed) => self.i16(-1),
            (None, Lengths::Compact) => self.varint(0),
        }
    }

    fn count(&mut self, length: usize) -> &mut Self {
        match self.lengths {
            Lengths::Fixed => self.i32(length as i32),
            Lengths::Compact => self.varint(length + 1),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len()).put(bytes)
    }

    fn numbers(&mut self, numbers: &[i32]) -> &mut Self {
        self.count(numbers.len());
        for number in numbers {
            self.i32(*number);
        }
        self
    }

    /// Tagged fields, which no fixed version has.
    fn tags(&mut self, tags: &[(u8, Vec<u8>)]) -> &mut Self {
        if self.lengths == Lengths::Compact {
            self.varint(tags.len());
            for (tag, bytes) in tags {
                self.varint(usize::from(*tag)).varint(bytes.len()).put(bytes);
            }
        }
        self
    }

    fn id_parts(&mut self, parts: &IdParts, tags: &[(u8, Vec<u8>)]) -> &mut Self {
        self.count(parts.len());
        for (id, numbers) in parts {
            self.put(id).numbers(numbers).tags(tags);
        }
        self
    }
}

/// The key of a kind that names a group only.
pub(crate) fn group_key(kind: i16, group: &str) -> Vec<u8> {
    let mut out = Out::new(Lengths::Fixed);
    out.i16(kind).string(group);
    out.bytes
}

/// The key of a kind that names a member too.
pub(crate) fn member_key(kind: i16, group: &str, member: &str) -> Vec<u8> {
    let mut out = Out::new(Lengths::Fixed);
    out.i16(kind).string(group).string(member);
    out.bytes
}

/// The key of a committed offset.
pub(crate) fn offset_key(kind: i16, group: &str, topic: &str, partition: i32) -> Vec<u8> {
    let mut out = Out::new(Lengths::Fixed);
    out.i16(kind).string(group).string(topic).i32(partition);
    out.bytes
}

pub(crate) fn generation(version: i16, said: &Generation) -> Vec<u8> {
    let mut out = Out::new(if version >= 4 { Lengths::Compact } else { Lengths::Fixed });
    out.i16(version).string(&said.protocol_type).i32(said.generation);
    out.nullable(said.protocol.as_ref()).nullable(said.leader.as_ref());
    if version >= 2 {
        out.i64(said.since);
    }
    out.count(said.members.len());
    for member in &said.members {
        out.string(&member.id);
        if version >= 3 {
            out.nullable(member.instance.as_ref());
        }
        out.string(&member.client).string(&member.host);
        if version >= 1 {
            out.i32(member.rebalance_timeout);
        }
        out.i32(member.session_timeout).bytes(&member.subscription).bytes(&member.assignment).tags(&[]);
    }
    out.tags(&[]);
    out.bytes
}

/// A number and tagged fields: the values of kinds 3 and 6.
pub(crate) fn epoch(epoch: i32, tags: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = Out::new(Lengths::Compact);
    out.i16(0).i32(epoch).tags(tags);
    out.bytes
}

pub(crate) fn described(topics: &[Described]) -> Vec<u8> {
    let mut out = Out::new(Lengths::Compact);
    out.i16(0).count(topics.len());
    for topic in topics {
        out.put(&topic.id).string(&topic.name).i32(topic.partitions).count(topic.racks.len());
        for (partition, racks) in &topic.racks {
            out.i32(*partition).count(racks.len());
            for rack in racks {
                out.string(rack);
            }
            out.tags(&[]);
        }
        out.tags(&[]);
    }
    out.tags(&[]);
    out.bytes
}

pub(crate) fn member(said: &ModernMember, tags: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = Out::new(Lengths::Compact);
    out.i16(0).nullable(said.instance.as_ref()).nullable(said.rack.as_ref());
    out.string(&said.client).string(&said.host).count(said.topics.len());
    for topic in &said.topics {
        out.string(topic);
    }
    out.nullable(said.regex.as_ref()).i32(said.timeout).nullable(said.assignor.as_ref()).tags(tags);
    out.bytes
}

pub(crate) fn target(parts: &IdParts) -> Vec<u8> {
    let mut out = Out::new(Lengths::Compact);
    out.i16(0).id_parts(parts, &[]).tags(&[]);
    out.bytes
}

/// The epochs at which partitions were given, which newer brokers add, go into a tag of each topic.
pub(crate) fn current(epochs: [i32; 2], state: i8, assigned: &IdParts, revoking: &IdParts, tags: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = Out::new(Lengths::Compact);
    out.i16(0).i32(epochs[0]).i32(epochs[1]).put(&state.to_be_bytes());
    out.id_parts(assigned, tags).id_parts(revoking, tags).tags(&[]);
    out.bytes
}

/// What a consumer says when it joins, version 3.
pub(crate) fn subscription(topics: &[String], owned: &Parts, generation: i32, rack: Option<&String>) -> Vec<u8> {
    let mut out = Out::new(Lengths::Fixed);
    out.i16(3).count(topics.len());
    for topic in topics {
        out.string(topic);
    }
    out.i32(-1).count(owned.len());
    for (topic, numbers) in owned {
        out.string(topic).numbers(numbers);
    }
    out.i32(generation).nullable(rack);
    out.bytes
}

/// What a consumer is given, version 3.
pub(crate) fn assignment(given: &Parts) -> Vec<u8> {
    let mut out = Out::new(Lengths::Fixed);
    out.i16(3).count(given.len());
    for (topic, numbers) in given {
        out.string(topic).numbers(numbers);
    }
    out.i32(-1);
    out.bytes
}
