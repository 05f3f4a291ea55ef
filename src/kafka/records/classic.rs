//! Classic groups: `GroupMetadataValue`, versions 0 to 4, one for each generation.

use super::super::error::DecodeError;
use super::super::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use super::fields::{LengthLayout, RecordError, RecordFields, RecordPart};

/// The protocol type of consumers; of other types (Connect's, schema registries') nobody else knows
/// what members say.
const CONSUMER: &str = "consumer";

/// A generation of a classic group: all that the broker keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMetadata<'a> {
    /// What kind of clients the members are; `consumer`, or empty for groups that only commit
    /// offsets.
    pub protocol_type: &'a str,
    /// The generation.
    pub generation: i32,
    /// The assignor they agreed on.
    pub protocol: Option<&'a str>,
    /// The member that leads.
    pub leader: Option<&'a str>,
    /// Since when the group is in its state (version 2), in milliseconds since 1970; −1 is "not
    /// said".
    pub current_state_timestamp: i64,
    /// The members.
    pub members: Vec<GroupMember<'a>>,
}

/// A member of a classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember<'a> {
    /// Its id.
    pub member_id: &'a str,
    /// Its `group.instance.id` (version 3).
    pub group_instance_id: Option<&'a str>,
    /// Its client's id.
    pub client_id: &'a str,
    /// Where it runs.
    pub client_host: &'a str,
    /// How long it may take to rejoin, in milliseconds (version 1).
    pub rebalance_timeout: Option<i32>,
    /// After how long a silence it is taken for lost, in milliseconds.
    pub session_timeout: i32,
    /// What it said when it joined: bytes that its protocol type understands.
    pub subscription: &'a [u8],
    /// What the leader gave it: bytes that its protocol type understands.
    pub assignment: &'a [u8],
}

impl<'a> GroupMetadata<'a> {
    pub(super) fn read(value: &mut RecordFields<'a>, version: i16) -> Result<Self, RecordError> {
        value.lay_out(if version >= 4 { LengthLayout::Flexible } else { LengthLayout::Fixed });
        let read = Self {
            protocol_type: value.string("protocolType")?,
            generation: value.int32("generation")?,
            protocol: value.nullable_string("protocol")?,
            leader: value.nullable_string("leader")?,
            current_state_timestamp: if version >= 2 { value.int64("currentStateTimestamp")? } else { -1 },
            members: value.list("members", least_member(version), |value| GroupMember::read(value, version))?,
        };
        value.tagged_fields("tagged fields")?;
        Ok(read)
    }

    /// Whether its members are consumers, so that they say subscriptions and are given partitions.
    pub fn is_of_consumers(&self) -> bool {
        self.protocol_type == CONSUMER
    }
}

/// The least bytes a member takes: lengths of what is empty, and numbers.
fn least_member(version: i16) -> usize {
    match version {
        0 => 3 * 2 + 4 + 2 * 4,
        1 | 2 => 3 * 2 + 2 * 4 + 2 * 4,
        3 => 4 * 2 + 2 * 4 + 2 * 4,
        _ => 4 + 2 * 4 + 2 + 1,
    }
}

impl<'a> GroupMember<'a> {
    fn read(value: &mut RecordFields<'a>, version: i16) -> Result<Self, RecordError> {
        let read = Self {
            member_id: value.string("members.memberId")?,
            group_instance_id: if version >= 3 { value.nullable_string("members.groupInstanceId")? } else { None },
            client_id: value.string("members.clientId")?,
            client_host: value.string("members.clientHost")?,
            rebalance_timeout: if version >= 1 { Some(value.int32("members.rebalanceTimeout")?) } else { None },
            session_timeout: value.int32("members.sessionTimeout")?,
            subscription: value.bytes("members.subscription")?,
            assignment: value.bytes("members.assignment")?,
        };
        value.tagged_fields("members' tagged fields")?;
        Ok(read)
    }

    /// What it said, where it is a consumer: nothing where that is no bytes at all. `place` is its
    /// place among the members, for errors.
    ///
    /// # Errors
    ///
    /// Where the bytes are no subscription.
    pub fn said(&self, place: usize) -> Result<Option<ConsumerProtocolSubscription<'a>>, RecordError> {
        within("members.subscription", place, self.subscription, ConsumerProtocolSubscription::decode)
    }

    /// What it was given, where it is a consumer: nothing where that is no bytes at all. `place` is
    /// its place among the members, for errors.
    ///
    /// # Errors
    ///
    /// Where the bytes are no assignment.
    pub fn given(&self, place: usize) -> Result<Option<ConsumerProtocolAssignment<'a>>, RecordError> {
        within("members.assignment", place, self.assignment, ConsumerProtocolAssignment::decode)
    }
}

fn within<'a, T>(
    field: &'static str,
    place: usize,
    bytes: &'a [u8],
    decode: impl FnOnce(&'a [u8]) -> Result<T, DecodeError>,
) -> Result<Option<T>, RecordError> {
    let error = |cause| RecordError { part: RecordPart::Value, field, element: Some(place), cause };
    if bytes.is_empty() { Ok(None) } else { decode(bytes).map(Some).map_err(error) }
}
