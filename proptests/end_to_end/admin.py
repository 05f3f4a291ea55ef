"""Does one thing to the broker: admin.py BROKER create|grow|produce TOPIC NUMBER [RECORDS LABEL].

NUMBER is how many partitions the topic has from now on, or has. Records go to each partition, their values LABEL-PARTITION-NUMBER.
"""

import sys

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic


def create(admin, topic, partitions):
    admin.create_topics([NewTopic(topic, partitions, 1)])


def grow(admin, topic, partitions):
    """The broker does not know CreatePartitions: the topic is created anew, larger. It must be empty."""
    admin.delete_topics([topic])
    create(admin, topic, partitions)


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


def main(broker, command, topic, number, records="0", label=""):
    if command == "produce":
        produce(broker, topic, int(number), int(records), label)
    else:
        admin = KafkaAdminClient(bootstrap_servers=broker)
        {"create": create, "grow": grow}[command](admin, topic, int(number))
        admin.close()


main(*sys.argv[1:])
