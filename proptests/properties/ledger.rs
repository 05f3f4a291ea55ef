//! The ledger of movements: for each partition its first owner and its last, and which partition a
//! move should take.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sticky_assignor::{Group, MemberId, Movement, NewMember, NewTopic, PartitionMovements, TopicId, TopicPartition};

use crate::strategies::configured;

const TOPICS: usize = 2;
const PARTITIONS: u32 = 3;
const MEMBERS: usize = 4;

/// The numbers of a group's topics and members.
fn numbers() -> (Vec<TopicId>, Vec<MemberId>) {
    let names = || (0..TOPICS).map(|topic| format!("t{topic}")).collect::<Vec<_>>();
    let topics: Vec<NewTopic> = names().into_iter().map(|name| NewTopic::new(name, PARTITIONS)).collect();
    let members: Vec<NewMember> = (0..MEMBERS).map(|member| NewMember::new(format!("m{member}"), names())).collect();
    let group = Group::new(&topics, &members).expect("a group");
    (group.topics().map(|(topic, _)| topic).collect(), group.members().map(|(member, _)| member).collect())
}

/// Where every partition was first and is now, in a map.
type Model = BTreeMap<TopicPartition, (MemberId, MemberId)>;

fn away(model: &Model) -> Vec<Movement> {
    let away = model.iter().filter(|(_, (home, now))| home != now);
    away.map(|(&partition, &(from, to))| Movement { partition, from, to }).collect()
}

proptest! {
    #![proptest_config(configured(256))]

    #[test]
    fn the_ledger_knows_the_first_owner_and_the_last_of_each_partition(
        moves in prop::collection::vec((0..TOPICS, 0..PARTITIONS, 0..MEMBERS), 0..30),
    ) {
        let (topics, members) = numbers();
        let (mut model, mut versions) = (Model::new(), vec![(PartitionMovements::new(), Vec::new())]);
        for (topic, partition, to) in moves {
            let partition = TopicPartition { topic: topics[topic], partition };
            let (home, from) = *model.entry(partition).or_insert((members[0], members[0]));
            if from != members[to] {
                model.insert(partition, (home, members[to]));
                let (ledger, _) = versions.last().cloned().expect("the first");
                versions.push((ledger.moved(partition, from, members[to]), away(&model)));
            }
        }
        for (ledger, expected) in versions {
            prop_assert_eq!(ledger.iter().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!((ledger.len(), ledger.is_empty()), (expected.len(), expected.is_empty()));
        }
    }

    #[test]
    fn what_came_the_other_way_goes_back_home(
        moves in prop::collection::vec((0..TOPICS, 0..PARTITIONS, 0..MEMBERS, 0..MEMBERS), 0..20),
        (topic, partition, from, to) in (0..TOPICS, 0..PARTITIONS, 0..MEMBERS, 0..MEMBERS),
    ) {
        let (topics, members) = numbers();
        let ledger = moves.into_iter().filter(|(_, _, from, to)| from != to).fold(PartitionMovements::new(), |ledger, (topic, partition, from, to)| {
            ledger.moved(TopicPartition { topic: topics[topic], partition }, members[from], members[to])
        });
        let wanted = TopicPartition { topic: topics[topic], partition };
        let really = ledger.partition_to_move(wanted, members[from], members[to]);
        let came = |movement: &Movement| movement.partition.topic == wanted.topic && (movement.from, movement.to) == (members[to], members[from]);
        match ledger.iter().find(came) {
            Some(movement) => prop_assert_eq!(really, movement.partition),
            None => prop_assert_eq!(really, wanted),
        }
    }
}
