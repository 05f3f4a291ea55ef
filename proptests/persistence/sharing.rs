//! What versions share, and that none of them changes another.

use proptest::prelude::*;
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic};

use crate::strategies::{any_group, configured, given};
use crate::two_goals::balance;

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

/// Members with unequal subscriptions, each of which goes, and comes back under another name: what
/// subscribes to is found near it, so nearly every new plan has the table of the one before (now
/// and then a table is made anew, as much has changed). Plans balanced anew would be as good: no
/// other property can tell.
#[test]
fn a_plan_searched_nearby_shares_its_table_with_the_one_before() {
    let subscribe = |number: usize| [0, 1, 7, 11].map(|step| format!("t{:03}", (number + step) % 300));
    let topics: Vec<NewTopic> = (0..300).map(|topic| NewTopic::new(format!("t{topic:03}"), 10 + topic % 17)).collect();
    let members: Vec<NewMember> = (0..300).map(|member| NewMember::new(format!("m{member:03}"), subscribe(member))).collect();
    let mut plan = balance(&Group::new(&topics, &members).expect("a group"));
    let mut sharing = 0;
    for number in 0..60 {
        for event in [Event::Leave(format!("m{number:03}")), Event::Join(NewMember::new(format!("n{number:03}"), subscribe(number + 30)))] {
            let next = plan.rebalance(Change::from([event])).expect("can happen");
            sharing += usize::from(next.assignment().shares_table_with(plan.assignment()));
            plan = next;
        }
    }
    assert!(sharing >= 100, "{sharing} of 120");
}
