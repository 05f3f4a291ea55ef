//! The documents: serialised forms, types of their own, apart from the values they describe.
//!
//! Field names are Kafka's. Unknown fields and repeated keys are refused, so that a misspelt
//! `onwed` does not silently become an unowned group.

mod at;
#[cfg(feature = "json")]
mod date;
mod event;
mod group;
mod plan;
mod proof;
mod reading;
#[cfg(feature = "schema")]
mod schema;
mod verdict;

pub use at::{At, Seconds};
#[cfg(feature = "json")]
pub use date::{Date, DateError};
pub use event::{EventContent, EventDocument, EventError, JoinDocument, SeenGroupDocument, SeenMemberDocument, SubscribeDocument};
pub use group::{GroupDocument, MemberDocument, PlanInput, SubscriptionDocument, TopicDocument};
pub use plan::{AssignmentDocument, GoalCostsDocument, MovementsDocument, PlanDocument, StrategyPlanDocument};
pub use proof::ProofDocument;
#[cfg(feature = "json")]
pub use reading::read_first;
#[doc(hidden)]
pub use reading::saturated;
pub use reading::{AnyInteger, Misread, TextPlace, UniqueMap};
pub(crate) use verdict::{GoalVerdictDocument, given};
pub use verdict::{VerdictDocument, VerifyInput};

/// A name with the characters written out that a terminal or a browser would obey instead of
/// showing them, or that would have it show something else.
///
/// ```
/// use sticky_assignor::document::printable;
/// assert_eq!(printable("c1\u{202e}"), "c1\\u{202e}");
/// ```
pub fn printable(name: &str) -> String {
    let written = |character: char| match character {
        control if control.is_control() => control.escape_debug().to_string(),
        unseen if is_unseen(unseen) => unseen.escape_unicode().to_string(),
        shown => shown.to_string(),
    };
    name.chars().map(written).collect()
}

/// Whether a character is obeyed instead of shown, breaks a line, turns the direction of text, or
/// is not seen and so makes two names look like one.
pub fn is_unseen(character: char) -> bool {
    character.is_control() || is_misleading(character)
}

fn is_misleading(character: char) -> bool {
    matches!(
        character,
        '\u{2028}' | '\u{2029}'
            | '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}'
    )
}
