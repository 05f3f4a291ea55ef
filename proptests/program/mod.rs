//! The program from end to end: what it prints, where, and with which exit status.

mod changes;
mod documents;
mod errors;
mod hostile;
mod plan;
mod recorded;
mod replay;
mod run;
mod text;
mod verify;

pub(crate) use run::{Ended, file, run};
