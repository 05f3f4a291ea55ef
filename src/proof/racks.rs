//! Where replicas are: partitions of a topic with the same racks are one class.

use std::sync::Arc;

use crate::model::Name;

/// Racks, ascending, each once: where the replicas of a partition are. Partitions of one topic with
/// the same racks are interchangeable; together they are a *class*.
///
/// ```
/// use sticky_assignor::RackSet;
/// assert_eq!(RackSet::of(["b", "", "a", "b"]), RackSet::of(["a", "b"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RackSet(Arc<[Name]>);

impl RackSet {
    /// The set of these racks, in any order, repeated or not; the empty name is no rack.
    pub fn of<R: Into<Name>>(racks: impl IntoIterator<Item = R>) -> Self {
        let mut racks: Vec<Name> = racks.into_iter().map(Into::into).filter(|rack: &Name| !rack.is_empty()).collect();
        racks.sort_unstable();
        racks.dedup();
        Self(racks.into())
    }

    /// The racks, ascending. None is "not known".
    pub fn racks(&self) -> &[Name] {
        &self.0
    }

    /// Whether one is this.
    pub fn contains(&self, rack: &str) -> bool {
        self.0.binary_search_by(|name| (**name).cmp(rack)).is_ok()
    }
}
