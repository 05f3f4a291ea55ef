//! What was owned in one group, claimed in another that was built by itself.

use super::assignment::Assignment;
use super::group::Group;
use super::ids::{MemberId, TopicId, TopicPartition};
use super::members::Member;
use super::sheet::{NO_OWNER, Sheet, Slots};

impl Group {
    /// The group, its members claiming what an assignment of another group gave them there.
    ///
    /// For a group that is described anew at each rebalance, and the plan of the one before. Names
    /// lead from one to the other: a static member is known by its instance id, any other by its
    /// member id, a topic by its name. What is not found here is claimed by nobody. The assignment
    /// is one of `before`, or of a group that one came from (see [`MemberId`]).
    ///
    /// Linear in the partitions of both, beside looking up each member and topic.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// let yesterday = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
    /// let plan = balance(&yesterday);
    /// let today = Group::new(
    ///     &[NewTopic::new("clicks", 2), NewTopic::new("orders", 4)],
    ///     &[NewMember::new("c0", ["clicks"]), NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])],
    /// )?;
    /// let next = balance(&today.claiming_from(&yesterday, plan.assignment()));
    /// assert_eq!((next.summary().retained, next.summary().moved, next.summary().new), (4, 0, 2));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn claiming_from(self, before: &Self, owned: &Assignment) -> Self {
        let carried = carried(&self, before, owned);
        self.claiming(carried)
    }

    /// The member that another group knows as this one.
    pub(crate) fn known_as(&self, member: &Member) -> Option<MemberId> {
        match member.instance() {
            Some(instance) => self.member_of_instance(instance),
            None => self.member_id(member.id()),
        }
    }
}

/// An assignment of the group before, as far as this one has its partitions and owners.
fn carried(group: &Group, before: &Group, owned: &Assignment) -> Assignment {
    let (topics, members) = (topics(group, before), members(group, before));
    let slots = Slots::of_topics(group.all_topics());
    let mut owners = Sheet::unowned(&slots);
    owned.each_owner(|partition, owner| {
        let topic = topics.get(partition.topic.index()).copied().flatten();
        if let Some(slot) = topic.and_then(|topic| slots.slot(TopicPartition { topic, ..partition })) {
            let owner = owner.and_then(|owner| *members.get(owner.index())?);
            owners[slot as usize] = owner.map_or(NO_OWNER, MemberId::raw);
        }
    });
    Assignment::from_sheet(Sheet::new(slots, owners, group.members.numbers()))
}

/// The topics of the group before as this one numbers them, by number there.
fn topics(group: &Group, before: &Group) -> Vec<Option<TopicId>> {
    before.topics.in_id_order().map(|(_, topic)| group.topic_id(topic.name())).collect()
}

/// The same for its members.
fn members(group: &Group, before: &Group) -> Vec<Option<MemberId>> {
    let mut members = vec![None; before.members.numbers()];
    before.members().for_each(|(number, member)| members[number.index()] = group.known_as(member));
    members
}
