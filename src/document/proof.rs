//! The proof document: prices by name.

use serde::{Deserialize, Serialize};

use super::unique::UniqueMap;
use crate::model::Group;
use crate::proof::{Price, Proof};

/// A proof, written down: for each member and each topic a price, as `[squares, moves]`.
///
/// Reading is lenient, since any prices give a bound: a name left out has price zero, a name the
/// group does not know has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct ProofDocument {
    /// Prices by member id.
    #[serde(default)]
    pub members: UniqueMap<PriceDocument>,
    /// Prices by topic name.
    #[serde(default)]
    pub topics: UniqueMap<PriceDocument>,
}

/// A price, written as `[squares, moves]`: integers as an [`i64`] holds them; others are refused,
/// for a proof is judged by its prices as they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(expecting = "a price, [squares, moves]")]
pub struct PriceDocument(pub i64, pub i64);

impl ProofDocument {
    /// This proof of that group's plan.
    pub fn new(group: &Group, proof: &Proof) -> Self {
        let member = |(id, member): (_, &crate::model::Member)| (member.id().to_string(), proof.member(id).into());
        let topic = |(id, topic): (_, &crate::model::Topic)| (topic.name().to_string(), proof.topic(id).into());
        Self { members: group.members().map(member).collect(), topics: group.topics().map(topic).collect() }
    }

    /// The proof, its names understood as those of this group.
    pub fn proof(&self, group: &Group) -> Proof {
        let price = |prices: &UniqueMap<PriceDocument>, name: &str| prices.0.get(name).copied().unwrap_or_default().into();
        Proof::new(
            group,
            |id| group.member(id).map_or_else(Price::default, |member| price(&self.members, member.id())),
            |id| price(&self.topics, group.topic(id).name()),
        )
    }
}

impl From<Price> for PriceDocument {
    fn from(price: Price) -> Self {
        Self(price.squares, price.moves)
    }
}

impl From<PriceDocument> for Price {
    fn from(document: PriceDocument) -> Self {
        Self { squares: document.0, moves: document.1 }
    }
}
