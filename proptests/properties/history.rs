//! Rebalances one after the other, compared with balancing anew.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sticky_assignor::{Change, Goal, Group, Plan, balance};

/// The plans on the way through a history, each with the group it is for, in which everybody claims
/// what the plan before gave them.
pub(super) fn history(group: &Group, changes: &[Change]) -> Vec<(Plan, Group)> {
    let mut plans = vec![(balance(group), group.clone())];
    for change in changes {
        let (plan, _) = &plans[plans.len() - 1];
        let changed = plan.group().clone().claiming(plan.assignment().clone()).apply(change);
        match (plan.rebalance(change), changed) {
            (Ok(next), Ok(changed)) => plans.push((next, changed)),
            (next, changed) => assert!(next.is_err() && changed.is_err()),
        }
    }
    plans
}

/// A rebalanced plan is as good as balancing its group anew, proved to be, and valid.
pub(super) fn check_rebalanced(plan: &Plan, group: &Group) -> Result<(), TestCaseError> {
    let (summary, bound) = (plan.summary(), plan.proof().bound(group));
    prop_assert_eq!(summary, balance(group).summary());
    prop_assert_eq!(
        (bound.get(Goal::Balance), bound.get(Goal::Stickiness)),
        (Some(summary.sum_of_squares.into()), Some((summary.moved + summary.new).into()))
    );
    check_assignment(plan)
}

/// Every partition that somebody follows is with one who does, and both views of the assignment
/// agree.
fn check_assignment(plan: &Plan) -> Result<(), TestCaseError> {
    let (group, assignment) = (plan.group(), plan.assignment());
    let mut owned: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (partition, owner) in assignment.iter() {
        prop_assert!(group.has_partition(partition) && group.subscribes(owner, partition.topic));
        prop_assert_eq!(assignment.owner(partition), Some(owner));
        owned.entry(owner).or_default().push(partition);
    }
    for (member, _) in group.members() {
        let held: Vec<_> = assignment.partitions_of(member).collect();
        prop_assert_eq!(held.len(), assignment.load(member) as usize);
        prop_assert_eq!(held, owned.remove(&member).unwrap_or_default());
    }
    prop_assert!(owned.is_empty());
    Ok(())
}
