//! How much everybody holds by the claims that stand.

use crate::balance::claims::ValidClaims;
use crate::flow::csr::Csr;
use crate::model::NO_OWNER;
use crate::network::Network;

/// Claims that stand, counted.
#[derive(Debug)]
pub(crate) struct Holdings {
    /// For each class, in the order of its subscribers, how much the members of each shape hold of
    /// it together.
    of_shapes: Csr,
}

impl Holdings {
    /// Counts what stands. Linear in slots and subscribers; where nothing stands, in subscribers.
    pub(crate) fn of(network: &Network, resolved: &ValidClaims) -> Self {
        if resolved.total() == 0 {
            return Self { of_shapes: Csr::new(network.subscribers.iter().map(|subscribers| subscribers.iter().map(|_| 0))) };
        }
        let mut held = vec![0; network.shapes.len()];
        let rows = network.subscribers.iter().enumerate().map(|(class, subscribers)| {
            subscribers.iter().for_each(|&shape| held[shape as usize] = 0);
            for &owner in resolved.owners[network.slots_of(class)].iter().filter(|owner| **owner != NO_OWNER) {
                held[network.shape_of[owner as usize] as usize] += 1;
            }
            subscribers.iter().map(|&shape| held[shape as usize]).collect::<Vec<u32>>()
        });
        Self { of_shapes: Csr::new(rows) }
    }

    /// How much the subscribers of a class hold of it, shape by shape.
    pub(crate) fn of_class(&self, class: usize) -> &[u32] {
        self.of_shapes.row(class)
    }
}
