//! Who is compared: strategies by name, orders of goals, and what really happened.

use std::fmt;
use std::str::FromStr;

use sticky_assignor::{Goals, Strategy};

/// An assignor that a log is replayed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignor {
    Strategy(Strategy),
    /// Ours, in an order of goals of its own.
    Goals(Goals),
}

/// What a log is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// What the group's own assignor did, as the log records it.
    Recorded,
    Assignor(Assignor),
}

/// What stands before the goals of an order; between them stands `+`.
const ORDER: &str = "sticky:";

/// How what was recorded is called.
pub(crate) const RECORDED: &str = "recorded";

impl fmt::Display for Assignor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strategy(strategy) => f.write_str(strategy.name()),
            Self::Goals(goals) => write!(f, "{ORDER}{}", goals.to_string().replace(',', "+")),
        }
    }
}

impl FromStr for Assignor {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.strip_prefix(ORDER) {
            Some(goals) if goals.contains(',') => Err(format!("between goals of an order stands +: {ORDER}spread+balance")),
            Some(goals) => goals.replace('+', ",").parse().map(Self::Goals).map_err(|error| format!("{ORDER} {error}")),
            None => name.parse().map(Self::Strategy).map_err(|_| format!("there are {}", names())),
        }
    }
}

impl FromStr for Compared {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            RECORDED => Ok(Self::Recorded),
            name => name.parse().map(Self::Assignor).map_err(|error: String| match name.starts_with(ORDER) {
                true => error,
                false => format!("{error}, and {RECORDED}"),
            }),
        }
    }
}

fn names() -> String {
    let strategies: Vec<&str> = Strategy::ALL.iter().map(|strategy| strategy.name()).collect();
    format!("{}, {ORDER}GOAL+GOAL…", strategies.join(", "))
}

/// These, each once, in the order they are first named.
pub(crate) fn distinct<T: Copy + PartialEq>(named: impl IntoIterator<Item = T>) -> Vec<T> {
    named.into_iter().fold(Vec::new(), |mut distinct, one| {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
        distinct
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_called_as_it_is_given() {
        for name in ["sticky", "uniform", "sticky:spread+balance+rack+stickiness", "sticky:rack"] {
            assert_eq!(name.parse::<Assignor>().map(|assignor| assignor.to_string()), Ok(name.to_string()));
        }
        for (name, part) in [
            ("sticky:", "goal"),
            ("sticky:spread+spread", "spread"),
            ("sticky:even", "even"),
            ("sticky:spread,balance", "+"),
            ("range:spread", "there are"),
        ] {
            assert!(name.parse::<Assignor>().is_err_and(|error| error.contains(part)), "{name}");
        }
        assert_eq!("recorded".parse(), Ok(Compared::Recorded));
        assert!("recorded".parse::<Assignor>().is_err());
    }
}
