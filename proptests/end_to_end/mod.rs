//! Real groups on a real broker: members that lead with `lead` itself and our assignor in the
//! barnabas client, beside consumers of kafka-python and confluent-kafka, leading and led.
//!
//! Asserted from what the clients themselves report: after each rebalance every partition is held
//! by exactly one member, every record is read, none twice in a settled eager group, and a
//! rebalance that our member led has moved no more than it had to: judged by who held what before,
//! and where `lead` led also by the bytes that the members said and were given.

mod client;
mod group;
#[cfg(feature = "cli")]
mod imported;
mod rounds;
mod tools;

use group::{Group, Kind};
use sticky_assignor::kafka::Protocol;
use tools::Tools;

/// Topics of a group: one with records from the start, one that will grow.
const TOPICS: [(&str, i64); 2] = [("grows", 3), ("orders", 5)];

#[test]
fn an_eager_group_that_lead_leads() {
    let Some(tools) = Tools::find("an_eager_group_that_lead_leads") else { return };
    let group = an_eager_group_led_by(Group::new(tools, Protocol::Sticky, &TOPICS), Kind::Ours);
    assert!(group.rounds_judged() >= 6);
}

#[test]
fn an_eager_group_that_barnabas_leads() {
    let Some(tools) = Tools::find("an_eager_group_that_barnabas_leads") else { return };
    an_eager_group_led_by(Group::new(tools, Protocol::Sticky, &TOPICS), Kind::Barnabas);
}

fn an_eager_group_led_by(mut group: Group, leader: Kind) -> Group {
    group.produce("orders", "before");
    group.join("leader", leader);
    group.settle("alone").led_by("leader").moved_the_least();

    group.join("python", Kind::KafkaPython);
    group.settle("a member of kafka-python joins").led_by("leader").moved_the_least();
    read_once(&mut group, "joined");

    group.join("second", leader);
    group.produce("orders", "meanwhile");
    group.settle("another of the leader's kind joins").led_by("leader").moved_the_least();

    group.grow("grows", 7);
    group.settle("a topic grows").led_by("leader").moved_the_least();
    read_once(&mut group, "grown");

    group.kill("second");
    group.settle("one is killed").led_by("leader").moved_the_least();

    group.leave("python");
    group.settle("one leaves").led_by("leader").moved_the_least();
    read_once(&mut group, "left");
    group
}

#[test]
fn an_eager_group_that_kafka_python_leads() {
    let Some(tools) = Tools::find("an_eager_group_that_kafka_python_leads") else { return };
    let mut group = Group::new(tools, Protocol::Sticky, &TOPICS);
    group.produce("orders", "before");
    group.join("python", Kind::KafkaPython);
    group.settle("alone").led_by("python");

    group.join("ours", Kind::Ours);
    group.settle("ours joins").led_by("python");
    read_once(&mut group, "joined");

    group.join("barnabas", Kind::Barnabas);
    group.settle("a member of barnabas joins").led_by("python");

    group.leave("python");
    let settled = group.settle("the leader leaves");
    assert!(!settled.leaders.is_empty() && !settled.leaders.contains("python"));
    read_once(&mut group, "left");
}

#[test]
fn a_cooperative_group_that_lead_leads() {
    let Some(tools) = Tools::find("a_cooperative_group_that_lead_leads") else { return };
    let group = a_cooperative_group_led_by(Group::new(tools, Protocol::CooperativeSticky, &TOPICS), Kind::Ours);
    assert!(group.rounds_judged() >= 6);
}

#[test]
fn a_cooperative_group_that_barnabas_leads() {
    let Some(tools) = Tools::find("a_cooperative_group_that_barnabas_leads") else { return };
    a_cooperative_group_led_by(Group::new(tools, Protocol::CooperativeSticky, &TOPICS), Kind::Barnabas);
}

fn a_cooperative_group_led_by(mut group: Group, leader: Kind) -> Group {
    group.produce("orders", "before");
    group.join("leader", leader);
    group.settle("alone").led_by("leader").moved_the_least();

    group.join("librdkafka", Kind::Confluent);
    group.settle("a member of confluent-kafka joins").led_by("leader").moved_the_least();
    group.produce("orders", "joined");
    group.read_everything("joined");

    group.join("second", Kind::Barnabas);
    group.produce("orders", "meanwhile");
    group.settle("a member of barnabas joins").led_by("leader").moved_the_least();

    group.kill("librdkafka");
    group.settle("one is killed").led_by("leader").moved_the_least();

    // Only now: librdkafka 2.16 does not survive its topic being created anew, which is how the
    // broker's topics grow.
    group.grow("grows", 7);
    group.settle("a topic grows").led_by("leader").moved_the_least();

    group.leave("second");
    group.settle("one leaves").led_by("leader").moved_the_least();
    group.produce("grows", "left");
    group.read_everything("left");
    group
}

#[test]
fn a_cooperative_group_that_librdkafka_leads() {
    let Some(tools) = Tools::find("a_cooperative_group_that_librdkafka_leads") else { return };
    let mut group = Group::new(tools, Protocol::CooperativeSticky, &TOPICS);
    group.produce("orders", "before");
    group.join("librdkafka", Kind::Confluent);
    group.settle("alone");

    group.join("ours", Kind::Ours);
    group.settle("ours joins");
    group.produce("orders", "joined");
    group.read_everything("joined");

    group.leave("librdkafka");
    group.settle("the leader leaves").led_by("ours").moved_the_least();
    assert!(group.rounds_judged() > 0);
    group.produce("orders", "left");
    group.read_everything("left");
}

/// Puts records into a settled group: each is read, and by one member.
fn read_once(group: &mut Group, label: &str) {
    for (topic, _) in TOPICS {
        // A topic that is to grow must be empty until then.
        if topic == "orders" || label == "grown" {
            group.produce(topic, &format!("{label}-{topic}"));
        }
    }
    group.read_everything(label);
    assert_eq!(group.read_more_than_once(label), Vec::<String>::new());
}
