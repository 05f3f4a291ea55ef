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

/// d gets both of u, which only it follows, and hands v 0 to e; e, which got v 1, hands t 0 on.
/// That is one path, as e gets no more than it gives.
#[test]
fn a_member_on_a_path_that_is_given_what_nobody_had() {
    let plan = checked(
        r#"{"topics": {"t": 6, "u": 2, "v": 2}, "members": [
            {"id": "a", "topics": ["t"]}, {"id": "b", "topics": ["t"]}, {"id": "c", "topics": ["t"]},
            {"id": "d", "topics": ["t", "u", "v"], "owned": {"v": [0]}, "generation": 0}, {"id": "e", "topics": ["t", "v"], "owned": {"t": [0]}, "generation": 0}]}"#,
    );
    let paths: Vec<Vec<u32>> = plan
        .steps()
        .filter_map(|step| match step.action {
            Action::Reassign { path, .. } => Some(path.stops.iter().map(|stop| stop.load).collect()),
            _ => None,
        })
        .collect();
    assert_eq!(paths, [[3, 2, 1], [3, 2, 1]]);
}
