//! Network flow that knows nothing of Kafka: residual graphs, least-cost flow, water filling, path
//! decomposition, compressed rows.

pub(crate) mod ascent;
pub(crate) mod convex;
pub(crate) mod csr;
pub(crate) mod decompose;
pub(crate) mod graph;
pub(crate) mod min_cost;
pub(crate) mod search_trees;
pub(crate) mod water_fill;
