//! The group of a document: one that breaks a rule of groups, or is too large, is refused with the
//! field that is at fault; of one that can be used it is said what is likely to be meant otherwise,
//! and which of its claims do not count.

use std::collections::HashMap;
use std::fmt;

use clap::Args;
use sticky_assignor::document::{AnyInteger, GroupDocument, MemberDocument, printable};
use sticky_assignor::replay::LogFault;
use sticky_assignor::{DEFAULT_PARTITION_LIMIT, Group, GroupError, Subscription};

use super::input::{DocumentPlace, FieldStep};
use super::output::{self, Failure};

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

/// Says what a document means by what it says, where something else is likely to be meant, and
/// which claims do not count.
pub(crate) fn doubt(place: &DocumentPlace<'_>, document: &GroupDocument) {
    let is_star = |member: &&MemberDocument| matches!(&member.topics.0, Subscription::Named(names) if names.iter().any(|name| name == "*"));
    if let Some(member) = document.members.iter().find(is_star) {
        output::say(format_args!(
            "note: {place}: member {:?} subscribes to a topic named \"*\"; every topic is \"topics\": \"*\", without brackets",
            printable(&member.id)
        ));
    }
    if let Some(set_aside) = SetAside::of(document) {
        output::say(format_args!("note: {place}: {set_aside}"));
    }
}

/// Says where members subscribe to topics that do not exist: allowed, but often a slip.
fn doubt_topics(place: &DocumentPlace<'_>, document: &GroupDocument) {
    let named = document.members.iter().filter_map(|member| match &member.topics.0 {
        Subscription::Named(names) => Some(names.iter().map(move |name| (member, name))),
        Subscription::Every => None,
    });
    let mut absent = named.flatten().filter(|(_, name)| *name != "*" && !document.topics.0.contains_key(name.as_str()));
    if let Some((member, name)) = absent.next() {
        let more = match absent.count() {
            0 => String::new(),
            more => format!(", and {more} more such"),
        };
        output::say(format_args!(
            "note: {place}: member {:?} subscribes to {name:?}, a topic that does not exist{more}",
            printable(&member.id)
        ));
    }
}

/// Why a claim does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SetAsideReason {
    UnknownTopic,
    UnknownPartition,
    Older,
    Contested,
    NotSubscribed,
}

impl SetAsideReason {
    const ALL: [Self; 5] = [Self::UnknownTopic, Self::UnknownPartition, Self::Older, Self::Contested, Self::NotSubscribed];

    fn words(self) -> &'static str {
        match self {
            Self::UnknownTopic => "of topics that do not exist",
            Self::UnknownPartition => "of partitions that do not exist",
            Self::Older => "older than another member's",
            Self::Contested => "as new as another member's",
            Self::NotSubscribed => "of topics that the member does not subscribe to",
        }
    }
}

/// The claims of a group that do not count: how many for each reason, and the first.
struct SetAside {
    counts: [usize; SetAsideReason::ALL.len()],
    first: String,
}

impl SetAside {
    /// Those of a document, if there are any.
    fn of(document: &GroupDocument) -> Option<Self> {
        let newest = newest(document);
        let mut found: Option<Self> = None;
        for member in &document.members {
            for (topic, partition) in claims(member) {
                let Some(reason) = reason(document, &newest, member, topic, partition) else { continue };
                let found = found.get_or_insert_with(|| Self {
                    counts: [0; SetAsideReason::ALL.len()],
                    first: format!("{} {partition} by {}", printable(topic), printable(&member.id)),
                });
                found.counts[reason as usize] += 1;
            }
        }
        found
    }
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.counts.iter().sum();
        let said = SetAsideReason::ALL.into_iter().zip(self.counts).filter(|(_, count)| *count > 0);
        let said: Vec<String> = said.map(|(reason, count)| format!("{count} {}", reason.words())).collect();
        let claims = if total == 1 { "1 claim does" } else { &format!("{total} claims do") };
        write!(f, "{claims} not count: {}; the first is {}", said.join(", "), self.first)
    }
}

