//! The documents: serialised forms, types of their own, apart from the values they describe.
//!
//! Field names are Kafka's. Unknown fields and repeated keys are refused, so that a misspelt
//! `onwed` does not silently become an unowned group.

mod described;
mod event;
mod group;
mod judged;
mod misread;
mod movement;
mod number;
mod object;
mod owned;
mod path;
mod plan;
mod planned;
mod printable;
mod proof;
mod rival;
mod saturated;
mod unique;
mod verdict;

pub use event::{EventContent, EventDocument, EventError, JoinDocument, SubscribeDocument};
pub use group::{GroupDocument, MemberDocument, SubscriptionDocument, TopicDocument};
pub use judged::VerifyInput;
pub use misread::{Misread, TextPlace};
pub use movement::MovementsDocument;
pub use number::AnyInteger;
pub use owned::AssignmentDocument;
pub use plan::PlanDocument;
pub use planned::PlanInput;
pub use printable::printable;
pub use proof::ProofDocument;
pub use rival::StrategyPlanDocument;
#[doc(hidden)]
pub use saturated::saturated;
pub use unique::UniqueMap;
pub use verdict::VerdictDocument;
