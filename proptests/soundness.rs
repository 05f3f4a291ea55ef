//! Everything that is true of any plan, whatever group it is for and however it was come by.

use proptest::prelude::*;
use sticky_assignor::{Goal, MemberId, Movement, Plan, TopicPartition};

use crate::oracle::{Judgement, Optimum, Problem, judge};
use crate::strategies::given;
use crate::two_goals::{balance, verify};

/// Checks a plan against the problem that it solves, and the figures that the best plans have.
pub(crate) fn check(plan: &Plan, problem: &Problem, optimum: Optimum) -> Result<(), TestCaseError> {
    check_figures(plan, problem, optimum)?;
    check_summary(plan, problem)?;
    check_movements(plan, problem)?;
    check_proof(plan, problem, optimum)?;
    check_steps(plan)?;
    check_fed_back(plan)
}

/// Valid, and as good as can be.
fn check_figures(plan: &Plan, problem: &Problem, optimum: Optimum) -> Result<(), TestCaseError> {
    let Judgement { violations, figures, .. } = judge(problem, &given(plan.group(), plan.assignment()));
    prop_assert!(violations.is_empty(), "{violations:?}");
    prop_assert_eq!(figures, optimum);
    let summary = plan.summary();
    prop_assert_eq!(Optimum { sum_of_squares: summary.sum_of_squares, retained: summary.retained }, optimum);
    Ok(())
}

/// The summary adds up.
fn check_summary(plan: &Plan, problem: &Problem) -> Result<(), TestCaseError> {
    let summary = plan.summary();
    prop_assert_eq!(summary.partitions, problem.topics.iter().map(|topic| topic.partitions as u64).sum::<u64>());
    prop_assert_eq!(summary.assigned, problem.partitions().count() as u64);
    prop_assert_eq!(summary.partitions, summary.assigned + summary.unassigned);
    prop_assert_eq!(summary.assigned, summary.retained + summary.moved + summary.new);
    prop_assert_eq!(summary.retained + summary.moved - summary.forced, problem.owners_before.len() as u64);
    prop_assert_eq!(summary.moved, plan.movements().len() as u64);
    prop_assert_eq!(summary.forced, summary.moved - chosen(plan).len() as u64);
    let loads = || plan.group().members().map(|(member, _)| plan.assignment().load(member));
    prop_assert_eq!((summary.min, summary.max), (loads().min().unwrap_or(0), loads().max().unwrap_or(0)));
    Ok(())
}

/// A partition and its owners before and after, in names.
type Told = (String, i64, String, String);

/// The movements from owners that could have kept what they had.
fn chosen(plan: &Plan) -> Vec<Movement> {
    let by_choice = |movement: &&Movement| plan.group().subscribes(movement.from, movement.partition.topic);
    plan.movements().iter().filter(by_choice).copied().collect()
}

/// The movements by choice are exactly what leaves its owner before.
fn check_movements(plan: &Plan, problem: &Problem) -> Result<(), TestCaseError> {
    prop_assert!(plan.movements().is_sorted_by(|one, next| one.partition < next.partition), "ascending, no partition twice");
    let mut told: Vec<Told> = chosen(plan).iter().map(|movement| in_names(plan, movement)).collect();
    told.sort();
    let mut expected = leaving(plan, problem);
    expected.sort();
    prop_assert_eq!(told, expected);
    Ok(())
}

fn in_names(plan: &Plan, movement: &Movement) -> Told {
    let (topic, number) = name(plan, movement.partition);
    (topic, number, id(plan, movement.from), id(plan, movement.to))
}

fn leaving(plan: &Plan, problem: &Problem) -> Vec<Told> {
    let owned = plan.assignment().iter().filter_map(|(partition, owner)| {
        let (topic, number) = name(plan, partition);
        let before = *problem.owners_before.get(&(problem.place_of_topic(&topic)?, number))?;
        Some((topic, number, problem.members[before].clone(), id(plan, owner)))
    });
    owned.filter(|(_, _, before, after)| before != after).collect()
}

fn name(plan: &Plan, partition: TopicPartition) -> (String, i64) {
    (plan.group().topic(partition.topic).expect("a topic of the group").name().to_string(), i64::from(partition.partition))
}

fn id(plan: &Plan, member: MemberId) -> String {
    plan.group().member(member).expect("a member of the group").id().to_string()
}

/// The plan's own proof meets it, and the verifier agrees.
fn check_proof(plan: &Plan, problem: &Problem, optimum: Optimum) -> Result<(), TestCaseError> {
    let moves = problem.partitions().count() as i128 - i128::from(optimum.retained);
    let bound = plan.proof().bound(plan.group());
    prop_assert_eq!(bound.get(Goal::Balance), Some(optimum.sum_of_squares.into()));
    prop_assert_eq!(bound.get(Goal::Stickiness), Some(moves));
    prop_assert!(verify(plan.group(), plan.assignment()).is_optimal());
    Ok(())
}

/// Walking its steps leads to it.
fn check_steps(plan: &Plan) -> Result<(), TestCaseError> {
    let last = plan.steps().last().expect("a first step");
    prop_assert_eq!(&last.assignment, plan.assignment());
    prop_assert_eq!(last.movements.iter().collect::<Vec<_>>(), chosen(plan));
    Ok(())
}

/// Fed back as claims, it is the plan again.
fn check_fed_back(plan: &Plan) -> Result<(), TestCaseError> {
    let again = balance(&plan.group().clone().claiming(plan.assignment().clone()));
    prop_assert_eq!(again.movements(), []);
    prop_assert_eq!(again.assignment(), plan.assignment());
    Ok(())
}
