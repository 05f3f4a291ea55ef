//! JSON Schemas of what is read or written in another way than its fields lie.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::at::At;
use super::group::{RackedTopic, SubscriptionDocument, TopicDocument};
use super::plan::{MovementDocument, MovementsDocument};
use super::proof::GoalsDocument;
use super::reading::AnyInteger;
use crate::model::{ByName, Goal, Goals};

/// Says which schema a type has: one that stands wherever the type does, under no name of its own.
macro_rules! has_schema {
    ($type:ty, |$generator:ident| $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

has_schema!(At, |_generator| json_schema!({"anyOf": [{"type": "number", "maximum": 1e11}, {"type": "string", "format": "date-time"}]}));
has_schema!(AnyInteger, |_generator| json_schema!({"type": "integer"}));
has_schema!(TopicDocument, |generator| json_schema!({"anyOf": [{"type": "integer"}, RackedTopic::json_schema(generator)]}));
has_schema!(SubscriptionDocument, |_generator| json_schema!({
    "anyOf": [{"const": "*"}, {"type": "array", "items": {"type": "string"}}]
}));
has_schema!(GoalsDocument, |_generator| json_schema!({
    "type": "array", "minItems": 1, "uniqueItems": true, "items": {"enum": Goals::default().iter().map(Goal::name).collect::<Vec<_>>()}
}));
has_schema!(MovementsDocument<'_>, |generator| Vec::<MovementDocument<'_>>::json_schema(generator));
has_schema!(ByName<'_>, |_generator| json_schema!({
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "integer", "minimum": 0}}
    }
}));
