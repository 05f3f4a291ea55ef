//! Why nothing better exists: prices, the bound they prove, and an independent reading of claims.

pub(crate) mod audit;
mod bound;
pub(crate) mod prices;

pub use bound::{Bound, Price, Proof};
