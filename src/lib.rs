//! Kafka's sticky partition assignment as a pure function: optimal plans that prove themselves.
//!
//! [`balance`] takes a [`Group`] (topics, members, what they subscribe to and claim to own) and
//! returns a [`Plan`]: who owns what from now on, what that moves, and a [`Proof`] that no plan is
//! better. Nothing is shared and nothing is changed, so callers on any number of threads need no
//! lock.
//!
//! ```
//! use sticky_assignor::{Group, NewMember, NewTopic, balance};
//!
//! let group = Group::new(
//!     &[NewTopic::new("orders", 12), NewTopic::new("clicks", 6)],
//!     &[
//!         NewMember::new("c1", ["orders", "clicks"]).owning("orders", 0..12).generation(7),
//!         NewMember::new("c2", ["orders", "clicks"]),
//!     ],
//! )?;
//! let plan = balance(&group);
//! let summary = plan.summary();
//! assert_eq!((summary.retained, summary.moved, summary.new), (9, 3, 6));
//! assert_eq!((summary.min, summary.max), (9, 9));
//! # Ok::<(), sticky_assignor::GroupError>(())
//! ```
//!
//! # What best means
//!
//! A plan is valid if every partition of a subscribed topic has exactly one owner, who subscribes
//! to the topic. Among valid plans goals decide, in an order that the caller chooses; each only
//! chooses among what the goals before it leave. [`balance`] asks for the default order:
//!
//! 1. [`Goal::Balance`]: the loads, sorted downwards, are the smallest possible (equivalently: the
//!    sum of squared loads is least).
//! 2. [`Goal::Rack`]: the fewest partitions are consumed from a rack without a replica.
//! 3. [`Goal::Stickiness`]: the most partitions stay with the owner their claims name.
//! 4. [`Goal::Spread`]: every topic is as even over its subscribers as that allows.
//!
//! [`Goals::balance`] asks for any other order, and for fewer.
//!
//! # Judging
//!
//! [`verify`] judges an assignment, [`verify_given`] one from any client, valid or not. Where it
//! falls short the [`Verdict`] has a witness: moves that improve it, of which no part suffices. A
//! proof is prices; [`Proof::bound`] evaluates what they prove, without the solver.
//!
//! # Versions
//!
//! A [`Group`], an [`Assignment`] and a [`Plan`] are persistent values: cloning is O(1), and
//! versions share what they have in common. [`Plan::rebalance`] makes the next plan after a
//! [`Change`], [`Group::claiming_from`] takes a plan over into a group that was built anew,
//! [`Plan::steps`] walks through a balance one step at a time, and [`replay`] keeps whole
//! histories.
//!
//! # Examples
//!
//! `cargo run --example NAME` in the source: `what_if` asks what changes cost, `simulation`
//! compares assignors on churn made up, `replay` on a log, `leader` leads a cooperative group,
//! `broker` keeps a plan for each group as KIP-848's coordinator does.
//!
//! # Features
//!
//! | feature | what it gives | beside `im`, `serde` and `thiserror` it needs |
//! |---|---|---|
//! | `cli` (default) | the program; `json` and `simulate` with it | what a program needs |
//! | `kafka` (default) | `kafka`: the consumer protocol's bytes, the brokers' records of groups, and leading a real group | `data-encoding` |
//! | `json` | `replay::EventLog::from_json_lines`, dates in it, what operators have (`import`), the page of a history (`report`), what is wrong with a JSON text in plain words ([`document::Misread`]) | `data-encoding`, `jiff`, `serde_json`, `serde_path_to_error` |
//! | `schema` | `JsonSchema` of the `schemars` crate for the documents | `schemars` |
//! | `simulate` | `replay::churn`: churn made up from a seed | `rand` |
//! | `barnabas` | `kafka`, and its protocols as assignors of the barnabas client | `barnabas-core` |
//!
//! The types in [`document`] are serde's and under no feature, for JSON or whatever else has
//! objects. (`barnabas-tokio` is for an example.)

#![cfg_attr(docsrs, feature(doc_cfg))]

mod balance;
mod cooperative;
pub mod document;
mod flow;
#[cfg(feature = "json")]
pub mod import;
#[cfg(feature = "kafka")]
pub mod kafka;
mod model;
mod network;
mod plan;
mod proof;
mod rebalance;
pub mod replay;
#[cfg(feature = "json")]
pub mod report;
mod steps;
mod strategy;
mod verify;

pub use balance::balance;
pub use cooperative::{CooperativeRound, cooperative_round};
pub use model::{
    Assignment, AssignmentIter, ByName, Change, ChangeError, Claim, Claims, DEFAULT_PARTITION_LIMIT, Event, GENERATION_NOT_SAID, Goal,
    Goals, GoalsError, Group, GroupError, Inconsistency, MAX_PARTITIONS, Member, MemberId, MemberKey, Movement, Name, NewMember, NewTopic,
    Racks, Subscription, Topic, TopicId, TopicPartition, Transfer,
};
pub use plan::{Plan, Summary};
pub use proof::{Cost, Price, Proof, RackSet};
pub use steps::{Action, Actions, PartitionMovements, Path, Step, Steps, Stop};
pub use strategy::{Strategy, UnknownStrategy};
pub use verify::{GivenAssignment, GoalVerdict, ProofStanding, Verdict, Violation, ViolationRun, Violations, verify, verify_given};

/// The persistent collections that appear in this API, in [`Claims::Stated`]: of whichever crate
/// stands behind the name `im`.
pub use im;

/// The README's examples, run as tests.
#[cfg(all(doctest, feature = "kafka"))]
#[doc = include_str!("../README.md")]
struct Readme;
