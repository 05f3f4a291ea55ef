//! What a log records of the group's own assignor.

use proptest::prelude::*;
use serde_json::{Value, json};
use sticky_assignor::document::{AssignmentDocument, GroupDocument};
use sticky_assignor::replay::{
    EventLog, Figures, RebalanceWindow,
    recording::{Recorded, RecordedRebalance, RecordedTotals, Returns},
};
use sticky_assignor::{Assignment, Change, Goals, Group, Strategy};

use super::{batches_of, log_of};
use crate::strategies::{any_change, any_goals, any_group, configured};

/// What a log records in each rebalance, the group itself first.
fn recorded(log: &EventLog, goals: Goals) -> Vec<Option<RecordedRebalance>> {
    let mut step = Recorded::start(log, goals);
    let mut rebalances = vec![step.rebalance];
    for batch in batches_of(log, RebalanceWindow::default()) {
        step = step.next.after(log, &batch, goals).expect("the log was checked");
        rebalances.push(step.rebalance);
    }
    rebalances
}

/// A `group` line with what somebody decided for it.
fn line(at: usize, group: &Group, assignment: &Assignment) -> String {
    let mut document: Value = json!(GroupDocument::from(&group.clone().claiming(Assignment::new())));
    for member in document["members"].as_array_mut().expect("a list") {
        member.as_object_mut().expect("an object").remove("generation");
    }
    document["assignment"] = json!(AssignmentDocument::new(group, assignment));
    json!({"at": at, "group": document}).to_string()
}

/// The life of a group under an assignor: a line for each rebalance, and its own figures.
fn life(start: &GroupDocument, changes: &[Change], assign: impl Fn(&Group) -> Assignment) -> (Vec<String>, Vec<Figures>) {
    let mut group = Group::try_from(start).expect("a group").claiming(Assignment::new());
    let mut assignment = assign(&group);
    let (mut lines, mut figures) = (vec![line(0, &group, &assignment)], vec![Figures::measure(&group, &assignment)]);
    // A line shows a group, not what happened to it: of several events that could be more.
    let events = changes.iter().flat_map(|change| change.events().iter().take(1).cloned());
    for event in events {
        let Ok(changed) = group.clone().claiming(assignment.clone()).apply(Change::from(event)) else { continue };
        group = changed;
        assignment = assign(&group);
        lines.push(line(lines.len(), &group, &assignment));
        figures.push(Figures::measure(&group, &assignment));
    }
    (lines, figures)
}

proptest! {
    #![proptest_config(configured(200))]

    /// A life made from the plans of any strategy has that strategy's own figures, and in them
    /// nothing is invalid.
    #[test]
    fn a_life_under_a_strategy_has_its_figures(
        start in any_group(), changes in prop::collection::vec(any_change(), 1..6), strategy in prop::sample::select(Strategy::ALL.to_vec()),
    ) {
        let (lines, figures) = life(&start, &changes, |group| strategy.assign(group));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let recorded = recorded(&log_of(&lines), Goals::default());
        prop_assert_eq!(recorded.len(), figures.len());
        for (recorded, figures) in recorded.iter().zip(figures) {
            let recorded = recorded.as_ref().expect("every line says what was decided");
            prop_assert_eq!(recorded.figures, figures);
            prop_assert_eq!(recorded.violations, 0);
            prop_assert_eq!(recorded.excess(), figures.moved.saturating_sub(recorded.needed));
        }
    }

    /// In a life of best plans nothing moves that need not, and nothing could be better.
    #[test]
    fn a_life_of_best_plans_moves_what_is_needed(
        start in any_group(), changes in prop::collection::vec(any_change(), 1..6), goals in any_goals(),
    ) {
        let (lines, _) = life(&start, &changes, |group| goals.balance(group).assignment().clone());
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        for recorded in recorded(&log_of(&lines), goals).into_iter().flatten() {
            prop_assert_eq!((recorded.figures.moved, recorded.excess()), (recorded.needed, 0));
            prop_assert!(recorded.goals.iter().all(|goal| goal.cost == goal.optimal) && recorded.goals.len() == goals.len());
        }
    }
}

const A_AND_B: &str = r#""topics": {"t": 4}, "members": [{"id": "a", "topics": "*"}, {"id": "b", "topics": "*"}]"#;

fn shown(at: u32, assignment: &Value) -> String {
    format!(r#"{{"at": {at}, "group": {{{A_AND_B}, "assignment": {assignment}}}}}"#)
}

#[test]
fn each_rebalance_is_judged_from_the_state_recorded_before_it() {
    let (halves, swapped) = (json!({"a": {"t": [0, 1]}, "b": {"t": [2, 3]}}), json!({"a": {"t": [2, 3]}, "b": {"t": [0, 1]}}));
    let alone =
        r#"{"at": 30, "group": {"topics": {"t": 4}, "members": [{"id": "b", "topics": "*"}], "assignment": {"b": {"t": [0, 1, 2, 3]}}}}"#;
    let lines = [shown(0, &halves), shown(10, &swapped), shown(20, &swapped), alone.into()];
    let log = log_of(&lines.each_ref().map(String::as_str));
    let figures: Vec<[u64; 5]> = recorded(&log, Goals::default())
        .into_iter()
        .flatten()
        .map(|recorded| [recorded.figures.moved, recorded.figures.forced, recorded.figures.new, recorded.needed, recorded.excess()])
        .collect();
    assert_eq!(figures, [[0, 0, 4, 0, 0], [4, 0, 0, 0, 4], [0, 0, 0, 0, 0], [2, 2, 0, 2, 0]]);
}

#[test]
fn lines_without_an_assignment_have_no_figures_and_leave_what_remains() {
    let lines = [
        shown(0, &json!({"a": {"t": [0, 1]}, "b": {"t": [2, 3]}})),
        r#"{"at": 5, "subscribe": {"id": "a", "topics": []}}"#.into(),
        r#"{"at": 6, "subscribe": {"id": "a", "topics": "*"}}"#.into(),
        shown(9, &json!({"a": {"t": [2, 1]}, "b": {"t": [0, 3]}})),
    ];
    let recorded = recorded(&log_of(&lines.each_ref().map(String::as_str)), Goals::default());
    assert_eq!(recorded.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, true]);
    let last = recorded[3].as_ref().expect("is recorded");
    assert_eq!((last.figures.retained, last.figures.moved, last.figures.new, last.needed), (1, 1, 2, 0), "what a gave up has no owner");
}

