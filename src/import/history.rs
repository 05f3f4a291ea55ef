//! What an input shows of a group, moment after moment: every format is read into this, before
//! anything is inferred; and the lines of an event log, kept as what was seen.
//!
//! What is `None` in what was seen was not said: nothing there was guessed. Members that are as
//! they were are one value in all moments and lines, and a line is written down when it is asked
//! for.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crate::document::{
    AnyInteger, At, Date, EventContent, EventDocument, SeenGroupDocument, SeenMemberDocument, SubscriptionDocument, TopicDocument,
    UniqueMap,
};
use crate::model::Subscription;

/// Topic → partitions, in any order; a partition may stand there twice, as hostile records may have
/// it.
pub(super) type PartitionsByTopic = BTreeMap<String, Vec<i32>>;

/// All that an input shows of one group, in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ObservedHistory {
    /// The group's name; some tables have none.
    pub(super) group: Option<String>,
    /// What was seen: each moment becomes one line of an event log.
    pub(super) observations: Vec<Observation>,
}

/// What was seen of a group at one time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Observation {
    /// When.
    pub(super) at: Option<Date>,
    /// What.
    pub(super) seen: Seen,
}

/// Something seen of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    /// All of it: every member that there was.
    Group(SeenGroup),
    /// A member that joined.
    Joined(SeenMember),
    /// A member, by its id, that left.
    Left(String),
    /// A rebalance of which nothing is known but its reason.
    Rebalance(String),
}

/// A whole group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SeenGroup {
    /// The generation; of a consumer group the epoch of its target assignment.
    pub(super) generation: Option<i64>,
    /// Its members, in any order, ids once each. One that is as it was is the same value.
    pub(super) members: Vec<Arc<SeenMember>>,
    /// Topics of which the number of partitions is said, not inferred.
    pub(super) topics: Arc<BTreeMap<String, TopicDocument>>,
    /// Partitions that were seen without an owner.
    pub(super) unowned: PartitionsByTopic,
    /// Partitions that somebody named: they count those of their topics, and no more.
    pub(super) counted: PartitionsByTopic,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SeenMember {
    /// The member id.
    pub(super) id: String,
    /// Its `group.instance.id`.
    pub(super) instance: Option<String>,
    /// Its `client.id`.
    pub(super) client: Option<String>,
    /// Its rack.
    pub(super) rack: Option<String>,
    /// What it subscribed to.
    pub(super) subscription: Option<Subscription>,
    /// What the assignor decided that it has: the assignment, or the target of a rebalance under
    /// way.
    pub(super) decided: Option<PartitionsByTopic>,
    /// What it held then. Where that is known to be what was decided, both are given.
    pub(super) held: Option<PartitionsByTopic>,
}

impl SeenMember {
    /// What was decided and what it held, as far as that was said.
    pub(super) fn lists(&self) -> impl Iterator<Item = &PartitionsByTopic> + Clone {
        [&self.decided, &self.held].into_iter().flatten()
    }
}

/// What became of the members of the last moment: one that is the same value a moment later is not
/// looked at again.
#[derive(Debug, Default)]
pub(super) struct MembersSoFar {
    /// Each as it was seen, and what it became.
    last: Vec<(Arc<SeenMember>, Arc<SeenMember>)>,
}

impl MembersSoFar {
    /// What becomes of the members of the next moment.
    pub(super) fn next(
        &mut self,
        mut members: Vec<Arc<SeenMember>>,
        mut into: impl FnMut(&Arc<SeenMember>) -> Arc<SeenMember>,
    ) -> Vec<Arc<SeenMember>> {
        self.last.truncate(members.len());
        for (place, member) in members.iter_mut().enumerate() {
            match self.last.get_mut(place) {
                Some((last, became)) if Arc::ptr_eq(last, member) => *member = became.clone(),
                last => {
                    let became = into(member);
                    let next = (mem::replace(member, became.clone()), became);
                    match last {
                        Some(last) => *last = next,
                        None => self.last.push(next),
                    }
                }
            }
        }
        members
    }
}

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
