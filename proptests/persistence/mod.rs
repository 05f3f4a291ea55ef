//! The values themselves: assignments against a plain map, versions that share, groups after changes, documents there and back.

mod assignment_laws;
mod document_bytes;
mod document_round_trip;
mod group_changes;
mod group_rules;
mod sharing;
