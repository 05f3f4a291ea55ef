//! The kinds of churn and their names, how large the group is, and how long its churn.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A kind of churn.
///
/// ```
/// use sticky_assignor::replay::churn::Scenario;
/// let scenario: Scenario = "rolling-restart".parse()?;
/// assert_eq!(scenario.name(), "rolling-restart");
/// # Ok::<(), sticky_assignor::replay::churn::UnknownScenario>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scenario {
    /// Every member restarts, one after another in random order. A round is once through all; 1 is
    /// usual.
    RollingRestart,
    /// Members join, one after another. A round is one; half as many as there are is usual.
    ScaleUp,
    /// Members leave for good, one after another, but the last one. A round is one; half of them is
    /// usual.
    ScaleDown,
    /// One member crashes and comes back, again and again. A round is one crash; 10 are usual.
    CrashLoop,
    /// One to three members are thrown out of the group and come back some seconds later. A round
    /// is one such time; 20 are usual.
    Flapping,
    /// A topic is created, and members are replaced one by one with ones that subscribe to it too.
    /// A round is one deployment; 1 is usual.
    Deploy,
    /// Topics grow, and now and then one is created. A round is one growth; 10 are usual.
    TopicGrowth,
    /// All members of a zone are lost within seconds and come back minutes later. A round is one
    /// loss; 1 is usual.
    ZoneLoss,
}

/// A name that no scenario has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name:?} is no scenario; there are {}", Scenario::names().join(", "))]
pub struct UnknownScenario {
    /// The name given.
    pub name: String,
}

impl Scenario {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::RollingRestart,
        Self::ScaleUp,
        Self::ScaleDown,
        Self::CrashLoop,
        Self::Flapping,
        Self::Deploy,
        Self::TopicGrowth,
        Self::ZoneLoss,
    ];

    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|scenario| scenario.name()).collect()
    }

    /// Its name on the command line and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::RollingRestart => "rolling-restart",
            Self::ScaleUp => "scale-up",
            Self::ScaleDown => "scale-down",
            Self::CrashLoop => "crash-loop",
            Self::Flapping => "flapping",
            Self::Deploy => "deploy",
            Self::TopicGrowth => "topic-growth",
            Self::ZoneLoss => "zone-loss",
        }
    }

    /// How often it happens where nobody says.
    pub fn usual_rounds(self, sizes: &Sizes) -> u32 {
        match self {
            Self::RollingRestart | Self::Deploy | Self::ZoneLoss => 1,
            Self::ScaleUp | Self::ScaleDown => sizes.members.div_ceil(2),
            Self::CrashLoop | Self::TopicGrowth => 10,
            Self::Flapping => 20,
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        Self::ALL.iter().copied().find(|scenario| scenario.name() == name).ok_or_else(|| UnknownScenario { name: name.into() })
    }
}

/// The sizes of a group and of what happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// How many members it has at first.
    pub members: u32,
    /// How many topics.
    pub topics: u32,
    /// How many partitions a topic has on average: each has at least 1 and less than twice as many.
    pub partitions: u32,
    /// How many topics each member subscribes to, drawn for each; all of them where it is not said.
    pub topics_each: Option<u32>,
    /// Over how many zones the members are spread; a member's zone is its rack.
    pub zones: u32,
    /// In how many zones each partition has a replica (KIP-881); not known where it is not said.
    pub replication_factor: Option<u32>,
    /// Whether members are known by an instance id.
    pub membership: Membership,
    /// How often it happens; what that means and how often is usual depends on the
    /// [`Scenario`].
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
        Self {
            members: 20,
            topics: 10,
            partitions: 12,
            topics_each: None,
            zones: 3,
            replication_factor: None,
            membership: Membership::Dynamic,
            rounds: None,
        }
    }
}
