//! How large a group may be, and the group of a document: one that breaks a rule of groups is
//! refused with the field that breaks it.

use clap::Args;
use sticky_assignor::document::{GroupDocument, MemberDocument};
use sticky_assignor::replay::LogFault;
use sticky_assignor::{DEFAULT_PARTITION_LIMIT, Group, GroupError};

use super::doubts::{doubt, doubt_topics};
use super::failure::Failure;
use super::input::DocumentPlace;
use super::position::FieldStep;

/// How large a group may be.
#[derive(Debug, Args)]
pub(crate) struct Limit {
    /// Refuse groups with more partitions than this
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PARTITION_LIMIT)]
    max_partitions: u64,
}

impl Limit {
    /// The most partitions a group may have.
    pub(crate) fn partitions(&self) -> u64 {
        self.max_partitions
    }

    /// The group of a document.
    pub(crate) fn group(&self, place: &DocumentPlace<'_>, document: &GroupDocument) -> Result<Group, Failure> {
        doubt(place, document);
        doubt_topics(place, document);
        let group = Group::try_from(document).map_err(|error| broken_rule(place, document, &error))?;
        match self.exceeded(&group) {
            Some(reason) => Err(place.failure_at(&[FieldStep::Key("topics")], reason)),
            None => Ok(group),
        }
    }

    /// What is said of a group that is too large; to be asked before anything is allocated for its
    /// partitions.
    pub(crate) fn exceeded(&self, group: &Group) -> Option<LogFault> {
        let (partitions, limit) = (group.partition_count(), self.max_partitions);
        (partitions > limit).then_some(LogFault::TooManyPartitions { partitions, limit })
    }
}

/// The failure of a document that describes no group.
pub(crate) fn broken_rule(place: &DocumentPlace<'_>, document: &GroupDocument, error: &GroupError) -> Failure {
    let (field, stated) = (field(document, error), error.to_string());
    match field[..] {
        // The error knows no more than that it is about members.
        [_, FieldStep::Index(number), FieldStep::Key(key)] => {
            let reason = stated.strip_prefix("members: ").unwrap_or(&stated);
            place.failure_at(&field, format_args!("members[{number}].{key}: {reason}"))
        }
        _ => place.failure_at(&field, stated),
    }
}

/// The way to the field that is at fault.
fn field<'a>(document: &GroupDocument, error: &'a GroupError) -> Vec<FieldStep<'a>> {
    let topics = FieldStep::Key("topics");
    match error {
        GroupError::EmptyMemberId => nth(document, 0, "id", |member| member.id.is_empty()),
        GroupError::DuplicateMember { id } => second(document, "id", |member| member.id == *id),
        GroupError::DuplicateInstance { instance, .. } => second(document, "instance", |member| member.instance.as_ref() == Some(instance)),
        GroupError::PartitionCount { topic, .. } => vec![topics, FieldStep::Key(topic), FieldStep::Key("partitions")],
        GroupError::RackCount { topic, .. } => vec![topics, FieldStep::Key(topic), FieldStep::Key("racks")],
        _ => vec![topics],
    }
}

/// The way to this key of the second member of which something is true.
fn second(document: &GroupDocument, key: &'static str, holds: impl Fn(&MemberDocument) -> bool) -> Vec<FieldStep<'static>> {
    nth(document, 1, key, holds)
}

/// The way to this key of one of the members of which something is true.
fn nth(document: &GroupDocument, place: usize, key: &'static str, holds: impl Fn(&MemberDocument) -> bool) -> Vec<FieldStep<'static>> {
    let number = document.members.iter().enumerate().filter(|(_, member)| holds(member)).map(|(number, _)| number).nth(place);
    let key = number.into_iter().flat_map(|number| [FieldStep::Index(number), FieldStep::Key(key)]);
    [FieldStep::Key("members")].into_iter().chain(key).collect()
}
