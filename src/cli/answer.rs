//! A plan, beside the one there would be without the change that was asked about.

use sticky_assignor::{Assignment, Group, Movement, Plan};

/// A plan and what it answers.
pub(crate) struct Answer {
    /// The plan of the group as it was read, where a change was asked about.
    pub(crate) unchanged: Option<Plan>,
    /// The plan of the group, with the change if there is one.
    pub(crate) plan: Plan,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl Answer {
    /// The group before the change.
    pub(crate) fn before(&self) -> &Group {
        self.unchanged.as_ref().unwrap_or(&self.plan).group()
    }

    /// Who owned what before the change, by the claims that stand: where the steps of a plan begin.
    pub(crate) fn owners_before(&self) -> Assignment {
        let plan = self.unchanged.as_ref().unwrap_or(&self.plan);
        plan.steps().next().map_or_else(Assignment::new, |step| step.assignment)
    }

    /// What goes from members that the change removes to those that stay or join.
    pub(crate) fn inherited(&self) -> Vec<Movement> {
        if self.unchanged.is_none() {
            return Vec::new();
        }
        let owners = self.owners_before();
        let moves = owners.differences(self.plan.assignment());
        let moves = moves.filter_map(|(partition, from, to)| Some(Movement { partition, from: from?, to: to? }));
        moves.filter(|movement| self.plan.group().member(movement.from).is_none()).collect()
    }
}
