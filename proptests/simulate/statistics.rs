//! Many numbers in three, and what is counted of a trial.

use proptest::prelude::*;
use sticky_assignor::replay::{
    Figures, Outcome,
    statistics::{Distribution, Statistics},
};

use crate::strategies::configured;

proptest! {
    #![proptest_config(configured(300))]

    #[test]
    fn each_figure_is_the_least_number_that_enough_are_no_greater_than(numbers in prop::collection::vec(0..50_u64, 1..200)) {
        let Distribution { median, p95, max } = Distribution::of(numbers.iter().copied());
        for (percent, figure) in [(50, median), (95, p95), (100, max)] {
            let no_greater = |limit: u64| numbers.iter().filter(|number| **number <= limit).count() * 100 >= numbers.len() * percent;
            prop_assert!(numbers.contains(&figure) && no_greater(figure));
            prop_assert!(figure == 0 || !no_greater(figure - 1));
        }
    }
}

#[test]
fn of_nothing_all_figures_are_zero() {
    assert_eq!(Distribution::of([]), Distribution::default());
    assert_eq!(Statistics::of(&[&[], &[]]), Statistics::default());
}

#[test]
fn the_first_rebalance_of_a_trial_is_not_counted() {
    let outcome = |moved, forced, sum_of_squares| {
        let mut figures = Figures::default();
        (figures.moved, figures.forced, figures.sum_of_squares) = (moved, forced, sum_of_squares);
        (figures.min, figures.max) = (1, 3);
        Outcome { figures, best_sum_of_squares: 10, topic_skew: 2, rack_mismatches: moved }
    };
    let (start, quiet, busy) = (outcome(90, 90, 90), outcome(1, 1, 10), outcome(8, 3, 14));
    let statistics = Statistics::of(&[&[start, quiet, busy], &[start, quiet]]);
    let three = |median, p95, max| Distribution { median, p95, max };
    let expected = Statistics {
        moved: three(1, 9, 9),
        forced: three(1, 4, 4),
        second_round: three(0, 5, 5),
        moved_at_once: three(1, 8, 8),
        imbalance: three(2, 2, 2),
        excess: three(0, 4, 4),
        topic_skew: three(2, 2, 2),
        rack_mismatches: three(1, 8, 8),
        rebalances: 3,
        uneven: 1,
    };
    assert_eq!(statistics, expected);
}
