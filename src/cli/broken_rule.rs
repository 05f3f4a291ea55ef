//! The rule of groups that a document breaks, with the field that breaks it.

use sticky_assignor::GroupError;
use sticky_assignor::document::{GroupDocument, MemberDocument};

use super::failure::Failure;
use super::input::Place;
use super::seek::Step;

/// The failure of a document that describes no group.
pub(crate) fn broken_rule(place: &Place<'_>, document: &GroupDocument, error: &GroupError) -> Failure {
    let (field, stated) = (field(document, error), error.to_string());
    match field[..] {
        // The error knows no more than that it is about members.
        [_, Step::Index(number), Step::Key(key)] => {
            let reason = stated.strip_prefix("members: ").unwrap_or(&stated);
            place.failure_at(&field, format_args!("members[{number}].{key}: {reason}"))
        }
        _ => place.failure_at(&field, stated),
    }
}

/// The way to the field that is at fault.
fn field<'a>(document: &GroupDocument, error: &'a GroupError) -> Vec<Step<'a>> {
    let topics = Step::Key("topics");
    match error {
        GroupError::DuplicateMember { id } => second(document, "id", |member| member.id == *id),
        GroupError::DuplicateInstance { instance, .. } => second(document, "instance", |member| member.instance.as_ref() == Some(instance)),
        GroupError::PartitionCount { topic, .. } => vec![topics, Step::Key(topic), Step::Key("partitions")],
        GroupError::RackCount { topic, .. } => vec![topics, Step::Key(topic), Step::Key("racks")],
        _ => vec![topics],
    }
}

/// The way to this key of the second member of which something is true.
fn second(document: &GroupDocument, key: &'static str, holds: impl Fn(&MemberDocument) -> bool) -> Vec<Step<'static>> {
    let number = document.members.iter().enumerate().filter(|(_, member)| holds(member)).map(|(number, _)| number).nth(1);
    [Step::Key("members")].into_iter().chain(number.into_iter().flat_map(|number| [Step::Index(number), Step::Key(key)])).collect()
}
