//! Why nothing better exists: prices, the bound they prove, and an independent reading of claims.

mod audit;
mod bound;
mod prices;
mod subscribers;

use crate::model::{Goal, Goals, Group, MemberId, TopicId};
use prices::{PriceColumn, Prices, TopicPrices};

pub use audit::RackSet;
pub use prices::{Cost, Price};

pub(crate) use audit::{Audit, Mismatches, SubscriptionCursor};
pub(crate) use prices::{at_count, at_level};

/// Prices of a group's members and topics, a component for each goal of a plan.
///
/// The price of a member is what one more partition there costs, the price of a topic what one more
/// partition of it costs; where partitions of a topic have replicas in different racks, each class
/// of them (those with the same racks) may have a price of its own. *Any* prices give a lower bound
/// on every plan of the group ([`bound`](Self::bound)); the right ones meet the best, and then it
/// is proved.
#[derive(Clone, Debug)]
pub struct Proof {
    goals: Goals,
    members: Prices,
    topics: TopicPrices,
}

impl PartialEq for Proof {
    /// Whether goals and all prices are the same, however they are kept.
    fn eq(&self, other: &Self) -> bool {
        let members = self.members.len().max(other.members.len());
        self.goals == other.goals
            && (0..members).all(|number| self.members.get(number) == other.members.get(number))
            && self.topics.is_same(&other.topics)
    }
}

impl Eq for Proof {}

