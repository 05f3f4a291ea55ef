//! How large the group is, and how long its churn.

/// The sizes of a group and of what happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// How many members it has at first.
    pub members: u32,
    /// How many topics.
    pub topics: u32,
    /// How many partitions a topic has on average: each has at least 1 and less than twice as many.
    pub partitions: u32,
    /// How many topics each member follows, drawn for each; all of them where it is not said.
    pub topics_each: Option<u32>,
    /// Over how many zones the members are spread.
    pub zones: u32,
    /// Whether members are known by an instance id.
    pub membership: Membership,
    /// How often it happens; what that means and how often is usual depends on the
    /// [`Scenario`](super::Scenario).
    pub rounds: Option<u32>,
}

/// What a member that restarts is to its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Membership {
    /// It leaves, and a new member joins.
    #[default]
    Dynamic,
    /// It comes back as the same instance (KIP-345), before its absence is noticed where it was
    /// only restarted.
    Static,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { members: 20, topics: 10, partitions: 12, topics_each: None, zones: 3, membership: Membership::Dynamic, rounds: None }
    }
}
