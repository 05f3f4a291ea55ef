//! A plan is valid, as even as can be, keeps as much as can be kept, and its summary says so.

use proptest::prelude::*;
use sticky_assignor::document::GroupDocument;

use super::planned;
use crate::oracle::{Judgement, Optimum, Problem, flow, judge};
use crate::strategies::{any_group, configured, given, larger_group};

fn check(document: &GroupDocument) -> Result<(), TestCaseError> {
    let plan = planned(document);
    let problem = Problem::of(document);
    let Judgement { violations, figures } = judge(&problem, &given(plan.group(), plan.assignment()));
    prop_assert!(violations.is_empty(), "{violations:?}");
    prop_assert_eq!(figures, flow(&problem));
    let summary = plan.summary();
    prop_assert_eq!(Optimum { sum_of_squares: summary.sum_of_squares, retained: summary.retained }, figures);
    Ok(())
}

proptest! {
    #![proptest_config(configured(1024))]

    #[test]
    fn a_plan_is_valid_and_none_is_better(document in any_group()) {
        check(&document)?;
    }
}

proptest! {
    #![proptest_config(configured(128))]

    #[test]
    fn a_plan_of_a_larger_group_is_valid_and_none_is_better(document in larger_group()) {
        check(&document)?;
    }

    #[test]
    fn a_summary_adds_up(document in any_group()) {
        let plan = planned(&document);
        let (summary, problem) = (plan.summary(), Problem::of(&document));
        let wanted = problem.partitions().count() as u64;
        prop_assert_eq!(summary.partitions, document.partition_count());
        prop_assert_eq!(summary.assigned, wanted);
        prop_assert_eq!(summary.unassigned, summary.partitions - wanted);
        prop_assert_eq!(summary.assigned, summary.retained + summary.moved + summary.new);
        prop_assert_eq!(summary.retained + summary.moved, problem.owners_before.len() as u64);
        let loads = || plan.group().members().map(|(member, _)| plan.assignment().load(member));
        prop_assert_eq!((summary.min, summary.max), (loads().min().unwrap_or(0), loads().max().unwrap_or(0)));
    }
}
