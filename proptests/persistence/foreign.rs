//! Ids of another group: here they mean somebody else, or nobody. Whatever is asked with those read
//! off an assignment is answered; one that another group handed out fails an assertion.

use proptest::prelude::*;
use sticky_assignor::document::{AssignmentDocument, GroupDocument, MovementsDocument, PlanDocument, ProofDocument, VerdictDocument};
use sticky_assignor::replay::{EventBatch, Figures, History, documents::HistoryDocument, topic_skew};
use sticky_assignor::{Assignment, Change, Goal, Group, NewMember, NewTopic, Plan, Strategy, balance, cooperative_round, verify};

use crate::strategies::{any_change, any_group, configured, larger_group, tiny_group};

/// A plan of the other group, after the change if that can happen: then numbers are out of the
/// order of names.
fn foreign(document: &GroupDocument, change: &Change) -> Plan {
    let plan = balance(&Group::try_from(document).expect("a group"));
    plan.rebalance(change).unwrap_or(plan)
}

fn written(document: impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(document).expect("it can be written")
}

/// A group and a plan of another one: everything public that takes both.
fn ask(group: &Group, plan: &Plan, change: &Change) {
    let claimed = group.clone().claiming(plan.assignment().clone());
    documents(group, plan, &claimed);
    plans(&claimed, change);
    judgements(&claimed, plan);
    for (partition, owner) in plan.assignment().iter() {
        let (known, subscribes) = (claimed.member(owner).is_some(), claimed.subscribes(owner, partition.topic));
        assert!(known || !subscribes && claimed.subscribed_topics(owner).next().is_none());
        let _ = claimed.has_partition(partition);
    }
}

fn documents(group: &Group, plan: &Plan, claimed: &Group) {
    let members = written(AssignmentDocument::new(group, plan.assignment()));
    assert_eq!(members.as_object().map(|members| members.len()), Some(group.member_count()));
    assert!(Group::try_from(&GroupDocument::from(claimed)).is_ok());
    written(MovementsDocument::new(group, plan.movements()));
    written(ProofDocument::new(group, plan.proof()));
    written(VerdictDocument::new(group, &verify(plan.group(), &Assignment::new())));
}

fn plans(claimed: &Group, change: &Change) {
    let plan = balance(claimed);
    assert!(verify(claimed, plan.assignment()).is_optimal());
    assert_eq!(plan.steps().last().map(|step| step.assignment), Some(plan.assignment().clone()));
    written(PlanDocument::whole(&plan, &[]).explained(&plan));
    if let Ok(next) = plan.rebalance(change) {
        let changed = claimed.apply(change).expect("possible, as it was of the plan");
        let bound = next.proof().bound(next.group());
        assert_eq!(bound.get(Goal::Balance), Some(balance(&changed).summary().sum_of_squares.into()));
    }
    let history = History::new(claimed).expect("a group");
    let history = history.clone().rebalance(EventBatch::new(1, change.clone())).unwrap_or(history);
    written(HistoryDocument::from(&history));
    Strategy::ALL.iter().for_each(|strategy| assert_eq!(strategy.assign(claimed).len(), plan.assignment().len()));
}

fn judgements(claimed: &Group, plan: &Plan) {
    let foreign = plan.assignment();
    let _ = verify(claimed, foreign);
    let _ = plan.proof().bound(claimed);
    let round = cooperative_round(claimed, foreign);
    assert_eq!(round.given().len() + round.withheld().len() as u64, foreign.len());
    let own = balance(claimed);
    let round = cooperative_round(claimed, own.assignment());
    assert_eq!(round.given().len() + round.withheld().len() as u64, own.assignment().len());
    for assignment in [foreign, own.assignment()] {
        let figures = Figures::measure(claimed, assignment);
        assert_eq!(figures.partitions, figures.retained + figures.moved + figures.new);
        topic_skew(claimed, assignment);
    }
    #[cfg(feature = "json")]
    page(claimed);
}

