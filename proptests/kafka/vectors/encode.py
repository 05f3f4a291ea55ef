"""Prints messages as kafka-python writes them, one JSON object a line, with what they say.

    pip install kafka-python==2.3.3 && python encode.py > kafka-python-2.3.3.jsonl
    pip install kafka-python==3.0.12 && python encode.py > kafka-python-3.0.12.jsonl

The 3.x series writes every version of the consumer protocol, and puts a version in front of the sticky assignor's user data
that no other client puts there; the 2.x series writes version 0 only.
"""

import json

import kafka
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.structs import TopicPartition

NAMES = ["orders", "clicks", "a", "x" * 249, "Ünïcode"]


def cases():
    yield ["orders"], {}, -1
    yield ["orders"], {"orders": [0, 1, 2]}, -1
    yield ["orders", "clicks"], {"clicks": [5], "orders": [0, 7, 2147483647]}, 7
    yield NAMES, {name: list(range(place)) for place, name in enumerate(NAMES)}, 2147483647
    yield [], {}, 0


def show(kind, version, message, **said):
    print(json.dumps({"kind": kind, "version": version, "hex": message.hex(), **said}, sort_keys=True))


def encoded(message):
    """A name holds the message: in the 2.x series its `encode` is bound weakly."""
    return message.encode()


def sticky():
    """What a member of the sticky protocol sends: its user data is made by the assignor itself."""
    for topics, owned, generation in cases():
        partitions = [TopicPartition(topic, partition) for topic, numbers in owned.items() for partition in numbers]
        message = encoded(StickyPartitionAssignor._metadata(topics, partitions, generation))
        kept = {topic: numbers for topic, numbers in owned.items() if numbers}
        show("sticky", 0, message, topics=topics, claimed=kept, generation=generation)
    message = encoded(StickyPartitionAssignor._metadata(["orders"], None))
    show("sticky", 0, message, topics=["orders"], claimed={}, generation=-1)


def assignments_2():
    from kafka.coordinator.protocol import ConsumerProtocolMemberAssignment_v0

    for _, owned, _ in cases():
        message = encoded(ConsumerProtocolMemberAssignment_v0(0, list(owned.items()), b""))
        show("assignment", 0, message, assigned=owned, user_data="")


def every_version_3():
    from kafka.protocol.consumer.metadata import ConsumerProtocolAssignment, ConsumerProtocolSubscription

    for version in range(4):
        for (topics, owned, generation), rack in zip(cases(), [None, "a", "", "rack-1", None]):
            for user_data in (None, b"", b"\x00\x00\x00\x07"):
                hexed = None if user_data is None else user_data.hex()
                listed = [ConsumerProtocolSubscription.TopicPartition(topic=topic, partitions=numbers) for topic, numbers in owned.items()]
                subscription = ConsumerProtocolSubscription(
                    version=version, topics=topics, user_data=user_data, owned_partitions=listed, generation_id=generation, rack_id=rack
                )
                said = {"owned": owned if version >= 1 else {}, "generation": generation if version >= 2 else -1, "rack": rack if version >= 3 else None}
                show("subscription", version, encoded(subscription), topics=topics, user_data=hexed, **said)
                listed = [ConsumerProtocolAssignment.TopicPartition(topic=topic, partitions=numbers) for topic, numbers in owned.items()]
                assignment = ConsumerProtocolAssignment(version=version, assigned_partitions=listed, user_data=user_data)
                show("assignment", version, encoded(assignment), assigned=owned, user_data=hexed)


sticky()
assignments_2() if kafka.__version__.startswith("2.") else every_version_3()
