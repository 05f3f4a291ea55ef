//! A connection to a broker that is all there is: the requests a member of a group makes of it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{FetchRequest, MetadataRequest, RequestHeader, ResponseHeader, TopicName};
use kafka_protocol::protocol::{Decodable, HeaderVersion, Request, StrBytes};
use kafka_protocol::records::RecordBatchDecoder;

use crate::Fallible;

/// A topic and a partition of it.
pub(crate) type Partition = (String, i32);

/// Longer than any rebalance holds back an answer.
const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) struct Broker {
    stream: TcpStream,
    sent: i32,
}

/// A record as it is read: where, its offset, its value.
pub(crate) struct Record {
    pub(crate) partition: Partition,
    pub(crate) offset: i64,
    pub(crate) value: String,
}

impl Broker {
    pub(crate) fn connect(address: &str) -> Fallible<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, sent: 0 })
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn call<R: Request>(&mut self, version: i16, request: &R) -> Fallible<R::Response> {
        self.sent += 1;
        let header = RequestHeader::default().with_request_api_key(R::KEY).with_request_api_version(version).with_correlation_id(self.sent);
        let mut message = BytesMut::new();
        kafka_protocol::protocol::encode_request_header_into_buffer(&mut message, &header.with_client_id(Some(text("member"))))?;
        request.encode(&mut message, version)?;
        self.stream.write_all(&[&(message.len() as u32).to_be_bytes()[..], &message].concat())?;
        let mut answer = self.receive()?;
        ResponseHeader::decode(&mut answer, R::Response::header_version(version))?;
        Ok(R::Response::decode(&mut answer, version)?)
    }

    fn receive(&mut self) -> Fallible<Bytes> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut answer)?;
        Ok(answer.into())
    }

    /// How many partitions each topic has, of those that exist.
    pub(crate) fn partition_counts(&mut self, topics: &[String]) -> Fallible<BTreeMap<String, u32>> {
        let asked = topics.iter().map(|topic| MetadataRequestTopic::default().with_name(Some(topic_name(topic))));
        let answer = self.call(12, &MetadataRequest::default().with_topics(Some(asked.collect())))?;
        let existing = answer.topics.into_iter().filter(|topic| topic.error_code == 0);
        Ok(existing.filter_map(|topic| Some((topic.name?.0.to_string(), topic.partitions.len() as u32))).collect())
    }

    /// What is there to read at these positions.
    pub(crate) fn fetch(&mut self, positions: &BTreeMap<Partition, i64>) -> Fallible<Vec<Record>> {
        let topics = positions.iter().map(|((topic, partition), &offset)| {
            let partition =
                FetchPartition::default().with_partition(*partition).with_fetch_offset(offset).with_partition_max_bytes(1 << 20);
            FetchTopic::default().with_topic(topic_name(topic)).with_partitions(vec![partition])
        });
        let request = FetchRequest::default().with_max_wait_ms(200).with_min_bytes(1).with_max_bytes(1 << 20).with_session_epoch(-1);
        let answer = self.call(12, &request.with_topics(topics.collect()))?;
        let mut records = Vec::new();
        for topic in answer.responses {
            for fetched in topic.partitions {
                let partition = (topic.topic.to_string(), fetched.partition_index);
                records.extend(decode(&partition, fetched.records.unwrap_or_default())?);
            }
        }
        Ok(records.into_iter().filter(|record| positions.get(&record.partition).is_some_and(|offset| record.offset >= *offset)).collect())
    }
}

fn decode(partition: &Partition, mut batches: Bytes) -> Fallible<Vec<Record>> {
    let records = RecordBatchDecoder::decode_all(&mut batches)?.into_iter().flat_map(|batch| batch.records);
    let value = |value: Option<Bytes>| String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
    Ok(records.map(|record| Record { partition: partition.clone(), offset: record.offset, value: value(record.value) }).collect())
}

pub(crate) fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.into())
}

pub(crate) fn topic_name(topic: &str) -> TopicName {
    TopicName(text(topic))
}
