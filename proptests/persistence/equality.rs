//! When groups and plans are equal, and that they are written short for debugging.

use proptest::prelude::*;
use sticky_assignor::{Event, Group, NewMember, balance};

use crate::strategies::{any_change, any_group, configured};

proptest! {
    #![proptest_config(configured(128))]

    /// What is made twice in the same way is equal, and a way there and back is none.
    #[test]
    fn what_is_made_alike_is_equal(document in any_group(), change in any_change()) {
        let [group, again] = [(); 2].map(|()| Group::try_from(&document).expect("a group"));
        prop_assert_eq!(&group, &again);
        let (plan, same) = (balance(&group), balance(&again));
        prop_assert_eq!(&plan, &same);
        if let (Ok(next), Ok(other)) = (plan.rebalance(&change), same.rebalance(&change)) {
            prop_assert_eq!(&next, &other);
            // It claims what the plan gave, so that it is another even where nothing changed.
            prop_assert_ne!(next.group(), plan.group());
        }
    }

    /// A group differs from the one in which one thing is otherwise.
    #[test]
    fn one_difference_is_one(document in any_group()) {
        let group = Group::try_from(&document).expect("a group");
        let joined = group.apply(Event::Join(NewMember::new("another", "*"))).expect("a new member");
        prop_assert_ne!(&joined, &group);
        prop_assert_ne!(&balance(&joined), &balance(&group));
        // Its number was given to the member that went.
        prop_assert_ne!(&joined.apply(Event::Leave("another".into())).expect("it is there"), &group);
        prop_assert_ne!(&group.clone().named("another name"), &group);
        for place in 0..document.members.len() {
            let mut other = document.clone();
            other.members[place].rack = Some("a rack that nobody has".into());
            prop_assert_ne!(&Group::try_from(&other).expect("a group"), &group);
        }
    }

    #[test]
    fn for_debugging_they_are_short(document in any_group()) {
        let plan = balance(&Group::try_from(&document).expect("a group"));
        let written = format!("{plan:?} {:?}", plan.group());
        prop_assert!(written.len() < 1_000, "{written}");
    }
}

/// More partitions than are worth reading are only counted.
#[test]
fn a_large_assignment_is_counted() {
    let group = |partitions| Group::new(&[sticky_assignor::NewTopic::new("t", partitions)], &[NewMember::new("a", "t")]).expect("a group");
    let debugged = |partitions| format!("{:?}", balance(&group(partitions)).assignment());
    assert_eq!(debugged(2), "{(0, 0): 0, (0, 1): 0}");
    assert_eq!(debugged(1_000), "Assignment { len: 1000, .. }");
}
