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
        self.unchanged.as_ref().unwrap_or(&self.plan).claimed_owners()
    }

    /// What goes from members that the change removes to those that stay or join, and that none of
    /// them has an older claim to.
    pub(crate) fn inherited(&self) -> Vec<Movement> {
        self.inherited_in(self.plan.assignment())
    }

    /// The same, where the group is given another assignment.
    pub(super) fn inherited_in(&self, assignment: &Assignment) -> Vec<Movement> {
        if self.unchanged.is_none() {
            return Vec::new();
        }
        let (owners, standing) = (self.owners_before(), self.plan.claimed_owners());
        let moves = owners.differences(assignment);
        let moves = moves.filter_map(|(partition, from, to)| Some(Movement { partition, from: from?, to: to? }));
        let is_new =
            |movement: &Movement| self.plan.group().member(movement.from).is_none() && standing.owner(movement.partition).is_none();
        moves.filter(is_new).collect()
    }
}
