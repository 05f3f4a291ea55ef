//! The lines of an event log, kept as what was seen: members that are as they were are one value in
//! all of them, and a line is written down when it is asked for.

use std::sync::Arc;

use super::history::{PartitionsByTopic, SeenMember};
use crate::document::{
    AnyInteger, At, EventContent, EventDocument, SeenGroupDocument, SeenMemberDocument, SubscriptionDocument, TopicDocument, UniqueMap,
};
use crate::model::Subscription;

/// The lines of an event log.
///
/// ```
/// use sticky_assignor::import::{ImportOptions, read};
/// let head = "CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT";
/// let (one, other) = ("c1 /h app 1 clicks(0)", "c1 /h app 1 clicks(1)");
/// let text = format!("1772359203\n{head}\n{one}\n\n1772359213\n{head}\n{other}\n");
/// let imported = read(&text, &ImportOptions::default())?;
/// let lines = &imported.histories[0].lines;
/// assert_eq!(lines.len(), 2);
/// let times: Vec<String> = lines.iter().map(|line| line.at.to_string()).collect();
/// assert_eq!(times, ["2026-03-01T10:00:03.000Z", "2026-03-01T10:00:13.000Z"]);
/// # Ok::<(), sticky_assignor::import::ImportError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedLines {
    name: Option<String>,
    lines: Vec<KeptLine>,
}

impl ImportedLines {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines, each written down when it is due.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EventDocument> {
        self.lines.iter().map(|line| line.document(self.name.as_deref()))
    }

    pub(super) fn new(name: Option<String>, lines: Vec<KeptLine>) -> Self {
        Self { name, lines }
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeptLine {
    pub(super) at: At,
    pub(super) content: KeptContent,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KeptContent {
    Group(KeptGroup),
    Other(EventContent),
}

/// A whole group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeptGroup {
    pub(super) generation: Option<i64>,
    /// All topics there were.
    pub(super) topics: Arc<UniqueMap<TopicDocument>>,
    /// The members, all with what they subscribe to.
    pub(super) members: Vec<Arc<SeenMember>>,
}

impl KeptLine {
    fn document(&self, name: Option<&str>) -> EventDocument {
        let content = match &self.content {
            KeptContent::Group(group) => EventContent::Group(group.document(name)),
            KeptContent::Other(content) => content.clone(),
        };
        EventDocument { at: self.at, content }
    }
}

impl KeptGroup {
    fn document(&self, name: Option<&str>) -> SeenGroupDocument {
        // What is held is written where it is not what was decided, and then of everybody.
        let apart = self.members.iter().any(|member| member.held.is_some() && member.held != member.decided);
        let member = |member: &Arc<SeenMember>| SeenMemberDocument {
            id: member.id.clone(),
            topics: subscription_of(member),
            owned: member.held.as_ref().filter(|_| apart).map(lists),
            rack: member.rack.clone(),
            instance: member.instance.clone(),
        };
        SeenGroupDocument {
            name: name.map(String::from),
            generation: self.generation,
            topics: UniqueMap::clone(&self.topics),
            members: self.members.iter().map(member).collect(),
            assignment: assignment(&self.members),
        }
    }
}

/// Topic → partitions, as documents have it.
type Lists = UniqueMap<Vec<AnyInteger>>;

/// What a member is inferred to subscribe to.
pub(super) fn subscription_of(member: &SeenMember) -> SubscriptionDocument {
    SubscriptionDocument(member.subscription.clone().unwrap_or(Subscription::Every))
}

pub(super) fn lists(partitions: &PartitionsByTopic) -> Lists {
    let listed = partitions.iter().filter(|(_, list)| !list.is_empty());
    listed.map(|(topic, list)| (topic.clone(), list.iter().map(|partition| AnyInteger(i64::from(*partition))).collect())).collect()
}

/// What was decided; none where that is not known of any member.
pub(super) fn assignment(members: &[Arc<SeenMember>]) -> Option<UniqueMap<Lists>> {
    let known = members.is_empty() || members.iter().any(|member| member.decided.is_some());
    let decided = members.iter().filter_map(|member| Some((member.id.clone(), lists(member.decided.as_ref()?))));
    known.then(|| decided.collect())
}
