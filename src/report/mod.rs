//! A replayed log as one self-contained page: charts, tables, and a slider through the versions.

mod data;
mod page;

pub use data::{Report, ReportSeries};
