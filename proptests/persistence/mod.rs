//! The values themselves: assignments against a plain map, versions that share, groups after
//! changes, ids that nobody can write, documents there and back.

mod assignment_laws;
mod carried;
mod document_bytes;
mod document_round_trip;
mod equality;
mod foreign;
mod group_changes;
mod group_rules;
mod ids;
mod lines;
mod sharing;
