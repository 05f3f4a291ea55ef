//! Kafka's sticky partition assignment as a pure function.

mod balance;
pub mod document;
mod model;
pub mod replay;
#[cfg(feature = "cli")]
pub mod report;
mod strategy;

pub use balance::{
    Action, Bound, GivenAssignment, PartitionMovements, Path, Plan, Price, Proof, ProofStanding, Step, Steps, Stop, Summary, Verdict,
    Violation, balance, verify, verify_given,
};
pub use model::{
    Assignment, Change, ChangeError, Claim, Claims, Event, GENERATION_NOT_SAID, Group, GroupError, MAX_PARTITIONS, Member, MemberId,
    MemberKey, Movement, Name, NewMember, NewTopic, Racks, Subscription, Topic, TopicId, TopicPartition,
};
pub use strategy::{Strategy, UnknownStrategy};
