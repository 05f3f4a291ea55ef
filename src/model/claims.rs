//! What members say they own.

use std::sync::Arc;

use super::assignment::Assignment;
use super::description::{GENERATION_NOT_SAID, NewMember};
use super::ids::{MemberId, TopicId, TopicPartition};
use super::topics::TopicNumbers;

/// One member's word about what it owned.
///
/// ```
/// use sticky_assignor::{Claims, Group, NewMember, NewTopic};
/// let member = NewMember::new("c1", "orders").owning("orders", [0, 2]).generation(7);
/// let group = Group::new(&[NewTopic::new("orders", 4)], &[member])?;
/// let Claims::Stated(claims) = group.claims() else { unreachable!("members stated them") };
/// let (_, claim) = claims.iter().next().expect("there is one");
/// assert_eq!((claim.generation(), claim.partitions().len()), (7, 2));
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    generation: i64,
    partitions: Arc<Vec<TopicPartition>>,
}

impl Claim {
    /// What a member claims as it describes itself, as far as it could ever be true: of topics
    /// nobody knows and negative partitions nothing is kept.
    pub(super) fn of_described(member: &NewMember, numbers: &TopicNumbers) -> Option<Self> {
        let mut claimed = Vec::with_capacity(member.owned.iter().map(|(_, partitions)| partitions.len()).sum());
        let mut next = 0;
        for (topic, list) in &member.owned {
            if let Some(topic) = numbers.id(topic, &mut next) {
                let real = list.iter().filter_map(|partition| u32::try_from(*partition).ok());
                claimed.extend(real.map(|partition| TopicPartition { topic, partition }));
            }
        }
        Self::stated(member.generation, claimed)
    }

    /// The claim to these partitions, in any order, repeated or not; none to nothing.
    pub(crate) fn stated(generation: i64, mut partitions: Vec<TopicPartition>) -> Option<Self> {
        if !partitions.is_sorted_by(|one, next| one < next) {
            partitions.sort_unstable();
            partitions.dedup();
        }
        let generation = generation.max(GENERATION_NOT_SAID);
        (!partitions.is_empty()).then(|| Self { generation, partitions: Arc::new(partitions) })
    }

    /// The generation it owned them in; never below −1, which says nothing and is older than any
    /// real one.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    fn without_topic(&self, topic: TopicId) -> Self {
        let partitions = self.partitions.iter().copied().filter(|partition| partition.topic != topic).collect();
        Self { generation: self.generation, partitions: Arc::new(partitions) }
    }

    /// The partitions it names, ascending, each once. They may not exist.
    pub fn partitions(&self) -> &[TopicPartition] {
        &self.partitions
    }
}

/// What the members of a group say they own: hostile until resolved by
/// [`balance`](crate::balance()).
///
/// For each partition the highest generation wins (KIP-341, KIP-792). Two claimants at that
/// generation void it for all, and no older claim inherits. What is left is dropped if its member
/// no longer subscribes to the topic, or the partition does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claims {
    /// Each member's own word. The map is one of the crate re-exported as [`im`](crate::im).
    Stated(im::OrdMap<MemberId, Claim>),
    /// The assignment before, which needs no resolving; owners that left are no longer in the
    /// group.
    Previous(Assignment),
}

impl Claims {
    /// What a member claims, as it was said.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders").owning("orders", [0, 2])])?;
    /// let c1 = group.member_id("c1").expect("a member");
    /// assert_eq!(group.claims().of(c1).len(), 2);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn of(&self, member: MemberId) -> Vec<TopicPartition> {
        match self {
            Self::Stated(claims) => claims.get(&member).map(|claim| claim.partitions.to_vec()).unwrap_or_default(),
            Self::Previous(assignment) => assignment.partitions_of(member).collect(),
        }
    }

    /// Whether a member claims anything.
    pub(super) fn names(&self, member: MemberId) -> bool {
        match self {
            Self::Stated(claims) => claims.contains_key(&member),
            Self::Previous(assignment) => assignment.load(member) > 0,
        }
    }

    /// The generation of a member's claim; of an assignment before, one and the same for all.
    pub(crate) fn generation_of(&self, member: MemberId) -> i64 {
        match self {
            Self::Stated(claims) => claims.get(&member).map_or(GENERATION_NOT_SAID, Claim::generation),
            Self::Previous(_) => 0,
        }
    }

    /// The assignment before, where that is what members claim.
    pub(crate) fn previous(&self) -> Option<&Assignment> {
        match self {
            Self::Stated(_) => None,
            Self::Previous(assignment) => Some(assignment),
        }
    }

    /// The claims without a member's.
    pub(super) fn without_member(self, member: MemberId) -> Self {
        match self {
            Self::Stated(mut claims) => {
                claims.remove(&member);
                Self::Stated(claims)
            }
            previous => previous,
        }
    }

    /// The claims without those to a topic.
    pub(super) fn without_topic(self, topic: TopicId) -> Self {
        match self {
            Self::Stated(claims) => Self::Stated(claims.iter().map(|(&member, claim)| (member, claim.without_topic(topic))).collect()),
            Self::Previous(assignment) => Self::Previous(assignment.without_topic(topic)),
        }
    }
}
