//! How far an assignment is from the best.

use serde::Serialize;
use sticky_assignor::replay::Figures;
use sticky_assignor::{Assignment, GivenAssignment, Goals, Group, TopicPartition};

/// How far a valid assignment is from the best.
#[derive(Clone, Copy, Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct Distance {
    /// How many partitions the best plan moves that starts from it.
    pub(crate) moves_to_best: u64,
    /// Its most less its least load.
    pub(crate) imbalance: u32,
    /// That of the best plan.
    pub(crate) least_imbalance: u32,
}

impl Distance {
    /// That of a valid assignment from the best plan in these goals.
    pub(crate) fn of(goals: Goals, group: &Group, given: &GivenAssignment) -> Self {
        let group = group.clone().claiming(assignment(group, given));
        let best = goals.balance(&group).summary();
        Self {
            moves_to_best: best.moved,
            imbalance: Figures::measure(&group, &assignment(&group, given)).imbalance(),
            least_imbalance: best.max - best.min,
        }
    }
}

/// A valid assignment, by names.
fn assignment(group: &Group, given: &GivenAssignment) -> Assignment {
    let lists = given.0.iter().filter_map(|(id, topics)| Some((group.member_id(id)?, topics)));
    let lists = lists.flat_map(|(member, topics)| topics.iter().map(move |(topic, list)| (member, topic, list)));
    let numbered = lists.filter_map(|(member, topic, list)| Some((member, group.topic_id(topic)?, list)));
    let owned = numbered.flat_map(|(member, topic, list)| {
        let partitions = list.iter().filter_map(|number| u32::try_from(*number).ok());
        partitions.map(move |partition| (TopicPartition { topic, partition }, member))
    });
    owned.collect()
}
