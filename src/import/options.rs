//! What is known beside an input.

use std::collections::BTreeMap;

use crate::model::Subscription;

/// What the input does not say, as far as it is known, and which of its groups are of interest.
///
/// ```
/// use sticky_assignor::import::{ImportOptions, read};
/// let text = "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS ASSIGNMENT\norders c1 /10.0.0.1 c1 1 t(0)\n";
/// let options = ImportOptions { topics: [("t".to_string(), 4)].into(), ..ImportOptions::default() };
/// assert_eq!(read(text, &options)?.groups[0].topics.0["t"].partitions, 4);
/// # Ok::<(), sticky_assignor::import::ImportError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Partition counts by topic. Of other topics the description in the input counts, and where
    /// there is none the highest partition seen is taken for the last.
    pub topics: BTreeMap<String, i64>,
    /// The topics members subscribe to, by member id, instance id or client id; under `*` those of
    /// everybody who is not named and does not say it.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// What members are taken to subscribe to of whom nobody says it.
    pub unsaid: Unsaid,
    /// The rack of each broker: with a description of topics it says where their replicas are.
    pub broker_racks: BTreeMap<i32, String>,
    /// Only this group.
    pub group: Option<String>,
}

/// What a member is taken to subscribe to where it is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsaid {
    /// Every topic.
    #[default]
    Every,
    /// The topics of which it owned partitions so far.
    Owned,
}
