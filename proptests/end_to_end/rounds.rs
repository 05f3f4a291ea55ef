//! The rounds that `lead` led, judged by the oracle from nothing but the bytes that members said
//! and were given.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use sticky_assignor::document::{AnyInteger, GroupDocument, MemberDocument, SubscriptionDocument, TopicDocument};
use sticky_assignor::kafka::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, Protocol, TopicPartitions};
use sticky_assignor::{Subscription, Violation};

use crate::oracle::{Given, Judgement, Problem, judge, optimum};

/// A round, as its leader tells of it.
#[derive(Debug, Deserialize)]
pub(super) struct Round {
    topics: BTreeMap<String, i64>,
    members: Vec<Told>,
}

/// A member's subscription and its assignment.
#[derive(Debug, Deserialize)]
struct Told {
    id: String,
    said: Vec<u8>,
    given: Vec<u8>,
}

impl Round {
    pub(super) fn told(event: &Value) -> Self {
        Self::deserialize(event).expect("a leader tells of topics and members")
    }

    /// Asserts that nothing better could be given for what was said.
    pub(super) fn assert_best(&self, protocol: Protocol) {
        let document = self.document(protocol);
        let problem = Problem::of(&document);
        let judgement = judge(&problem, &self.given());
        match protocol {
            Protocol::Sticky => {
                assert!(judgement.is_valid(), "{judgement:?}: {document:?}");
                assert_eq!(judgement.figures, optimum(&document), "{document:?}");
            }
            Protocol::CooperativeSticky => assert_withheld(&document, &problem, &judgement, &self.given()),
        }
    }

    fn document(&self, protocol: Protocol) -> GroupDocument {
        let topic = |(name, &partitions): (&String, &i64)| (name.clone(), TopicDocument { partitions, racks: None });
        GroupDocument {
            name: None,
            topics: self.topics.iter().map(topic).collect(),
            members: self.members.iter().map(|member| member.document(protocol)).collect(),
        }
    }

    /// What each member said and was given, in bytes.
    pub(super) fn told_of_members(&self) -> impl Iterator<Item = (&str, &[u8], &[u8])> {
        self.members.iter().map(|member| (member.id.as_str(), &member.said[..], &member.given[..]))
    }

    /// What each member was given.
    pub(super) fn given(&self) -> Given {
        self.members.iter().map(|member| (member.id.clone(), member.given())).collect()
    }
}

impl Told {
    fn document(&self, protocol: Protocol) -> MemberDocument {
        let said = ConsumerProtocolSubscription::decode(&self.said).expect("members say what can be read");
        let claim = protocol.claim(&said);
        assert_eq!(claim.unreadable, None, "{:?}", self.id);
        let numbers = |list: Vec<i64>| list.into_iter().map(AnyInteger).collect();
        MemberDocument {
            id: self.id.clone(),
            topics: SubscriptionDocument(Subscription::Named(said.topics.iter().map(|topic| topic.to_string()).collect())),
            owned: by_topic(&claim.partitions).into_iter().map(|(topic, list)| (topic, numbers(list))).collect(),
            generation: AnyInteger(claim.generation.into()),
            rack: None,
            instance: None,
        }
    }

    fn given(&self) -> BTreeMap<String, Vec<i64>> {
        by_topic(&ConsumerProtocolAssignment::decode(&self.given).expect("what is given can be read").assigned_partitions)
    }
}

fn by_topic(listed: &[TopicPartitions<'_>]) -> BTreeMap<String, Vec<i64>> {
    let mut by_topic: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for entry in listed {
        by_topic.entry(entry.topic.into()).or_default().extend(entry.partitions.iter().map(i64::from));
    }
    by_topic
}

/// A round of a cooperative group: nothing is given that another claims, and what is withheld has
/// to leave its owner, or is contested.
fn assert_withheld(document: &GroupDocument, problem: &Problem, judgement: &Judgement, given: &Given) {
    let claimants = claimants(document);
    for (member, topics) in given {
        for slot in topics.iter().flat_map(|(topic, list)| list.iter().map(move |partition| (topic.clone(), *partition))) {
            assert!(
                claimants.get(&slot).is_none_or(|claimants| claimants.iter().all(|claimant| claimant == member)),
                "{slot:?}: {document:?}"
            );
        }
    }
    let withheld = judgement.violations.iter().map(|violation| match violation {
        Violation::Unassigned { topic, partition } => (topic.to_string(), *partition),
        violation => panic!("{violation:?}: {document:?}"),
    });
    let owned = |slot: &Slot| problem.place_of_topic(&slot.0).is_some_and(|topic| problem.owners_before.contains_key(&(topic, slot.1)));
    let withheld: Vec<Slot> =
        withheld.inspect(|slot| assert!(claimants.contains_key(slot), "{slot:?} is nobody's: {document:?}")).collect();
    let (contested, leaving): (Vec<&Slot>, _) = withheld.iter().filter(|slot| owned(slot)).partition(|slot| claimants[*slot].len() > 1);
    let least = problem.owners_before.len() as u64 - optimum(document).retained;
    assert!(leaving.len() as u64 <= least && least <= (leaving.len() + contested.len()) as u64, "{least} of {withheld:?}: {document:?}");
}

type Slot = (String, i64);

fn claimants(document: &GroupDocument) -> BTreeMap<Slot, BTreeSet<&str>> {
    let mut claimants: BTreeMap<Slot, BTreeSet<&str>> = BTreeMap::new();
    for member in &document.members {
        for (topic, list) in &member.owned.0 {
            list.iter().for_each(|partition| {
                claimants.entry((topic.clone(), partition.0)).or_default().insert(&member.id);
            });
        }
    }
    claimants
}
