"""A consumer of kafka-python: kafka_python.py BROKER GROUP sticky|cooperative-sticky TOPIC...

Says in JSON lines what it is given and what it reads, and leaves the group when its standard input ends.
"""

import json
import sys
import threading

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor


def report(**event):
    print(json.dumps(event), flush=True)


def by_topic(partitions):
    listed = {}
    for partition in sorted(partitions):
        listed.setdefault(partition.topic, []).append(partition.partition)
    return listed


class Leading(StickyPartitionAssignor):
    """Says when it leads."""

    def assign(self, cluster, members):
        report(event="led", members=len(members))
        return super().assign(cluster, members)


class Listener(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        report(event="revoked", partitions=by_topic(revoked))

    def on_partitions_assigned(self, assigned):
        report(event="assigned", partitions=by_topic(assigned))


def main(broker, group, protocol, *topics):
    assert protocol == "sticky"
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    consumer = KafkaConsumer(
        bootstrap_servers=broker,
        group_id=group,
        partition_assignment_strategy=[Leading],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        max_poll_interval_ms=20000,
        metadata_max_age_ms=2000,
    )
    consumer.subscribe(list(topics), listener=Listener())
    while not ended.is_set():
        for partition, records in consumer.poll(timeout_ms=200).items():
            for record in records:
                report(event="record", topic=partition.topic, partition=partition.partition, offset=record.offset, value=record.value.decode())
            consumer.commit()
    consumer.close()
    report(event="left")


main(*sys.argv[1:])
