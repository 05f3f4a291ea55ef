//! The members of each shape as a network knows them.

use std::slice::from_ref;

use crate::balance::network::Network;

/// The numbers of the members of each shape. Where every member follows something else, the one member of a shape is found without looking further.
#[derive(Debug)]
pub(super) struct Crowds {
    of_shapes: Vec<Crowd>,
    /// The members of all shapes that have several.
    members: Vec<u32>,
}

#[derive(Debug)]
enum Crowd {
    One(u32),
    These { start: u32, end: u32 },
}

impl Crowds {
    pub(super) fn of(network: &Network) -> Self {
        let (mut of_shapes, mut members) = (Vec::with_capacity(network.shapes.len()), Vec::new());
        for places in network.members_of.iter() {
            let number = |place: &u32| network.members[*place as usize].raw();
            of_shapes.push(match places {
                [only] => Crowd::One(number(only)),
                _ => {
                    let start = members.len() as u32;
                    members.extend(places.iter().map(number));
                    Crowd::These { start, end: members.len() as u32 }
                }
            });
        }
        Self { of_shapes, members }
    }

    /// The members of a shape; nobody, if the network does not know it.
    pub(super) fn of_shape(&self, shape: u32) -> &[u32] {
        match self.of_shapes.get(shape as usize) {
            Some(Crowd::One(member)) => from_ref(member),
            Some(&Crowd::These { start, end }) => &self.members[start as usize..end as usize],
            None => &[],
        }
    }
}
