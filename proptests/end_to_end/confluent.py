"""A consumer of confluent-kafka (librdkafka): confluent.py BROKER GROUP cooperative-sticky TOPIC...

Says in JSON lines what it is given and what it reads, and leaves the group when its standard input ends.
"""

import json
import sys
import threading

from confluent_kafka import Consumer, KafkaException


def report(**event):
    print(json.dumps(event), flush=True)


def by_topic(partitions):
    listed = {}
    for partition in sorted(partitions, key=lambda each: (each.topic, each.partition)):
        listed.setdefault(partition.topic, []).append(partition.partition)
    return listed


def assigned(consumer, partitions):
    """Told are the partitions that are new."""
    report(event="gained", partitions=by_topic(partitions))


def revoked(consumer, partitions):
    report(event="revoked", partitions=by_topic(partitions))


def main(broker, group, protocol, *topics):
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    consumer = Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": group,
            "partition.assignment.strategy": protocol,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 500,
            "topic.metadata.refresh.interval.ms": 2000,
        }
    )
    consumer.subscribe(list(topics), on_assign=assigned, on_revoke=revoked, on_lost=revoked)
    while not ended.is_set():
        record = consumer.poll(0.2)
        if record is None:
            continue
        if record.error():
            report(event="error", error=str(record.error()))
            continue
        report(event="record", topic=record.topic(), partition=record.partition(), offset=record.offset(), value=record.value().decode())
        try:
            consumer.commit(record, asynchronous=False)
        except KafkaException as error:
            report(event="error", error=str(error))
    consumer.close()
    report(event="left")


main(*sys.argv[1:])
