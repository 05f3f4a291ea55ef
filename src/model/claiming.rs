//! Other claims for a group: those of an assignment, by number or by name, and extra ones.

#[cfg(feature = "kafka")]
use std::collections::BTreeMap;

use super::assignment::{Assignment, OwnerTable, Slots, row};
#[cfg(feature = "kafka")]
use super::claims::Claim;
use super::claims::Claims;
#[cfg(feature = "kafka")]
use super::description::GENERATION_NOT_SAID;
use super::group::Group;
use super::ids::{MemberId, NO_OWNER, TopicId, TopicPartition};
use super::members::Member;

impl Group {
    /// The group, its members claiming what this assignment gave them.
    ///
    /// The assignment is one of this group, or of a group that this one came from (see
    /// [`MemberId`]); where it is a plan's, members that left since claim nothing, whoever has
    /// their numbers now. Of any other the numbers are read as those of whoever has them here;
    /// [`claiming_from`](Self::claiming_from) goes by names.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// let again = balance(&group.claiming(plan.assignment().clone()));
    /// assert_eq!((again.summary().retained, again.summary().moved), (4, 0));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    #[must_use]
    pub fn claiming(mut self, assignment: Assignment) -> Self {
        self.claims = Claims::Previous(self.known_owners(assignment));
        self.members = self.members.freeing();
        self
    }

    /// The assignment without what was owned by members that left, and whose numbers others have in
    /// this group.
    pub(crate) fn known_owners(&self, assignment: Assignment) -> Assignment {
        let given_again = self.given_again_since(&assignment);
        assignment.disowning(&given_again)
    }

    /// The numbers of members in this group that others had in the group of an assignment,
    /// ascending.
    pub(crate) fn given_again_since(&self, assignment: &Assignment) -> Vec<MemberId> {
        assignment.numbering().given_again(&self.numbering())
    }

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
        let claimed = by_name(&self, before, owned);
        self.claiming(claimed)
    }

    /// The member that another group knows as this one.
    pub(crate) fn known_as(&self, member: &Member) -> Option<MemberId> {
        match member.instance() {
            Some(instance) => self.member_of_instance(instance),
            None => self.member_id(member.id()),
        }
    }

    /// The group, members claiming these partitions besides those they state, in the same
    /// generation.
    #[cfg(feature = "kafka")]
    pub(crate) fn with_extra_claims(mut self, extra: BTreeMap<MemberId, Vec<TopicPartition>>) -> Self {
        if let Claims::Stated(claims) = self.claims {
            let claims = extra.into_iter().fold(claims, |claims, (member, partitions)| with_extra(claims, member, partitions));
            self.claims = Claims::Stated(claims);
        }
        self
    }

    /// How many partitions members state that they own, those that several do as often as that.
    #[cfg(feature = "kafka")]
    pub(crate) fn stated_claims(&self) -> u64 {
        match &self.claims {
            Claims::Stated(claims) => claims.values().map(|claim| claim.partitions().len() as u64).sum(),
            Claims::Previous(assignment) => assignment.len(),
        }
    }
}

/// An assignment of the group before, as far as this one has its partitions and owners.
fn by_name(group: &Group, before: &Group, owned: &Assignment) -> Assignment {
    let (topics, members) = (topics_by_name(group, before), members_by_name(group, before));
    let slots = Slots::of_topics(group.all_topics());
    let mut owners = row(&slots, NO_OWNER);
    owned.each_owner(|partition, owner| {
        let topic = topics.get(partition.topic.index()).copied().flatten();
        if let Some(slot) = topic.and_then(|topic| slots.slot(TopicPartition { topic, ..partition })) {
            let owner = owner.and_then(|owner| *members.get(owner.index())?);
            owners[slot as usize] = owner.map_or(NO_OWNER, MemberId::raw);
        }
    });
    Assignment::from_table(OwnerTable::of_numbers(slots, owners, group.members.numbers()))
}

/// The topics of the group before as this one numbers them, by number there.
fn topics_by_name(group: &Group, before: &Group) -> Vec<Option<TopicId>> {
    before.topics.in_id_order().map(|(_, topic)| group.topic_id(topic.name())).collect()
}

/// The same for its members.
fn members_by_name(group: &Group, before: &Group) -> Vec<Option<MemberId>> {
    let mut members = vec![None; before.members.numbers()];
    before.members().for_each(|(number, member)| members[number.index()] = group.known_as(member));
    members
}

#[cfg(feature = "kafka")]
fn with_extra(mut claims: im::OrdMap<MemberId, Claim>, member: MemberId, more: Vec<TopicPartition>) -> im::OrdMap<MemberId, Claim> {
    let stated = claims.get(&member);
    let generation = stated.map_or(GENERATION_NOT_SAID, Claim::generation);
    let partitions = stated.into_iter().flat_map(|claim| claim.partitions().iter().copied()).chain(more).collect();
    if let Some(claim) = Claim::stated(generation, partitions) {
        claims.insert(member, claim);
    }
    claims
}