/// The newest generation that claims a partition, and how many members claim it in that.
type Newest<'a> = HashMap<(&'a str, AnyInteger), (i64, u32)>;

fn newest(document: &GroupDocument) -> Newest<'_> {
    let mut newest = Newest::new();
    for member in &document.members {
        for claim in claims(member) {
            let generation = generation(member);
            let known = newest.entry(claim).or_insert((generation, 0));
            match generation.cmp(&known.0) {
                std::cmp::Ordering::Greater => *known = (generation, 1),
                std::cmp::Ordering::Equal => known.1 += 1,
                std::cmp::Ordering::Less => {}
            }
        }
    }
    newest
}

/// What a member claims, each partition once.
fn claims(member: &MemberDocument) -> impl Iterator<Item = (&str, AnyInteger)> {
    member.owned.0.iter().flat_map(|(topic, list)| {
        let mut partitions = list.clone();
        partitions.sort_unstable();
        partitions.dedup();
        partitions.into_iter().map(move |partition| (topic.as_str(), partition))
    })
}

/// All generations that are not said are one.
fn generation(member: &MemberDocument) -> i64 {
    member.generation.0.max(-1)
}

fn reason(
    document: &GroupDocument,
    newest: &Newest<'_>,
    member: &MemberDocument,
    topic: &str,
    partition: AnyInteger,
) -> Option<SetAsideReason> {
    let Some(known) = document.topics.0.get(topic) else { return Some(SetAsideReason::UnknownTopic) };
    let (generation_of_newest, claimants) = newest.get(&(topic, partition)).copied().unwrap_or_default();
    match () {
        () if !(0..known.partitions).contains(&partition.0) => Some(SetAsideReason::UnknownPartition),
        () if generation(member) < generation_of_newest => Some(SetAsideReason::Older),
        () if claimants > 1 => Some(SetAsideReason::Contested),
        () if !subscribes(member, topic) => Some(SetAsideReason::NotSubscribed),
        () => None,
    }
}

fn subscribes(member: &MemberDocument, topic: &str) -> bool {
    match &member.topics.0 {
        Subscription::Every => true,
        Subscription::Named(names) => names.iter().any(|name| name == topic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(members: &str) -> Option<String> {
        let document = format!(r#"{{"topics": {{"t": 4, "u": 1}}, "members": [{members}]}}"#);
        let document: GroupDocument = serde_json::from_str(&document).expect("a group");
        SetAside::of(&document).map(|found| found.to_string())
    }

    #[test]
    fn claims_that_count_are_not_spoken_of() {
        assert_eq!(
            said(r#"{"id": "a", "topics": "*", "owned": {"t": [0, 1, 1]}}, {"id": "b", "topics": ["t"], "owned": {"t": [2]}}"#),
            None
        );
    }

    #[test]
    fn each_reason_is_counted_and_the_first_claim_named() {
        let members = r#"{"id": "a", "topics": "*", "owned": {"gone": [0], "t": [0, 1, 9]}, "generation": 3},
            {"id": "b", "topics": ["t"], "owned": {"t": [0, 1], "u": [0]}, "generation": 3},
            {"id": "c", "topics": ["t"], "owned": {"t": [0]}, "generation": 2}"#;
        let expected = "8 claims do not count: 1 of topics that do not exist, 1 of partitions that do not exist, \
            1 older than another member's, 4 as new as another member's, 1 of topics that the member does not subscribe to; \
            the first is gone 0 by a";
        assert_eq!(said(members).as_deref(), Some(expected));
        let one = r#"{"id": "a", "topics": "*", "owned": {"t": [-1]}}"#;
        assert_eq!(said(one).as_deref(), Some("1 claim does not count: 1 of partitions that do not exist; the first is t -1 by a"));
    }
}
