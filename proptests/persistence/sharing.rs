//! What versions share, and that none of them changes another.

use proptest::prelude::*;
use sticky_assignor::{Group, balance};

use crate::strategies::{any_group, configured, given};

proptest! {
    #![proptest_config(configured(64))]

    #[test]
    fn a_version_after_one_move_shares_its_table_with_the_old(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
        let before = balance(&group).assignment().clone();
        for (partition, owner) in before.iter() {
            let after = before.clone().without_owner(partition);
            prop_assert!(after.shares_table_with(&before));
            prop_assert_eq!(after.owner(partition), None);
            prop_assert_eq!(before.owner(partition), Some(owner));
            prop_assert_eq!(&after.with_owner(partition, owner), &before);
        }
    }

    #[test]
    fn a_clone_of_a_plan_shares_its_table(document in any_group()) {
        let plan = balance(&Group::try_from(&document).expect("a group"));
        prop_assert!(plan.clone().assignment().shares_table_with(plan.assignment()));
    }

    #[test]
    fn claiming_an_assignment_leaves_the_group_as_it_was(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
        let before = format!("{group:?}");
        let plan = balance(&group);
        let claiming = group.clone().claiming(plan.assignment().clone());
        prop_assert_eq!(format!("{group:?}"), before);
        prop_assert_eq!(given(&claiming, balance(&claiming).assignment()), given(&group, plan.assignment()));
    }
}
