//! How large the simulated group is, from the command line.

use clap::Args;
use clap::value_parser;
use sticky_assignor::replay::churn::{Membership, Sizes};

/// How large the group is, and how long its churn.
#[derive(Debug, Args)]
pub(super) struct SizeOptions {
    /// Members at first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..=100_000))]
    members: u32,
    /// Topics at first
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u32).range(1..=100_000))]
    topics: u32,
    /// Partitions of a topic on average: each has at least 1 and less than twice as many
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = value_parser!(u32).range(1..=1_000_000))]
    partitions: u32,
    /// Topics that each member follows, drawn for each; all without it
    #[arg(long, value_name = "N")]
    topics_each: Option<u32>,
    /// Zones that the members are spread over
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = value_parser!(u32).range(1..))]
    zones: u32,
    /// How often it happens; the scenario's usual number without it
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(..=1_000_000))]
    rounds: Option<u32>,
    /// Members are static (KIP-345): who restarts comes back as the same instance, and does not
    /// leave
    #[arg(long)]
    static_members: bool,
}

impl SizeOptions {
    pub(super) fn sizes(&self) -> Sizes {
        let Self { members, topics, partitions, topics_each, zones, rounds, static_members } = *self;
        let membership = if static_members { Membership::Static } else { Membership::Dynamic };
        Sizes { members, topics, partitions, topics_each, zones, membership, rounds }
    }
}
