//! What is easily wrong about walking a balance step by step.

use sticky_assignor::Action;

use super::checked;

#[test]
fn steps_that_have_ended_stay_ended() {
    let plan = checked(r#"{"topics": {}, "members": []}"#);
    let mut steps = plan.steps();
    assert_eq!(steps.next().map(|step| step.action), Some(Action::Keep { partitions: 0 }));
    assert!(steps.next().is_none());
    assert!(steps.next().is_none(), "the walk began again");
}

/// Claims that were beaten or void are no owners: the first step keeps neither.
#[test]
fn a_void_claim_is_filled_and_not_reassigned() {
    let plan = checked(
        r#"{"topics": {"t": 2}, "members": [{"id": "a", "topics": ["t"], "owned": {"t": [0]}}, {"id": "b", "topics": ["t"], "owned": {"t": [0]}}]}"#,
    );
    let actions: Vec<Action> = plan.steps().map(|step| step.action).collect();
    assert!(matches!(actions[..], [Action::Keep { partitions: 0 }, Action::Fill { .. }, Action::Fill { .. }]), "{actions:?}");
}
