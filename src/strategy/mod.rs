//! The assignors a group may be running today, as pure functions of the same group, to compare
//! with.

mod kip54;
mod range_and_round_robin;
mod roster;
mod uniform;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

use crate::balance::balance;
use crate::model::{Assignment, Group};

/// A way to assign the partitions of a group.
///
/// All of them give every partition of a subscribed topic to one of its subscribers. They differ in
/// how evenly, and in how much moves.
///
/// ```
/// use sticky_assignor::{Group, NewMember, NewTopic, Strategy};
/// let group = Group::new(&[NewTopic::new("orders", 5)], &[NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])])?;
/// let strategy: Strategy = "range".parse()?;
/// let first = group.member_id("c1").expect("a member");
/// assert_eq!(strategy.assign(&group).load(first), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Strategy {
    /// The one of this crate: [`balance`](crate::balance()), the most even and then the fewest
    /// moves.
    Sticky,
    /// Java's `RangeAssignor`: each topic in runs, one for each subscriber; blind to claims. Where
    /// racks matter each run is of partitions in the subscriber's rack first, and topics of equal
    /// partition counts and subscribers stay together where one subscriber matches them (KIP-881).
    Range,
    /// Java's `RoundRobinAssignor`: partition after partition to the members in turn; blind to
    /// claims.
    RoundRobin,
    /// KIP-54's greedy sticky assignment, as Java's `StickyAssignor` does it. Where racks matter,
    /// claims that mismatch are dropped first, and what nobody owns goes to matching members first
    /// (KIP-881).
    ///
    /// It moves one partition at a time from a member to a lighter one, so where only a chain of
    /// moves would help it stays uneven, and which partitions move does not count: it may be more
    /// than need be.
    ///
    /// Java's rules leave open in which order members are looked at where Java iterates over a hash
    /// map; here it is always the order of member ids. Against the plans that Java's own assignor
    /// (October 2024) gave:
    ///
    /// | groups | number | the same plan, partition for partition | another plan |
    /// |---|---|---|---|
    /// | the scenarios of Java's own tests, 79 of them with racks | 146 | 144 | 2 for the order of a hash map |
    /// | random, equal subscriptions | 153 | 153 | |
    /// | random, unequal subscriptions | 247 | 247 | |
    ///
    /// What is known to be wrong elsewhere is not copied:
    ///
    /// - Java resolves claims of several generations in the order of a hash map, and in some orders
    ///   lets two members keep one partition. Here the highest generation wins if it has one
    ///   claimant, whatever the order.
    /// - Java hands a partition back to an older claimant without asking whether that one still
    ///   subscribes to the topic, and so does Sarama.
    /// - Java moves a partition home even where that makes loads less even, which need not come to
    ///   an end. Here every move is to a member at least two partitions lighter.
    /// - Java takes the newest generation from all members and all calls so far; here it is the
    ///   newest of the group's claims.
    /// - Java counts members as subscribed alike where the first it looks at subscribes to nothing.
    /// - Sarama takes back moves that improved nothing in a copy that its caller never sees, and
    ///   loses members' partitions on the way.
    Kip54,
    /// What Kafka's brokers decide by default for groups on the consumer protocol (KIP-848): the
    /// `uniform` assignor, October 2024, with the later repair of the case of equal subscriptions.
    ///
    /// Topic after topic it moves partitions from the most to the least loaded subscriber, so
    /// where only a chain of moves through several topics would help it stays uneven.
    ///
    /// The broker looks at members, and where all subscribe alike at topics, in the order of hash
    /// maps; here it is the order of member ids and topic names. With names whose order is that of
    /// the broker's hash maps, all of 400 random groups (153 with equal subscriptions, 247 with
    /// unequal ones) end as the broker's own assignor left them, partition for partition.
    Uniform,
}

/// A name that no strategy has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name:?} is no strategy; there are {}", Strategy::names().join(", "))]
pub struct UnknownStrategy {
    /// The name given.
    pub name: String,
}

impl Strategy {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Sticky, Self::Range, Self::RoundRobin, Self::Kip54, Self::Uniform];

    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|strategy| strategy.name()).collect()
    }

    /// What this strategy answers for a group.
    pub fn assign(self, group: &Group) -> Assignment {
        match self {
            Self::Sticky => balance(group).assignment().clone(),
            Self::Range => range_and_round_robin::range(group),
            Self::RoundRobin => range_and_round_robin::round_robin(group),
            Self::Kip54 => kip54::assign(group),
            Self::Uniform => uniform::assign(group),
        }
    }

    /// Its name on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sticky => "sticky",
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::Kip54 => "kip54",
            Self::Uniform => "uniform",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        Self::ALL.iter().copied().find(|strategy| strategy.name() == name).ok_or_else(|| UnknownStrategy { name: name.into() })
    }
}
