//! A plan, beside the one there would be without the change that was asked about, and what another
//! assignor answers for the same group; which topics a plan leaves uneven, and which goal would
//! have to give way for each to be even.

use std::cmp::Reverse;
use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroU32;

use sticky_assignor::document::{MovementsDocument, StrategyPlanDocument};
use sticky_assignor::replay::{Figures, TopicShares, topic_shares};
use sticky_assignor::{Assignment, Goal, Goals, Group, Movement, Plan, Strategy, Summary};

use super::comparison::timed_often;
use super::output::{self, Failure};

/// A plan and what it answers.
pub(crate) struct Answer {
    /// The plan of the group as it was read, where a change was asked about.
    pub(crate) unchanged: Option<Plan>,
    /// The plan of the group, with the change if there is one.
    pub(crate) plan: Plan,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl Answer {
    /// The group before the change.
    pub(crate) fn before(&self) -> &Group {
        self.unchanged.as_ref().unwrap_or(&self.plan).group()
    }

    /// Who owned what before the change, by the claims that stand: where the steps of a plan begin.
    pub(crate) fn owners_before(&self) -> Assignment {
        self.unchanged.as_ref().unwrap_or(&self.plan).claimed_owners()
    }

    /// What the plan moves.
    pub(crate) fn moves(&self) -> Moves {
        self.moves_in(self.plan.assignment())
    }

    /// What an assignment of the group moves: what had an owner, by the claims that stand or as a
    /// member that leaves in the change, and has another now.
    fn moves_in(&self, assignment: &Assignment) -> Moves {
        let standing = self.plan.claimed_owners();
        let mut movements: Vec<Movement> = standing.differences(assignment).filter_map(|transfer| transfer.movement()).collect();
        let owners = if self.unchanged.is_some() { self.owners_before() } else { Assignment::new() };
        let is_forced =
            |movement: &Movement| self.plan.group().member(movement.from).is_none() && standing.owner(movement.partition).is_none();
        let forced = owners.differences(assignment).filter_map(|transfer| transfer.movement()).filter(is_forced);
        movements.extend(forced);
        let forced = movements.iter().filter(|movement| self.plan.group().member(movement.from).is_none()).count() as u64;
        movements.sort_unstable();
        Moves { movements, forced }
    }
}

/// What moves from an owner to another.
pub(crate) struct Moves {
    /// Ascending.
    pub(crate) movements: Vec<Movement>,
    /// How many of them leave a member that leaves.
    pub(crate) forced: u64,
}

impl Moves {
    /// A summary that counted what members that leave had as new.
    pub(crate) fn summary(&self, mut summary: Summary) -> Summary {
        summary.moved += self.forced;
        summary.forced += self.forced;
        summary.new -= self.forced;
        summary
    }
}

/// A strategy's answer.
pub(crate) struct StrategyAnswer {
    pub(crate) strategy: Strategy,
    /// What we answer.
    pub(crate) ours: Answer,
    pub(crate) assignment: Assignment,
    pub(crate) summary: Summary,
    /// How many partitions it moves in the group as it was read, where a change was asked about.
    pub(crate) moved_unchanged: Option<u64>,
    /// What each timed call took.
    pub(crate) elapsed_ns: Vec<u64>,
}

impl StrategyAnswer {
    /// What a strategy answers where we answer this, asked that many times.
    pub(super) fn new(strategy: Strategy, ours: Answer, repeat: NonZeroU32) -> Self {
        let group = ours.plan.group();
        let (assignment, elapsed_ns) = timed_often(repeat, || strategy.assign(black_box(group)));
        let summary = Figures::measure(group, &assignment).summary(group);
        let moved = |group: &Group| Figures::measure(group, &strategy.assign(group)).moved;
        let moved_unchanged = ours.unchanged.as_ref().map(|plan| moved(plan.group()));
        Self { strategy, ours, assignment, summary, moved_unchanged, elapsed_ns }
    }

    /// The group it was asked about.
    pub(crate) fn group(&self) -> &Group {
        self.ours.plan.group()
    }

    /// What it moves.
    pub(crate) fn moves(&self) -> Moves {
        self.ours.moves_in(&self.assignment)
    }

    /// Writes it as a line of JSON.
    pub(super) fn document(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let moves = self.moves();
        let movements = MovementsDocument::between(self.ours.before(), self.group(), &moves.movements);
        output::line(out, &self.figures_document(&moves).whole(self.group(), &self.assignment, movements))
    }

    /// Writes its figures as a line of JSON.
    pub(super) fn figures(&self, out: &mut dyn Write) -> Result<(), Failure> {
        output::line(out, &self.figures_document(&self.moves()))
    }

    fn figures_document(&self, moves: &Moves) -> StrategyPlanDocument<'_> {
        StrategyPlanDocument::figures(self.group(), self.strategy.name(), moves.summary(self.summary), &self.elapsed_ns)
    }
}

/// How many uneven topics are looked into.
pub(crate) const LOOKED_INTO: usize = 5;

/// A topic of which some subscriber has at least two partitions more than another.
pub(crate) struct UnevenTopic {
    pub(crate) shares: TopicShares,
    pub(crate) price: Option<EvenPrice>,
}

/// What it would cost that the topic is even: the goal nearest to spread in the order that would
/// have to give way, and by how much. All topics are then as even as the goals left before allow.
pub(crate) struct EvenPrice {
    pub(crate) goal: Goal,
    pub(crate) more: i128,
    /// The order of goals that gives it.
    pub(crate) goals: Goals,
}

/// The uneven topics of a plan, the most uneven first, and for the first few of them what it would
/// cost that they are even. Costs up to three plans where there are any, nothing where not.
pub(crate) fn uneven_topics(plan: &Plan) -> Vec<UnevenTopic> {
    let uneven = topic_shares(plan.group(), plan.assignment()).into_iter().filter(|shares| shares.skew() > 1);
    let mut uneven: Vec<UnevenTopic> = uneven.map(|shares| UnevenTopic { shares, price: None }).collect();
    uneven.sort_by_key(|topic| Reverse(topic.shares.skew()));
    for goals in orders_with_spread_sooner(plan.goals()) {
        if uneven.iter().take(LOOKED_INTO).all(|topic| topic.price.is_some()) {
            break;
        }
        let sooner = goals.balance(plan.group());
        let skews = topic_shares(plan.group(), sooner.assignment());
        let is_even = |topic| skews.iter().any(|shares| shares.topic == topic && shares.skew() <= 1);
        let Some(goal) = goals.position(Goal::Spread).and_then(|place| goals.as_slice().get(place + 1)).copied() else { break };
        let more = sooner.costs().get(goal).unwrap_or(0) - plan.costs().get(goal).unwrap_or(0);
        for topic in uneven.iter_mut().take(LOOKED_INTO).filter(|topic| topic.price.is_none() && is_even(topic.shares.topic)) {
            topic.price = Some(EvenPrice { goal, more, goals });
        }
    }
    uneven
}

/// The same goals, spread moved before one more of them each time; none where spread is no goal.
fn orders_with_spread_sooner(goals: Goals) -> impl Iterator<Item = Goals> {
    let place = goals.position(Goal::Spread).unwrap_or(0);
    (0..place).rev().filter_map(move |sooner| {
        let mut order: Vec<Goal> = goals.iter().filter(|goal| *goal != Goal::Spread).collect();
        order.insert(sooner, Goal::Spread);
        Goals::new(order).ok()
    })
}
