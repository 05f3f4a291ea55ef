//! What a plan is best at: goals in an order.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// A goal of a plan: a cost of which less is better.
///
/// All costs run over the partitions of topics that have a subscriber.
///
/// ```
/// use sticky_assignor::Goal;
/// let goal: Goal = "spread".parse()?;
/// assert_eq!((goal, goal.name()), (Goal::Spread, "spread"));
/// # Ok::<(), sticky_assignor::GoalsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// Even loads: the sum over members of their load, squared. At its least the loads, sorted
    /// downwards, are lexicographically smallest (Harvey, Ladner, Lovász and Tamir 2006).
    Balance,
    /// Partitions read within a rack (KIP-881): the number of partitions whose owner is in a rack
    /// that none of the replicas is in. A member without a rack, or a partition of which no rack is
    /// known, never mismatches.
    Rack,
    /// Few partitions change hands (KIP-54): the number of partitions that do not stay with the
    /// owner their claims name. One without a valid claim always costs 1.
    Stickiness,
    /// Every topic even over its subscribers: the sum over topics and members of the partitions of
    /// the topic that the member has, squared.
    Spread,
}

impl Goal {
    /// Every goal, in the default order.
    pub const ALL: [Self; 4] = [Self::Balance, Self::Rack, Self::Stickiness, Self::Spread];

    /// The goal's name, as documents and the command line have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Rack => "rack",
            Self::Stickiness => "stickiness",
            Self::Spread => "spread",
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Goal {
    type Err = GoalsError;

    fn from_str(name: &str) -> Result<Self, GoalsError> {
        let found = Self::ALL.into_iter().find(|goal| goal.name() == name);
        found.ok_or_else(|| GoalsError::Unknown { name: name.to_owned() })
    }
}

/// Goals in an order, each at most once and at least one: each goal only chooses among plans that
/// are optimal for all goals before it.
///
/// ```
/// use sticky_assignor::{Goal, Goals};
/// assert_eq!(Goals::default().to_string(), "balance,rack,stickiness,spread");
/// let goals: Goals = "spread,balance".parse()?;
/// assert_eq!(goals.iter().collect::<Vec<_>>(), [Goal::Spread, Goal::Balance]);
/// assert_eq!(goals.position(Goal::Balance), Some(1));
/// assert!("balance,balance".parse::<Goals>().is_err());
/// # Ok::<(), sticky_assignor::GoalsError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Goals {
    /// The first `len` are the goals; the others are not read, and always in the default order.
    order: [Goal; 4],
    len: u8,
}

/// Written as a list of names.
impl Serialize for Goals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_slice())
    }
}

impl Goals {
    /// Balance, then stickiness: KIP-54's two goals.
    ///
    /// ```
    /// use sticky_assignor::Goals;
    /// assert_eq!(Goals::BALANCE_STICKINESS.to_string(), "balance,stickiness");
    /// ```
    pub const BALANCE_STICKINESS: Self = Self { order: [Goal::Balance, Goal::Stickiness, Goal::Rack, Goal::Spread], len: 2 };

    /// These goals, in this order.
    ///
    /// # Errors
    ///
    /// Where there is none, or one stands there twice.
    ///
    /// ```
    /// use sticky_assignor::{Goal, Goals};
    /// assert_eq!(Goals::new([Goal::Stickiness, Goal::Balance])?.as_slice(), [Goal::Stickiness, Goal::Balance]);
    /// assert!(Goals::new([]).is_err() && Goals::new([Goal::Rack, Goal::Rack]).is_err());
    /// # Ok::<(), sticky_assignor::GoalsError>(())
    /// ```
    pub fn new(goals: impl IntoIterator<Item = Goal>) -> Result<Self, GoalsError> {
        let mut order: Vec<Goal> = Vec::with_capacity(Goal::ALL.len());
        for goal in goals {
            if order.contains(&goal) {
                return Err(GoalsError::Repeated { goal });
            }
            order.push(goal);
        }
        let len = order.len() as u8;
        if len == 0 {
            return Err(GoalsError::None);
        }
        let others = Goal::ALL.into_iter().filter(|goal| !order.contains(goal)).collect::<Vec<_>>();
        let mut all = order.into_iter().chain(others);
        Ok(Self { order: Goal::ALL.map(|goal| all.next().unwrap_or(goal)), len })
    }

    /// The goals, the first one first.
    pub fn as_slice(&self) -> &[Goal] {
        &self.order[..usize::from(self.len)]
    }

    /// The goals, the first one first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Goal> + '_ {
        self.as_slice().iter().copied()
    }

    /// The goals, then those that are none of them, in the default order.
    pub(crate) fn with_others(&self) -> [Goal; 4] {
        self.order
    }

    /// How many goals there are: 1 to 4.
    #[expect(clippy::len_without_is_empty, reason = "there is always at least one")]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// The place of a goal in the order, from 0; none where it is not one of these.
    ///
    /// ```
    /// use sticky_assignor::{Goal, Goals};
    /// assert_eq!(Goals::BALANCE_STICKINESS.position(Goal::Stickiness), Some(1));
    /// assert!(!Goals::BALANCE_STICKINESS.contains(Goal::Rack));
    /// ```
    pub fn position(&self, goal: Goal) -> Option<usize> {
        self.iter().position(|other| other == goal)
    }

    /// Whether this is one of the goals.
    pub fn contains(&self, goal: Goal) -> bool {
        self.position(goal).is_some()
    }
}

/// `balance, rack, stickiness, spread`: the contract of KIP-54 and KIP-881, and what was a
/// tie-break as a goal.
impl Default for Goals {
    fn default() -> Self {
        Self { order: Goal::ALL, len: 4 }
    }
}

impl fmt::Display for Goals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Goal::name).collect();
        f.pad(&names.join(","))
    }
}

impl fmt::Debug for Goals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Goals({self})")
    }
}

impl FromStr for Goals {
    type Err = GoalsError;

    /// Reads names with commas between them; white space around a name means nothing.
    fn from_str(names: &str) -> Result<Self, GoalsError> {
        if names.trim().is_empty() {
            return Err(GoalsError::None);
        }
        let goals: Result<Vec<Goal>, GoalsError> = names.split(',').map(|name| name.trim().parse()).collect();
        Self::new(goals?)
    }
}

/// What makes a list of goals none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GoalsError {
    /// No goal is named.
    #[error("no goal is named; the goals are balance, rack, stickiness and spread")]
    None,
    /// A name that no goal has.
    #[error("there is no goal {name:?}; the goals are balance, rack, stickiness and spread")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A goal is named more than once.
    #[error("the goal {goal} is named twice")]
    Repeated {
        /// The goal.
        goal: Goal,
    },
}
