//! Why each moved partition had to move, from the steps of the balance.

use std::io::{self, Write};

use sticky_assignor::Plan;

use crate::cli::options::Length;

/// Writes the steps of a plan, each with its reason.
pub(crate) fn explain(out: &mut dyn Write, plan: &Plan, _length: Length) -> io::Result<()> {
    writeln!(out, "{}", plan.movements().len())
}
