//! Claims beyond those that members state.

use std::collections::BTreeMap;

use super::claims::{Claim, Claims};
use super::description::GENERATION_NOT_SAID;
use super::group::Group;
use super::ids::{MemberId, TopicPartition};

impl Group {
    /// The group, members claiming these partitions besides those they state, in the same
    /// generation.
    pub(crate) fn awaiting(mut self, awaited: BTreeMap<MemberId, Vec<TopicPartition>>) -> Self {
        if let Claims::Stated(claims) = self.claims {
            let claims = awaited.into_iter().fold(claims, |claims, (member, partitions)| claiming(claims, member, partitions));
            self.claims = Claims::Stated(claims);
        }
        self
    }

    /// How many partitions members state that they own, those that several do as often as that.
    pub(crate) fn stated(&self) -> u64 {
        match &self.claims {
            Claims::Stated(claims) => claims.values().map(|claim| claim.partitions().len() as u64).sum(),
            Claims::Previous(assignment) => assignment.len(),
        }
    }
}

fn claiming(mut claims: im::OrdMap<MemberId, Claim>, member: MemberId, more: Vec<TopicPartition>) -> im::OrdMap<MemberId, Claim> {
    let stated = claims.get(&member);
    let generation = stated.map_or(GENERATION_NOT_SAID, Claim::generation);
    let partitions = stated.into_iter().flat_map(|claim| claim.partitions().iter().copied()).chain(more).collect();
    if let Some(claim) = Claim::stated(generation, partitions) {
        claims.insert(member, claim);
    }
    claims
}
