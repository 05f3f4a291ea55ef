//! Who takes part in deciding on stickiness: members, and members that can be decided on together.

use crate::balance::levels::Levels;
use crate::network::{NONE, Network};

/// The nodes of the network of a decision: classes, hubs, actors, and the slack units of each
/// level, in this order.
///
/// An *actor* is a member, or the members at level of one shape together: those that hold no more
/// than their level, so that none of them can be made to give up a claim for its own load's sake,
/// and any can stand in for any other. A *hub* stands for "some actor of this shape, which one is
/// decided later"; a shape of one actor needs none.
#[derive(Debug)]
pub(crate) struct ActorNodes {
    classes: usize,
    /// The hub of each shape, or [`NONE`].
    hub_of_shape: Vec<u32>,
    /// The shape of each hub.
    hubs: Vec<u32>,
    /// The first actor of each shape, and the number of all; an empty shape has none.
    first_of_shape: Vec<u32>,
    /// The actor of each member.
    of_member: Vec<u32>,
    /// How many members each actor is.
    widths: Vec<u32>,
    /// The shape of each actor.
    shapes: Vec<u32>,
    /// The distinct levels, ascending.
    levels: Vec<u32>,
}

impl ActorNodes {
    /// The actors among members that hold this much.
    pub(crate) fn of(network: &Network, levels: &Levels, held: &[u32]) -> Self {
        let mut actors = Self {
            classes: network.topics.len(),
            hub_of_shape: vec![NONE; network.shapes.len()],
            hubs: Vec::new(),
            first_of_shape: Vec::with_capacity(network.shapes.len() + 1),
            of_member: vec![NONE; network.members.len()],
            widths: Vec::new(),
            shapes: Vec::new(),
            levels: levels.shapes.clone(),
        };
        actors.levels.sort_unstable();
        actors.levels.dedup();
        for (shape, members) in network.members_of.iter().enumerate() {
            actors.add_shape(shape, members, |member| held[member as usize] <= levels.shapes[shape]);
        }
        actors.first_of_shape.push(actors.widths.len() as u32);
        actors
    }

    fn add_shape(&mut self, shape: usize, members: &[u32], is_at_level: impl Fn(u32) -> bool) {
        let first = self.widths.len() as u32;
        self.first_of_shape.push(first);
        let (at_level, over_level): (Vec<u32>, Vec<u32>) = members.iter().partition(|&&member| is_at_level(member));
        if !at_level.is_empty() {
            self.add_actor(shape, &at_level);
        }
        over_level.iter().for_each(|&member| self.add_actor(shape, &[member]));
        if self.widths.len() as u32 - first > 1 {
            self.hub_of_shape[shape] = self.hubs.len() as u32;
            self.hubs.push(shape as u32);
        }
    }

    fn add_actor(&mut self, shape: usize, members: &[u32]) {
        members.iter().for_each(|&member| self.of_member[member as usize] = self.widths.len() as u32);
        self.widths.push(members.len() as u32);
        self.shapes.push(shape as u32);
    }

    /// The actors of a shape.
    pub(crate) fn of_shape(&self, shape: u32) -> std::ops::Range<usize> {
        self.first_of_shape[shape as usize] as usize..self.first_of_shape[shape as usize + 1] as usize
    }

    pub(crate) fn of_member(&self, member: u32) -> usize {
        self.of_member[member as usize] as usize
    }

    /// The actor of each member, in the order of members.
    pub(crate) fn of_members(&self) -> impl Iterator<Item = usize> {
        self.of_member.iter().map(|&actor| actor as usize)
    }

    pub(crate) fn shape(&self, actor: usize) -> u32 {
        self.shapes[actor]
    }

    /// The shape whose hub or actor a node is.
    pub(crate) fn shape_at(&self, node: u32) -> u32 {
        match self.at(node) {
            Some(actor) => self.shapes[actor],
            None => self.hubs[node as usize - self.classes],
        }
    }

    pub(crate) fn width(&self, actor: usize) -> u32 {
        self.widths[actor]
    }

    pub(crate) fn len(&self) -> usize {
        self.widths.len()
    }

    /// The nodes of classes.
    pub(crate) fn classes(&self) -> std::ops::Range<usize> {
        0..self.classes
    }

    /// The nodes of hubs.
    pub(crate) fn hubs(&self) -> std::ops::Range<usize> {
        self.classes..self.classes + self.hubs.len()
    }

    /// The node of a shape's hub, if it has one.
    pub(crate) fn hub(&self, shape: u32) -> Option<usize> {
        let hub = self.hub_of_shape[shape as usize];
        (hub != NONE).then(|| self.classes + hub as usize)
    }

    /// The node of an actor.
    pub(crate) fn node(&self, actor: usize) -> usize {
        self.classes + self.hubs.len() + actor
    }

    /// The actor of a node that is one; a class or a hub is none.
    pub(crate) fn at(&self, node: u32) -> Option<usize> {
        (node as usize).checked_sub(self.classes + self.hubs.len()).filter(|&actor| actor < self.len())
    }

    pub(crate) fn first_slack(&self) -> usize {
        self.classes + self.hubs.len() + self.len()
    }

    /// The levels that have slack units, in the order of their nodes.
    pub(crate) fn levels(&self) -> &[u32] {
        &self.levels
    }

    /// The node of a level's slack units.
    pub(crate) fn slack_units(&self, level: u32) -> usize {
        self.first_slack() + self.levels.partition_point(|&other| other < level)
    }

    /// How many nodes there are.
    pub(crate) fn node_count(&self) -> usize {
        self.first_slack() + self.levels.len()
    }
}
