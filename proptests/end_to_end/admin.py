"""Does one thing to the broker, or asks it.

admin.py BROKER create|grow|produce TOPIC NUMBER [RECORDS LABEL]
    NUMBER is how many partitions the topic has from now on, or has. Records go to each partition, their values LABEL-PARTITION-NUMBER.
admin.py BROKER records TOPIC
    Creates the topic, and puts the records of standard input into it: lines of `timestamp key value`, in hex.
admin.py BROKER describe GROUP
    Prints what an admin client says of a group, in JSON. Standard input has what the broker does not tell: for each member id, in
    hex, its subscription and its assignment.
"""

import json
import sys

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic


class Admin(KafkaAdminClient):
    told = {}

    def _describe_groups_process_response(self, response):
        for group in response.groups:
            assert {member.member_id for member in group.members} == set(self.told), (group, self.told)
            for member in group.members:
                member.member_metadata, member.member_assignment = map(bytes.fromhex, self.told[member.member_id])
        return super()._describe_groups_process_response(response)

    def _process_acl_operations(self, described):
        """The broker allows operations that kafka-python does not know of."""
        described.pop("authorized_operations", None)
        return described


def create(admin, topic, partitions):
    admin.create_topics([NewTopic(topic, int(partitions), 1)])


def grow(admin, topic, partitions):
    """The broker does not know CreatePartitions: the topic is created anew, larger. It must be empty."""
    admin.delete_topics([topic])
    create(admin, topic, partitions)


def describe(admin, group):
    admin.told = json.load(sys.stdin)
    print(json.dumps(admin.describe_groups([group]), default=lambda value: value.to_dict()))


def records(admin, topic):
    create(admin, topic, 1)
    producer = KafkaProducer(bootstrap_servers=admin.config["bootstrap_servers"])
    for line in sys.stdin:
        timestamp, key, value = line.split()
        producer.send(topic, key=bytes.fromhex(key), value=bytes.fromhex(value), timestamp_ms=int(timestamp)).get(timeout=20)
    producer.close()


def produce(broker, topic, partitions, records, label):
    producer = KafkaProducer(bootstrap_servers=broker)
    sent = [
        producer.send(topic, f"{label}-{partition}-{record}".encode(), partition=partition)
        for partition in range(partitions)
        for record in range(records)
    ]
    for each in sent:
        each.get(timeout=20)
    producer.close()


def main(broker, command, name, *more):
    if command == "produce":
        partitions, count, label = more
        produce(broker, name, int(partitions), int(count), label)
    else:
        admin = Admin(bootstrap_servers=broker)
        {"create": create, "grow": grow, "describe": describe, "records": records}[command](admin, name, *more)
        admin.close()


main(*sys.argv[1:])
