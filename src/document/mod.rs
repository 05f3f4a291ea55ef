//! The documents: serialised forms, types of their own, apart from the values they describe.
//!
//! Field names are Kafka's. Unknown fields and repeated keys are refused, so that a misspelt
//! `onwed` does not silently become an unowned group.

mod at;
#[cfg(feature = "json")]
mod date;
mod event;
mod group;
mod judged;
mod misread;
mod movement;
mod numbers;
mod objects;
mod plan;
mod printable;
mod proof;
#[cfg(feature = "schema")]
mod schema;
mod seen;
mod verdict;

pub use at::{At, Seconds};
#[cfg(feature = "json")]
pub use date::{Date, DateError};
pub use event::{EventContent, EventDocument, EventError, JoinDocument, SubscribeDocument};
pub use group::{GroupDocument, MemberDocument, PlanInput, SubscriptionDocument, TopicDocument};
pub use judged::VerifyInput;
#[cfg(feature = "json")]
pub use misread::read_first;
pub use misread::{Misread, TextPlace};
pub use movement::MovementsDocument;
pub use numbers::AnyInteger;
#[doc(hidden)]
pub use numbers::saturated;
pub use objects::UniqueMap;
pub use plan::{AssignmentDocument, GoalCostsDocument, PlanDocument, StrategyPlanDocument};
pub use printable::{is_unseen, printable};
pub use proof::ProofDocument;
pub use seen::{SeenGroupDocument, SeenMemberDocument};
pub use verdict::VerdictDocument;
