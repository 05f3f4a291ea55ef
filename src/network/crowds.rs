//! The members of each shape as a network knows them.

use crate::flow::csr::Rows;
use crate::network::Network;

/// In place of the only member of a shape: it has none, or several.
pub(crate) const NOT_ONE: u32 = u32::MAX;

/// The numbers of the members of each shape.
#[derive(Debug)]
pub(crate) struct Crowds {
    members: Rows,
    /// By shape. Where every member follows something else, followers are found without looking
    /// further.
    only: Vec<u32>,
}

impl Crowds {
    pub(crate) fn of(network: &Network) -> Self {
        let number = |&place: &u32| network.members[place as usize].index() as u32;
        let members = Rows::new(network.members_of.iter().map(|places| places.iter().map(number)));
        let only = |members: &[u32]| if let [only] = members { *only } else { NOT_ONE };
        Self { only: members.iter().map(only).collect(), members }
    }

    /// The members of a shape; nobody, if the network does not know it.
    pub(crate) fn of_shape(&self, shape: u32) -> &[u32] {
        if (shape as usize) < self.members.len() { self.members.row(shape as usize) } else { &[] }
    }

    /// The only member of each shape that has but one.
    pub(crate) fn only_members(&self) -> &[u32] {
        &self.only
    }
}