impl Proof {
    /// The proof in these goals with these prices.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// use sticky_assignor::{Goal, Goals, Price, Proof};
    /// // No prices prove little: that no cost is below 0.
    /// let proof = Proof::new(Goals::BALANCE_STICKINESS, &group, |_| Price::ZERO, |_| Price::ZERO);
    /// assert!(proof.bound(&group).get(Goal::Balance) < plan.costs().get(Goal::Balance));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn new(goals: Goals, group: &Group, member: impl Fn(MemberId) -> Price, topic: impl Fn(TopicId) -> Price) -> Self {
        let mut members = vec![Price::ZERO; group.all_members().numbers()];
        let mut topics = vec![Price::ZERO; group.all_topics().len()];
        group.members().for_each(|(id, _)| members[id.index()] = member(id));
        group.topics().for_each(|(id, _)| topics[id.index()] = topic(id));
        Self::of_numbers(goals, &members, &topics)
    }

    /// The proof with these prices of members and topics, in the order of their ids.
    pub(crate) fn of_numbers(goals: Goals, members: &[Price], topics: &[Price]) -> Self {
        Self { goals, members: Prices::of(members), topics: TopicPrices::of(Prices::of(topics)) }
    }

    /// The proof with these prices for the classes of a topic: those of its partitions whose
    /// replicas are in these racks. A class that is left out has the topic's price.
    #[must_use]
    pub fn with_classes(self, topic: TopicId, classes: impl IntoIterator<Item = (RackSet, Price)>) -> Self {
        Self { topics: self.topics.with_classes(topic, classes.into_iter().collect()), ..self }
    }

    /// The goals whose costs the prices are made of.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// assert_eq!(plan.proof().goals(), plan.goals());
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn goals(&self) -> Goals {
        self.goals
    }

    /// Whether both are the same prices of the same goals, as far as this group has members and
    /// topics.
    pub(crate) fn is_that_of(&self, other: &Self, group: &Group) -> bool {
        let same = |id| self.topic(id) == other.topic(id) && self.classes(id) == other.classes(id);
        self.goals == other.goals
            && group.members().all(|(id, _)| self.member(id) == other.member(id))
            && group.topics().all(|(id, _)| same(id))
    }

    /// The price of a member.
    ///
    /// ```
    /// # use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// # let members = ["c1", "c2"].map(|id| NewMember::new(id, "orders"));
    /// # let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
    /// # let plan = balance(&group);
    /// # let (c1, c2) = (group.member_id("c1").expect("a member"), group.member_id("c2").expect("a member"));
    /// # let orders = group.topic_id("orders").expect("a topic");
    /// assert_eq!(plan.proof().member(c1).components().len(), 4);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn member(&self, id: MemberId) -> Price {
        self.members.get(id.index())
    }

    /// The price of a topic's partitions, those of its classes apart that have prices of their own.
    pub fn topic(&self, id: TopicId) -> Price {
        self.topics.topic(id)
    }

    /// The prices of a topic's classes, ascending by racks; empty where the topic has one price.
    pub fn classes(&self, id: TopicId) -> &[(RackSet, Price)] {
        self.topics.classes(id).map_or(&[], |classes| &**classes)
    }

    /// The levels of members, in the order of their ids.
    pub(crate) fn member_levels(&self) -> Vec<u32> {
        self.goals.position(Goal::Balance).map_or_else(Vec::new, |place| self.members.column(place).levels())
    }

    /// The levels of topics, in the order of their ids.
    pub(crate) fn topic_levels(&self) -> Vec<u32> {
        self.goals.position(Goal::Balance).map_or_else(Vec::new, |place| self.topics.topics.column(place).levels())
    }

    /// The prices once everybody claims what the plan gave them, in goals of which spread comes
    /// after stickiness: then one more partition of any topic costs one move, at whatever member;
    /// and as all stay, the least there is in spread.
    #[must_use]
    pub(crate) fn without_moves(self) -> Self {
        let sticky = self.with(Goal::Stickiness, |_| PriceColumn::uniform(0), |_| PriceColumn::uniform(1));
        sticky.with(Goal::Spread, |_| PriceColumn::uniform(0), |_| PriceColumn::uniform(at_count(1)))
    }

    /// The proof with these prices in spread, of members and of topics, in the order of their ids,
    /// where the k-th partition of a topic at a member costs k.
    #[must_use]
    pub(crate) fn spread_at(self, members: &[i32], topics: &[i32]) -> Self {
        let members: Vec<i32> = members.iter().map(|price| 2 * price).collect();
        let topics: Vec<i32> = topics.iter().map(|&count| at_count(count) as i32).collect();
        self.with(Goal::Spread, |_| PriceColumn::mostly(&members), |_| PriceColumn::mostly(&topics))
    }

    /// The proof with these levels and prices in moves, of members and of topics, in the order of
    /// their ids; what stays of the levels is shared.
    #[must_use]
    pub(crate) fn at(self, members: (&[u32], &[i32]), topics: (&[u32], &[i32])) -> Self {
        let at_levels = self.with(Goal::Balance, |before| before.at_levels(members.0), |before| before.at_levels(topics.0));
        at_levels.with(Goal::Stickiness, |_| PriceColumn::mostly(members.1), |_| PriceColumn::mostly(topics.1))
    }

    /// The proof with other prices of one goal, of members and of topics, made from those before.
    /// Where it is none of the goals nothing changes.
    #[must_use]
    pub(crate) fn with(
        mut self,
        goal: Goal,
        members: impl FnOnce(PriceColumn) -> PriceColumn,
        topics: impl FnOnce(PriceColumn) -> PriceColumn,
    ) -> Self {
        if let Some(place) = self.goals.position(goal) {
            self.members = self.members.with(place, members);
            self.topics.topics = self.topics.topics.with(place, topics);
        }
        self
    }

    /// What every plan of the group costs at least, by these prices, however far they are.
    ///
    /// Near linear in the group as it is written: members, the topics that subscriptions name,
    /// partitions and claims.
    ///
    /// ```
    /// use sticky_assignor::{Goal, Group, NewMember, NewTopic, balance};
    /// let members = [NewMember::new("c1", ["orders"]).owning("orders", 0..12), NewMember::new("c2", ["orders"])];
    /// let group = Group::new(&[NewTopic::new("orders", 12)], &members)?;
    /// let plan = balance(&group);
    /// let bound = plan.proof().bound(&group);
    /// assert_eq!(bound.get(Goal::Balance), Some(plan.summary().sum_of_squares.into()));
    /// assert_eq!(bound.get(Goal::Stickiness), Some((plan.summary().moved + plan.summary().new).into()));
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn bound(&self, group: &Group) -> Cost {
        self.bound_of(&Audit::of(group))
    }

    /// The bound on plans of an audited group.
    pub(crate) fn bound_of(&self, audit: &Audit<'_>) -> Cost {
        Cost::of_amounts(self.goals, bound::bound(self.goals, &self.members, &self.topics, audit))
    }
}
