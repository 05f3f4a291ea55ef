//! Numbers as the names their group knows them by, for a person to read.

use std::fmt;

use super::group::Group;
use super::ids::{MemberId, Movement, TopicId, TopicPartition, Transfer};

impl MemberId {
    /// The member as this group names it: by its member id. One that is not here is a number.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders")])?;
    /// let member = group.member_id("c1").expect("it is here");
    /// assert_eq!(member.display(&group).to_string(), "c1");
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        written(move |f| match group.member(self) {
            Some(member) => f.pad(member.id()),
            None => write!(f, "member {}", self.index()),
        })
    }
}

impl TopicId {
    /// The topic's name in this group. One that the group never knew is a number.
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        written(move |f| match group.topic(self) {
            Some(topic) => f.pad(topic.name()),
            None => write!(f, "topic {}", self.index()),
        })
    }
}

impl TopicPartition {
    /// The partition as Kafka writes it: `orders-3`.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, TopicPartition};
    /// let group = Group::new(&[NewTopic::new("orders", 4)], &[NewMember::new("c1", "orders")])?;
    /// let partition = TopicPartition::new(group.topic_id("orders").expect("it exists"), 3);
    /// assert_eq!(partition.display(&group).to_string(), "orders-3");
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        written(move |f| write!(f, "{}-{}", self.topic.display(group), self.partition))
    }
}

impl Movement {
    /// The movement by names: `orders-3: c1 → c2`.
    ///
    /// ```
    /// use sticky_assignor::{Group, NewMember, NewTopic, balance};
    /// let members = [NewMember::new("c1", "orders").owning("orders", 0..4), NewMember::new("c2", "orders")];
    /// let plan = balance(&Group::new(&[NewTopic::new("orders", 4)], &members)?);
    /// let moved: Vec<String> = plan.movements().iter().map(|movement| movement.display(plan.group()).to_string()).collect();
    /// assert_eq!(moved, ["orders-2: c1 → c2", "orders-3: c1 → c2"]);
    /// # Ok::<(), sticky_assignor::GroupError>(())
    /// ```
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        Transfer { partition: self.partition, from: Some(self.from), to: Some(self.to) }.display(group)
    }
}

impl Transfer {
    /// The transfer by names, as that of a [`Movement`]; `nobody` at an end without a member.
    pub fn display(self, group: &Group) -> impl fmt::Display + '_ {
        let end = move |member: Option<MemberId>| {
            written(move |f| match member {
                Some(member) => write!(f, "{}", member.display(group)),
                None => f.write_str("nobody"),
            })
        };
        written(move |f| write!(f, "{}: {} → {}", self.partition.display(group), end(self.from), end(self.to)))
    }
}

/// What a function writes. (In time `std::fmt::from_fn`, of Rust 1.93.)
struct Written<F>(F);

fn written<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result>(write: F) -> Written<F> {
    Written(write)
}

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Written<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}
