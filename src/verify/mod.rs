//! The judgement of an assignment, whoever made it.

mod reading;
mod verdict;
mod witness;

use crate::{
    model::{Assignment, Goals, Group, MemberId, NO_OWNER, Slots},
    plan::Plan,
    proof::{Audit, Proof},
};
use reading::{AssignmentFigures, Reading};

pub use reading::GivenAssignment;
pub use verdict::{GoalVerdict, ProofStanding, Verdict, Violation, ViolationRun, Violations};

/// Judges an assignment of this group by the goals of [`balance`](crate::balance()): is it valid,
/// is it as good as can be in each goal; and if it falls short, what would improve it.
///
/// The assignment is one of this group, or of one that it came from (see
/// [`MemberId`](crate::MemberId)); one with names is for [`verify_given`]. A member or a topic that
/// is gone is told once, as there; what has no name any more is called by its number: `#2`.
///
/// The solver only proposes prices. What decides is the bound they give, evaluated on its own.
/// Costs a [`balance`](crate::balance()), reading the assignment, and the bound.
///
/// ```
/// use sticky_assignor::{Assignment, Goal, Group, NewMember, NewTopic, TopicPartition, verify};
/// let members = [NewMember::new("c1", ["orders"]), NewMember::new("c2", ["orders"])];
/// let group = Group::new(&[NewTopic::new("orders", 4)], &members)?;
/// let (topic, c1) = (group.topic_id("orders").unwrap(), group.member_id("c1").unwrap());
/// let all = (0..4).map(|partition| (TopicPartition { topic, partition }, c1));
/// let verdict = verify(&group, &all.collect::<Assignment>());
/// let falls_short = verdict.falls_short_in().unwrap();
/// assert_eq!((falls_short.goal, falls_short.cost, falls_short.optimal), (Goal::Balance, 16, 8));
/// assert_eq!(verdict.witness.len(), 1);
/// # Ok::<(), sticky_assignor::GroupError>(())
/// ```
#[must_use]
pub fn verify(group: &Group, assignment: &Assignment) -> Verdict {
    Goals::default().verify(group, assignment)
}

/// Judges an assignment that came from any client, with the proof that came with it, if one did, by
/// the goals of [`balance`](crate::balance()).
#[must_use]
pub fn verify_given(group: &Group, given: &GivenAssignment, proof: Option<&Proof>) -> Verdict {
    Goals::default().verify_given(group, given, proof)
}

impl Goals {
    /// Judges an assignment of this group by these goals: [`verify`] says how, and what it costs.
    ///
    /// ```
    /// use sticky_assignor::{Goal, Goals, Group, NewMember, NewTopic};
    /// let members = [NewMember::new("a", ["x", "y"]), NewMember::new("b", ["y"])];
    /// let group = Group::new(&[NewTopic::new("x", 10), NewTopic::new("y", 10)], &members)?;
    /// let (balanced, spread): (Goals, Goals) = ("balance,spread".parse()?, "spread,balance".parse()?);
    /// let plan = balanced.balance(&group);
    /// assert!(balanced.verify(&group, plan.assignment()).is_optimal());
    /// let verdict = spread.verify(&group, plan.assignment());
    /// assert_eq!(verdict.falls_short_in().unwrap().goal, Goal::Spread);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn verify(self, group: &Group, assignment: &Assignment) -> Verdict {
        let best = BestPlan::of(&self.balance(group));
        let audit = Audit::of(group);
        judge(&audit, Reading::of(&audit, assignment), &best, None)
    }

    /// Judges an assignment that came from any client by these goals, with the proof that came with
    /// it, if one did; a proof of other goals is short.
    #[must_use]
    pub fn verify_given(self, group: &Group, given: &GivenAssignment, proof: Option<&Proof>) -> Verdict {
        let best = BestPlan::of(&self.balance(group));
        let audit = Audit::of(group);
        judge(&audit, Reading::of_given(&audit, given), &best, proof)
    }
}

/// Judges an assignment that came from any client beside the best plan of its group, without a
/// proof and without looking for what would improve it.
pub(crate) fn verdict_beside(plan: &Plan, given: &GivenAssignment) -> Verdict {
    let audit = Audit::of(plan.group());
    let Reading { owners, violations } = Reading::of_given(&audit, given);
    judge_unwitnessed(&audit, &owners, violations, plan.proof(), None)
}

/// What is asked of a best plan when others are judged. The plan itself, which takes more memory
/// than an assignment needs to be read, is let go before one is.
struct BestPlan {
    proof: Proof,
    /// The owner of each slot, or [`NO_OWNER`].
    owners: Vec<u32>,
}

impl BestPlan {
    fn of(plan: &Plan) -> Self {
        let slots = Slots::of_topics(plan.group().all_topics());
        let mut owners = vec![NO_OWNER; slots.len()];
        plan.assignment().each_owner(|partition, owner| {
            if let Some(slot) = slots.slot(partition) {
                owners[slot as usize] = owner.map_or(NO_OWNER, MemberId::raw);
            }
        });
        Self { proof: plan.proof().clone(), owners }
    }
}

/// Judges what was read by the goals of a best plan, whose prices are believed only as far as their
/// bound goes.
fn judge(audit: &Audit<'_>, Reading { owners, violations }: Reading, best: &BestPlan, proof: Option<&Proof>) -> Verdict {
    let verdict = judge_unwitnessed(audit, &owners, violations, &best.proof, proof);
    let witness = match verdict.is_valid() && !verdict.is_optimal() {
        true => witness::witness(audit, (&verdict.cost, &verdict.least), &owners, &best.owners),
        false => Vec::new(),
    };
    Verdict { witness, ..verdict }
}

fn judge_unwitnessed(audit: &Audit<'_>, owners: &[u32], violations: Violations, best: &Proof, proof: Option<&Proof>) -> Verdict {
    let goals: Goals = best.goals();
    let AssignmentFigures { sum_of_squares, retained, cost } = AssignmentFigures::of(goals, audit, owners);
    let least = best.bound_of(audit);
    let is_valid = violations.is_empty();
    let holds = |proof: &Proof| is_valid && proof.goals() == goals && proof.bound_of(audit) == cost;
    let standing = match proof.map(holds) {
        None => ProofStanding::Absent,
        Some(true) => ProofStanding::Holds,
        Some(false) => ProofStanding::Short,
    };
    Verdict { violations, partitions: audit.partitions(), sum_of_squares, retained, cost, least, witness: Vec::new(), proof: standing }
}