/// The page of a history that begins with foreign claims.
#[cfg(feature = "json")]
fn page(claimed: &Group) {
    let history = History::starting(balance(claimed));
    assert!(sticky_assignor::report::Report::of(&history).page().contains("</html>"));
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn what_is_asked_with_ids_of_another_group_is_answered(
        one in prop_oneof![any_group(), tiny_group()],
        other in prop_oneof![any_group(), larger_group()],
        change in any_change(),
    ) {
        let (group, larger) = (Group::try_from(&one).expect("a group"), Group::try_from(&other).expect("a group"));
        ask(&group, &foreign(&other, &change), &change);
        ask(&larger, &foreign(&one, &change), &change);
    }
}

/// Two topics and two members, of which only the first topic and the first member are in a group of
/// one of each.
#[test]
fn a_document_leaves_out_what_its_group_does_not_know() {
    let [small, large] = [1, 2].map(|count| {
        let topics: Vec<NewTopic> = (0..count).map(|topic| NewTopic::new(format!("t{topic}"), 2)).collect();
        let members: Vec<NewMember> =
            (0..count).map(|member| NewMember::new(format!("m{member}"), sticky_assignor::Subscription::Every)).collect();
        Group::new(&topics, &members).expect("a group")
    });
    let plan = balance(&large);
    let known = |topic| plan.assignment().partitions_of_topic(large.member_id("m0").expect("a member"), topic).count();
    let both = ["t0", "t1"].map(|topic| known(large.topic_id(topic).expect("a topic")));
    assert_eq!(both, [1, 1]);
    let written = serde_json::to_string(&AssignmentDocument::new(&small, plan.assignment())).expect("a document");
    assert_eq!(written, r#"{"m0":{"t0":[0]}}"#);
    let document = GroupDocument::from(&small.claiming(plan.assignment().clone()));
    assert_eq!(document.members[0].owned.0.keys().collect::<Vec<_>>(), ["t0"]);
}

/// A group of two.
fn two(names: [&str; 2]) -> Group {
    Group::new(&[NewTopic::new("t", 2)], &names.map(|name| NewMember::new(name, "*"))).expect("a group")
}

#[cfg(debug_assertions)]
#[test]
fn an_id_that_another_group_handed_out_fails_an_assertion() {
    let (group, other) = (two(["a", "b"]), two(["c", "d"]));
    let (c, other_topic) = (other.member_id("c").expect("a member"), other.topic_id("t").expect("a topic"));
    let topics = [NewTopic::new("s", 2), NewTopic::new("t", 2)];
    let second_topic = Group::new(&topics, &[]).expect("a group").topics().next().expect("it is there").0;
    let said = |ask: &dyn Fn()| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(ask)).expect_err("caught");
        caught.downcast_ref::<String>().cloned().expect("a text")
    };
    let of_a = "an id that another group handed out: in this one its number is that of a";
    assert_eq!(said(&|| _ = group.member(c)), of_a);
    assert_eq!(said(&|| _ = group.subscribes(c, other_topic)), of_a);
    assert_eq!(said(&|| _ = group.subscribed_topics(c).count()), of_a);
    assert_eq!(said(&|| _ = c.display(&group).to_string()), of_a);
    assert_eq!(said(&|| _ = group.topic(second_topic)), of_a.replace("of a", "of t"));
    assert!(group.topic(other_topic).is_some(), "a topic of the same name and number");
}

/// Who left and came, who is called otherwise, equal groups, and numbers nobody has.
#[test]
fn ids_of_earlier_and_equal_groups_and_of_nobody_are_answered() {
    let group = two(["a", "b"]);
    let (a, b) = (group.member_id("a").expect("a member"), group.member_id("b").expect("a member"));
    let left = group.apply(sticky_assignor::Event::Leave("a".into())).expect("it is here");
    let next = balance(&left).rebalance(sticky_assignor::Event::Join(NewMember::new("x", "*"))).expect("it is not here");
    assert_eq!(left.member(a), None);
    assert_eq!(next.group().member(a).map(|member| &**member.id()), Some("x"), "the number is given again");
    let equal = two(["a", "b"]);
    assert_eq!((equal.member(a), equal.member(b)), (group.member(a), group.member(b)));
    let more = Group::new(&[], &["a", "b", "c"].map(|name| NewMember::new(name, "*"))).expect("a group");
    assert_eq!(group.member(more.member_id("c").expect("a member")), None);
    assert_eq!(format!("{a:?}"), "MemberId(1)");
}
