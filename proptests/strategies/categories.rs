//! What kind of group a document is: read off the document, not taken from the generator's word.

use std::collections::BTreeSet;

use sticky_assignor::document::{GroupDocument, MemberDocument};
use sticky_assignor::{Goal, Goals, Subscription};

use crate::oracle::{Problem, least_costs, optimum};

/// Something a group may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    NoMembers,
    NoTopics,
    Fresh,
    /// The claims can all stay.
    BalancedClaims,
    /// Some claimed partition has to move.
    UnbalancedClaims,
    /// No single move improves the claims, but a chain of moves does.
    NeedsChain,
    IdenticalSubscriptions,
    NestedSubscriptions,
    MostlyAlike,
    /// Two different subscriptions at least are shared by several members each.
    SeveralOfAKind,
    UnequalSubscriptions,
    /// A partition is claimed under two generations.
    ConflictingGenerations,
    /// A partition is claimed twice under the highest generation.
    VoidedClaim,
    NegativePartition,
    PartitionBeyondRange,
    UnknownTopicClaimed,
    ListedTwice,
    ClaimedWithoutSubscription,
    SubscribesToNothing,
    TopicNobodyWants,
    TopicWithoutPartitions,
    StaticMember,
    SubscribesToEvery,
    FollowsAbsentTopic,
    /// A member has a rack, and of some partition it is known where its replicas are.
    Racks,
    /// So, and another member has none.
    MemberWithoutRack,
    /// The racks of some partitions are known, those of others of the topic are not.
    PartitionOfUnknownRacks,
    ReplicaInOneRack,
    ReplicasInTwoRacks,
    ReplicasInThreeRacks,
    /// Some owner has to be in another rack.
    MismatchesAll,
    /// Members subscribe alike, to topics of different counts.
    AlikeWithUnequalTopics,
    /// What is best in one goal is not in another.
    BalanceAgainstRack,
    BalanceAgainstStickiness,
    BalanceAgainstSpread,
    RackAgainstStickiness,
    RackAgainstSpread,
    StickinessAgainstSpread,
    /// The same among balanced plans.
    BalancedRackAgainstStickiness,
    BalancedRackAgainstSpread,
    BalancedStickinessAgainstSpread,
    /// The same of stickiness and spread among balanced plans with as few mismatches as these can
    /// have.
    BalancedInRacksStickinessAgainstSpread,
}

/// Everything the document shows.
pub(super) fn categories(document: &GroupDocument) -> BTreeSet<Category> {
    let problem = Problem::of(document);
    let shown = [
        plain(document),
        subscribing(document),
        claiming(document),
        of_claims(document, &problem),
        racked(document, &problem),
        conflicting(&problem),
    ];
    shown.into_iter().flatten().filter_map(|(category, shows)| shows.then_some(category)).collect()
}

fn plain(document: &GroupDocument) -> Vec<(Category, bool)> {
    vec![
        (Category::NoMembers, document.members.is_empty()),
        (Category::NoTopics, document.topics.is_empty()),
        (Category::Fresh, document.members.len() > 1 && document.members.iter().all(|member| member.owned.is_empty())),
        (Category::TopicWithoutPartitions, document.topics.0.values().any(|topic| topic.partitions == 0)),
        (Category::StaticMember, document.members.iter().any(|member| member.instance.is_some())),
    ]
}

fn subscribing(document: &GroupDocument) -> Vec<(Category, bool)> {
    let followed: Vec<BTreeSet<&str>> = document.members.iter().map(|member| followed(document, member)).collect();
    let different: BTreeSet<&BTreeSet<&str>> = followed.iter().collect();
    let count = |set: &BTreeSet<&str>| followed.iter().filter(|other| *other == set).count();
    let nested = different.iter().all(|a| different.iter().all(|b| a.is_subset(b) || b.is_subset(a)));
    vec![
        (Category::IdenticalSubscriptions, followed.len() > 1 && different.len() == 1),
        (Category::NestedSubscriptions, nested && different.len() > 2),
        (Category::MostlyAlike, followed.len() > 3 && different.len() == 2 && different.iter().any(|set| count(set) == 1)),
        (Category::SeveralOfAKind, different.iter().filter(|set| !set.is_empty() && count(set) > 1).count() > 1),
        (Category::UnequalSubscriptions, different.len() > 2),
        (Category::SubscribesToNothing, followed.iter().any(BTreeSet::is_empty)),
        (Category::TopicNobodyWants, document.topics.0.keys().any(|topic| followed.iter().all(|set| !set.contains(topic.as_str())))),
        (Category::SubscribesToEvery, document.members.iter().any(|member| member.topics.0 == Subscription::Every)),
        (Category::FollowsAbsentTopic, document.members.iter().any(|member| asks_for(member, "absent"))),
    ]
}

fn claiming(document: &GroupDocument) -> Vec<(Category, bool)> {
    let claims: Vec<(&MemberDocument, &str, Vec<i64>)> = document
        .members
        .iter()
        .flat_map(|member| member.owned.0.iter().map(move |(topic, list)| (member, topic.as_str(), list.iter().map(|n| n.0).collect())))
        .collect();
    let says = |test: &dyn Fn(&MemberDocument, &str, i64) -> bool| {
        claims.iter().any(|(member, topic, list)| list.iter().any(|partition| test(member, topic, *partition)))
    };
    let count = |topic: &str| document.topics.0.get(topic).map(|topic| topic.partitions);
    vec![
        (Category::NegativePartition, says(&|_, _, partition| partition < 0)),
        (Category::PartitionBeyondRange, says(&|_, topic, partition| count(topic).is_some_and(|count| partition >= count))),
        (Category::UnknownTopicClaimed, says(&|_, topic, _| count(topic).is_none())),
        (
            Category::ClaimedWithoutSubscription,
            says(&|member, topic, _| count(topic).is_some() && !followed(document, member).contains(topic)),
        ),
        (Category::ListedTwice, claims.iter().any(|(_, _, list)| list.iter().collect::<BTreeSet<_>>().len() < list.len())),
        (Category::ConflictingGenerations, quarrels(&claims, |a, b| a != b)),
        (Category::VoidedClaim, quarrels(&claims, |a, b| a == b)),
    ]
}

