//! How much memory a long life takes: a test binary of its own, for it counts every allocation.

#[path = "../peak.rs"]
mod peak;

use std::num::NonZeroUsize;

use sticky_assignor::replay::{EventBatch, History};
use sticky_assignor::{Change, Event, Group, NewMember, NewTopic};

use peak::peak;

const PARTITIONS: u32 = 100_000;

/// Two members that subscribe to all there is, and topics that come and go in turn: nothing of one
/// version is in the next.
fn turned_over(rebalances: u32) -> History {
    let members = ["a", "b"].map(|id| NewMember::new(id, sticky_assignor::Subscription::Every));
    let group = Group::new(&[NewTopic::new("t0", PARTITIONS)], &members).expect("the group can be");
    let start = History::new(&group).expect("the group can be").keeping(NonZeroUsize::MIN);
    (1..=rebalances).fold(start, |history, turn| {
        let gone = Event::DeleteTopic(format!("t{}", turn - 1));
        let come = Event::Topic(NewTopic::new(format!("t{turn}"), PARTITIONS));
        history.rebalance(EventBatch::new(turn, Change::from([gone, come]))).expect("can happen")
    })
}

#[test]
fn a_history_takes_no_more_memory_the_longer_it_is() {
    let (short, long) = (peak(|| turned_over(12)), peak(|| turned_over(48)));
    assert!(long < short + short / 4, "{long} bytes for 48 rebalances, {short} for 12");
}

#[test]
fn what_was_let_go_is_found_anew() {
    let history = turned_over(14);
    for number in [1, 2, 7, 13, 14] {
        let transfers = history.transfers(number);
        assert_eq!(transfers.len() as u32, 2 * PARTITIONS, "rebalance {number}");
        assert_eq!(*transfers, *history.diff(number - 1, number));
    }
    let last = history.last();
    let partition = last.assignment().partitions_of(last.group().member_id("a").expect("is there")).next().expect("has some");
    let owners = history.owners(partition);
    assert_eq!((owners.len(), owners[0].1), (2, None), "owned by nobody until its topic came: {owners:?}");
    assert_eq!(owners[1].0, 14);
}