#[test]
fn an_assignment_that_is_not_valid_is_counted_and_not_refused() {
    let bad = json!({"a": {"t": [0, 1, 9], "gone": [1]}, "b": {"t": [1, 2]}, "ghost": {"t": [3]}});
    let lines = [shown(0, &json!({"a": {"t": [0, 1]}, "b": {"t": [2, 3]}})), shown(1, &bad)];
    let recorded = recorded(&log_of(&lines.each_ref().map(String::as_str)), Goals::default());
    let last = recorded[1].as_ref().expect("is recorded");
    // t 9 and `gone` do not exist, nor does the ghost; t 1 has two owners, t 3 none.
    assert_eq!((last.violations, last.goals.len()), (5, 0));
    assert_eq!((last.figures.partitions, last.figures.retained, last.figures.moved), (2, 2, 0));
}

#[test]
fn what_is_held_may_lag_behind_what_was_decided() {
    let held = r#"{"at": 1, "group": {"topics": {"t": 4}, "members": [
        {"id": "a", "topics": "*", "owned": {"t": [0, 1, 2]}}, {"id": "b", "topics": "*"}],
        "assignment": {"a": {"t": [0, 1]}, "b": {"t": [2, 3]}}}}"#
        .replace('\n', " ");
    let unknown = shown(0, &json!({"a": {"t": [0, 1]}, "b": {"t": [2, 3]}}));
    let recorded = recorded(&log_of(&[&unknown, &held]), Goals::default());
    assert_eq!(recorded.iter().flatten().map(|recorded| recorded.gap).collect::<Vec<_>>(), [None, Some(1)]);
}

#[test]
fn a_line_in_which_members_have_only_come_further_is_no_needless_rebalance() {
    let seen = |at: usize, generation: i64, held: &Value| {
        json!({"at": at, "group": {"topics": {"t": 2}, "generation": generation, "members": [
            {"id": "a", "topics": "*", "owned": held}, {"id": "b", "topics": "*", "owned": {"t": [1]}}],
            "assignment": {"a": {"t": [0]}, "b": {"t": [1]}}}})
        .to_string()
    };
    let lines = [seen(0, 5, &json!({})), seen(10, 5, &json!({"t": [0]})), seen(20, 6, &json!({"t": [0]}))];
    let log = log_of(&lines.each_ref().map(String::as_str));
    let recorded = recorded(&log, Goals::default());
    assert_eq!(recorded.iter().flatten().map(|recorded| recorded.is_further_on).collect::<Vec<_>>(), [false, true, false]);
    let batches: Vec<_> = batches_of(&log, RebalanceWindow::default()).into_iter().collect();
    let rebalances = batches.iter().zip(recorded[1..].iter().map(Option::as_ref));
    let totals = RecordedTotals::of(rebalances, &Returns::start(&log.group));
    assert_eq!((totals.rebalances, totals.not_needed, totals.close), (2, vec![2], 0));
}

#[test]
fn who_comes_back_again_and_again_is_known_by_what_stands_before_the_uuid() {
    let uuid = |number: usize| format!("00000000-0000-0000-0000-{number:012}");
    let joins = |at: usize, id: String| json!({"at": at, "join": {"id": id, "topics": "*"}}).to_string();
    let mut lines = vec![r#"{"topics": {"t": 4}, "members": [{"id": "x", "topics": "*"}]}"#.to_string()];
    for turn in 0..3 {
        let id = format!("worker-{}", uuid(turn));
        lines.extend([joins(turn * 10, id.clone()), json!({"at": turn * 10 + 5, "leave": id}).to_string()]);
    }
    // Two at a time are called `pod`: who of them is back cannot be told.
    for turn in 0..4 {
        lines.push(joins(100 + turn, format!("pod-{}", uuid(turn))));
    }
    lines.extend((0..3).map(|turn| json!({"at": 200, "leave": format!("pod-{}", uuid(turn))}).to_string()));
    lines.extend((4..7).map(|turn| joins(300, format!("pod-{}", uuid(turn)))));
    let log = log_of(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let (mut returns, mut group) = (Returns::start(&log.group), log.group.clone());
    let batches = batches_of(&log, RebalanceWindow::default());
    for batch in &batches {
        let after = group.apply(&batch.change).expect("the log was checked");
        returns = returns.after(batch, &group, &after);
        group = after;
    }
    let back: Vec<(String, u64)> = returns.at_least(1).into_iter().map(|back| (back.member, back.times)).collect();
    assert_eq!(back, [("worker".into(), 2)]);
    let totals = RecordedTotals::of(batches.iter().map(|batch| (batch, None)), &returns);
    assert_eq!((totals.rebalances, totals.known, totals.flapping.len()), (16, 0, 1));
    assert_eq!(totals.close, 16, "each is within 30 s of another");
}