/// Whether two members claim a partition, under generations that compare so.
fn quarrels(claims: &[(&MemberDocument, &str, Vec<i64>)], compare: impl Fn(i64, i64) -> bool) -> bool {
    let generation = |member: &MemberDocument| member.generation.0.max(-1);
    claims.iter().any(|(one, topic, list)| {
        let others = claims.iter().filter(|(other, same, _)| other.id != one.id && same == topic);
        others.into_iter().any(|(other, _, theirs)| {
            compare(generation(one), generation(other)) && list.iter().any(|partition| theirs.contains(partition))
        })
    })
}

fn of_claims(document: &GroupDocument, problem: &Problem) -> Vec<(Category, bool)> {
    let claimed = problem.owners_before.len() as u64;
    let retained = optimum(document).retained;
    vec![
        (Category::BalancedClaims, claimed > 0 && retained == claimed),
        (Category::UnbalancedClaims, retained < claimed),
        (Category::NeedsChain, needs_chain(document, problem)),
    ]
}

fn racked(document: &GroupDocument, problem: &Problem) -> Vec<(Category, bool)> {
    let known: Vec<&Vec<Vec<String>>> = document.topics.0.values().filter_map(|topic| topic.racks.as_ref()).collect();
    let in_racks = |count: usize| known.iter().any(|racks| racks.iter().any(|racks| racks.len() == count));
    let replicas = in_racks(1) || in_racks(2) || in_racks(3);
    let members = |with: bool| document.members.iter().any(|member| member.rack.is_some() == with);
    let counts: BTreeSet<i64> = document.topics.0.values().map(|topic| topic.partitions).collect();
    let followed: BTreeSet<BTreeSet<&str>> = document.members.iter().map(|member| followed(document, member)).collect();
    vec![
        (Category::Racks, replicas && members(true)),
        (Category::MemberWithoutRack, replicas && members(true) && members(false)),
        (Category::PartitionOfUnknownRacks, known.iter().any(|racks| racks.iter().any(Vec::is_empty) && !racks.iter().all(Vec::is_empty))),
        (Category::ReplicaInOneRack, in_racks(1)),
        (Category::ReplicasInTwoRacks, in_racks(2)),
        (Category::ReplicasInThreeRacks, in_racks(3)),
        (Category::MismatchesAll, least_costs(problem, &"rack".parse().expect("a goal")) > vec![0]),
        (Category::AlikeWithUnequalTopics, document.members.len() > 1 && followed.len() == 1 && counts.len() > 1),
    ]
}

fn conflicting(problem: &Problem) -> Vec<(Category, bool)> {
    use Goal::{Balance, Rack, Spread, Stickiness};
    vec![
        (Category::BalanceAgainstRack, conflict(problem, &[], Balance, Rack)),
        (Category::BalanceAgainstStickiness, conflict(problem, &[], Balance, Stickiness)),
        (Category::BalanceAgainstSpread, conflict(problem, &[], Balance, Spread)),
        (Category::RackAgainstStickiness, conflict(problem, &[], Rack, Stickiness)),
        (Category::RackAgainstSpread, conflict(problem, &[], Rack, Spread)),
        (Category::StickinessAgainstSpread, conflict(problem, &[], Stickiness, Spread)),
        (Category::BalancedRackAgainstStickiness, conflict(problem, &[Balance], Rack, Stickiness)),
        (Category::BalancedRackAgainstSpread, conflict(problem, &[Balance], Rack, Spread)),
        (Category::BalancedStickinessAgainstSpread, conflict(problem, &[Balance], Stickiness, Spread)),
        (Category::BalancedInRacksStickinessAgainstSpread, conflict(problem, &[Balance, Rack], Stickiness, Spread)),
    ]
}

/// Whether of two goals, after some others, the second is worse off for coming second.
fn conflict(problem: &Problem, before: &[Goal], one: Goal, other: Goal) -> bool {
    let least = |goals: &[Goal]| least_costs(problem, &Goals::new([before, goals].concat()).expect("none twice")).pop();
    least(&[one, other]) > least(&[other])
}

/// Whether every partition is claimed, no single move evens the loads, and yet they could be
/// evened.
fn needs_chain(document: &GroupDocument, problem: &Problem) -> bool {
    let mut loads = vec![0_u64; problem.members.len()];
    problem.owners_before.values().for_each(|&member| loads[member] += 1);
    let helps = |topic: usize, from: usize| problem.topics[topic].subscribers.iter().any(|&to| loads[from] > loads[to] + 1);
    problem.owners_before.len() == problem.partitions().count()
        && loads.iter().map(|load| load * load).sum::<u64>() > optimum(document).sum_of_squares
        && !problem.owners_before.iter().any(|(&(topic, _), &from)| helps(topic, from))
}

/// The existing topics a member follows.
fn followed<'a>(document: &'a GroupDocument, member: &MemberDocument) -> BTreeSet<&'a str> {
    document.topics.0.keys().map(String::as_str).filter(|topic| member.topics.0 == Subscription::Every || asks_for(member, topic)).collect()
}

fn asks_for(member: &MemberDocument, topic: &str) -> bool {
    matches!(&member.topics.0, Subscription::Named(names) if names.iter().any(|name| name == topic))
}
