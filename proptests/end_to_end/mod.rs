//! Real groups on a real broker: our example consumer beside consumers of kafka-python and confluent-kafka, leading and led.
//!
//! Asserted from what the clients themselves report: after each rebalance every partition is held by exactly one member, every record is
//! read, none twice in a settled eager group, and a rebalance that our member led has moved no more than it had to.

mod client;
mod group;
mod tools;

use group::{Group, Kind};
use tools::Tools;

/// Topics of a group: one with records from the start, one that will grow.
const TOPICS: [(&str, i64); 2] = [("grows", 3), ("orders", 5)];

#[test]
fn an_eager_group_that_our_member_leads() {
    let Some(tools) = Tools::find("an_eager_group_that_our_member_leads") else { return };
    let mut group = Group::new(tools, "sticky", &TOPICS);
    group.produce("orders", "before");
    group.join("ours", Kind::Ours);
    group.settle("alone").led_by("ours").moved_the_least();

    group.join("python", Kind::KafkaPython);
    group.settle("a member of kafka-python joins").led_by("ours").moved_the_least();
    read_once(&mut group, "joined");

    group.join("second", Kind::Ours);
    group.produce("orders", "meanwhile");
    group.settle("another of ours joins").led_by("ours").moved_the_least();

    group.grow("grows", 7);
    group.settle("a topic grows").led_by("ours").moved_the_least();
    read_once(&mut group, "grown");

    group.kill("second");
    group.settle("one is killed").led_by("ours").moved_the_least();

    group.leave("python");
    group.settle("one leaves").led_by("ours").moved_the_least();
    read_once(&mut group, "left");
}

#[test]
fn an_eager_group_that_kafka_python_leads() {
    let Some(tools) = Tools::find("an_eager_group_that_kafka_python_leads") else { return };
    let mut group = Group::new(tools, "sticky", &TOPICS);
    group.produce("orders", "before");
    group.join("python", Kind::KafkaPython);
    group.settle("alone").led_by("python");

    group.join("ours", Kind::Ours);
    group.settle("ours joins").led_by("python");
    read_once(&mut group, "joined");

    group.join("second", Kind::Ours);
    group.settle("another of ours joins").led_by("python");

    group.leave("python");
    let settled = group.settle("the leader leaves");
    assert!(!settled.leaders.is_empty() && !settled.leaders.contains("python"));
    read_once(&mut group, "left");
}

#[test]
fn a_cooperative_group_that_our_member_leads() {
    let Some(tools) = Tools::find("a_cooperative_group_that_our_member_leads") else { return };
    let mut group = Group::new(tools, "cooperative-sticky", &TOPICS);
    group.produce("orders", "before");
    group.join("ours", Kind::Ours);
    group.settle("alone").led_by("ours").moved_the_least();

    group.join("librdkafka", Kind::Confluent);
    group.settle("a member of confluent-kafka joins").led_by("ours").moved_the_least();
    group.produce("orders", "joined");
    group.read_everything("joined");

    group.join("second", Kind::Ours);
    group.produce("orders", "meanwhile");
    group.settle("another of ours joins").led_by("ours").moved_the_least();

    group.kill("librdkafka");
    group.settle("one is killed").led_by("ours").moved_the_least();

    // Only now: librdkafka 2.16 does not survive its topic being created anew, which is how the broker's topics grow.
    group.grow("grows", 7);
    group.settle("a topic grows").led_by("ours").moved_the_least();

    group.leave("second");
    group.settle("one leaves").led_by("ours").moved_the_least();
    group.produce("grows", "left");
    group.read_everything("left");
}

#[test]
fn a_cooperative_group_that_librdkafka_leads() {
    let Some(tools) = Tools::find("a_cooperative_group_that_librdkafka_leads") else { return };
    let mut group = Group::new(tools, "cooperative-sticky", &TOPICS);
    group.produce("orders", "before");
    group.join("librdkafka", Kind::Confluent);
    group.settle("alone");

    group.join("ours", Kind::Ours);
    group.settle("ours joins");
    group.produce("orders", "joined");
    group.read_everything("joined");

    group.leave("librdkafka");
    group.settle("the leader leaves").led_by("ours").moved_the_least();
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
