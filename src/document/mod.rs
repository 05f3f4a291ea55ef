//! The documents: serialised forms, types of their own, apart from the values they describe.
//!
//! Field names are Kafka's. Unknown fields and repeated keys are refused, so that a misspelt `onwed` does not silently become an unowned group.

mod group;
mod number;
mod unique;

pub use group::{GroupDocument, MemberDocument, SubscriptionDocument, TopicDocument};
pub use number::AnyInteger;
pub use unique::UniqueMap;
