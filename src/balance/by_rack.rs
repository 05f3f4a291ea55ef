//! Balance, racks, then stickiness, where racks ask for no more than where a class is.
//!
//! A class is confined to members of its topic's level: plans that are best in balance give it to
//! nobody else. If some of those are in a rack of its replicas, it needs no mismatch by itself, and
//! is confined to them; if none is, all its partitions are mismatches wherever they go. Mostly a
//! balanced plan is left under all of that together. It has as few mismatches as there can be, so
//! racks are solved without being searched for; and what they leave is a network like that of two
//! goals, of classes instead of topics, in which stickiness is solved as there.
//!
//! Where no plan is left, some partitions are stuck: none of what they reach has a seat left. Then
//! the prices in mismatches of all that they reach rise by 1, and mismatches that lead out of there
//! become as good as what is stuck (the Hungarian method).

use crate::balance::allocate::Allocation;
use crate::balance::claims::ValidClaims;
use crate::balance::holdings::Holdings;
use crate::balance::levels::{self, Levels, LoadsLeft};
use crate::balance::racks::Resolved;
use crate::balance::spread::Load;
use crate::balance::stickiness::Stuck;
use crate::balance::two_goals::{self, TwoGoals};
use crate::flow::csr::Csr;
use crate::model::NO_OWNER;
use crate::network::Network;

/// Owners that are best in balance, racks and stickiness, and the prices that prove it.
#[derive(Debug)]
pub(crate) struct ThreeGoals {
    /// The allocation of the group's slots, and prices of members and classes in balance and
    /// stickiness.
    pub(crate) two_goals: TwoGoals,
    /// The level of each shape and of each topic.
    pub(crate) levels: Levels,
    confined: Confined,
    mismatches: MismatchPrices,
}

/// How often prices in mismatches are raised before racks are solved by others.
const ROUNDS: usize = 12;

/// Decides all three; `None` where prices in mismatches were raised often and some partitions are
/// stuck still.
pub(crate) fn decide(group: Resolved<'_>) -> Option<ThreeGoals> {
    let levels = levels::levels(group.network, &Holdings::of(group.network, group.claims));
    let mut mismatches = MismatchPrices::none(group);
    for _ in 0..ROUNDS {
        let confined = Confined::of(group, &levels, &mismatches);
        match confined.decided(group.claims) {
            Ok(two_goals) => {
                let mismatches = mismatches.with_unavoidable(&confined.is_unavoidable);
                return Some(ThreeGoals { two_goals, levels, confined, mismatches });
            }
            Err(stuck) => mismatches = mismatches.raised(group, &levels, &stuck),
        }
    }
    None
}

/// Prices of classes and members in mismatches.
#[derive(Debug)]
pub(crate) struct MismatchPrices {
    pub(crate) classes: Vec<i32>,
    pub(crate) members: Vec<i32>,
}

impl MismatchPrices {
    fn none(group: Resolved<'_>) -> Self {
        Self { classes: vec![0; group.classes.len()], members: vec![0; group.network.members.len()] }
    }

    /// One more for what is stuck, as much less as the slack units of its level cost more.
    fn raised(mut self, group: Resolved<'_>, levels: &Levels, stuck: &Stuck) -> Self {
        let of_slack =
            |level: u32| stuck.levels.binary_search_by_key(&level, |of| of.0).map_or(0, |place| i32::from(stuck.levels[place].1));
        for (topic, &level) in levels.classes.iter().enumerate() {
            group.classes.of_topic(topic).for_each(|class| self.classes[class] += i32::from(stuck.classes[class]) - of_slack(level));
        }
        for (member, &shape) in group.network.shape_of.iter().enumerate() {
            self.members[member] += i32::from(stuck.members[member]) - of_slack(levels.shapes[shape as usize]);
        }
        self
    }

    /// One more for classes of which all partitions are mismatches.
    fn with_unavoidable(mut self, is_unavoidable: &[bool]) -> Self {
        self.classes.iter_mut().zip(is_unavoidable).for_each(|(price, &is_unavoidable)| *price += i32::from(is_unavoidable));
        self
    }
}

impl ThreeGoals {
    /// The prices of classes and members in mismatches.
    pub(crate) fn mismatches(&self) -> &MismatchPrices {
        &self.mismatches
    }

    /// A member's load, and between which it stays.
    pub(crate) fn load(&self, member: u32, load: u32) -> Load {
        let shape = self.confined.network.shape_of[member as usize] as usize;
        let level = self.confined.levels.shapes[shape];
        match self.confined.levels.loads[shape] {
            LoadsLeft::Lower => Load { load, least: level, most: level },
            LoadsLeft::Either => Load::of(load, self.two_goals.members[member as usize]),
            LoadsLeft::Upper => Load { load, least: level + 1, most: level + 1 },
        }
    }

    /// Whether a member may have some of a topic in a balanced plan.
    pub(crate) fn is_at_level(&self, network: &Network, topic: u32, member: u32) -> bool {
        self.levels.is_tight(topic as usize, network.shape_of[member as usize])
    }

    /// The members that may have some of a topic in a balanced plan.
    pub(crate) fn at_level<'n>(&'n self, network: &'n Network, topic: usize) -> impl Iterator<Item = u32> + use<'n> {
        self.levels.tight_shapes(network, topic).flat_map(|shape| network.members_of.row(shape as usize)).copied()
    }

    /// The network of classes.
    pub(crate) fn confined(&self) -> &Confined {
        &self.confined
    }
}

/// The network of classes, each confined to those members that may have some of it.
#[derive(Debug)]
pub(crate) struct Confined {
    /// Its shapes are those of the group, parted by rack, without topics of a lower level.
    pub(crate) network: Network,
    levels: Levels,
    /// Whether all partitions of a class are mismatches, wherever they go.
    is_unavoidable: Vec<bool>,
    /// The slot, in the group's network, of each slot here.
    slots: Vec<u32>,
}

/// What is left of claims under this.
pub(crate) struct ConfinedClaims {
    pub(crate) standing: ValidClaims,
    /// Slots of the group, and their claimants, who can have them in no plan.
    lost: Vec<(u32, u32)>,
}

impl Confined {
    /// The network of arcs that are tight at these prices in mismatches.
    fn of(group: Resolved<'_>, levels: &Levels, mismatches: &MismatchPrices) -> Self {
        let Resolved { network, classes, .. } = group;
        let shapes = RackShapes::of(group, &mismatches.members);
        let mut is_unavoidable = Vec::with_capacity(classes.len());
        let mut subscribers: Vec<Vec<u32>> = Vec::with_capacity(classes.len());
        for topic in 0..network.topics.len() {
            let at_level = levels.tight_shapes(network, topic);
            let all: Vec<u32> = at_level.flat_map(|shape| shapes.of_shape.row(shape as usize)).copied().collect();
            for class in classes.of_topic(topic) {
                let cost = |shape: u32| i32::from(classes.is_mismatch(class, shapes.kinds[shape as usize].rack));
                let least = all.iter().map(|&shape| cost(shape)).min().unwrap_or(0);
                let price = mismatches.classes[class] + least;
                let is_tight = |&&shape: &&u32| price - shapes.kinds[shape as usize].price == cost(shape);
                subscribers.push(all.iter().filter(is_tight).copied().collect());
                is_unavoidable.push(least > 0);
            }
        }
        let topics = (0..network.topics.len()).map(|topic| classes.of_topic(topic));
        let sizes: Vec<u32> = (0..classes.len()).map(|class| classes.size(class)).collect();
        let level_of_class = topics.zip(&levels.classes).flat_map(|(of, &level)| of.map(move |_| level)).collect();
        let levels = Levels { shapes: shapes.levels(levels), classes: level_of_class, loads: shapes.loads() };
        let divided = network.divided(classes.first_of_topic().to_vec(), &sizes, Csr::new(subscribers), shapes.shape_of);
        let slots = slots_by_class(group, &divided);
        Self { network: divided, levels, is_unavoidable, slots }
    }

    /// Decides stickiness.
    ///
    /// # Errors
    ///
    /// What is stuck.
    fn decided(&self, resolved: &ValidClaims) -> Result<TwoGoals, Stuck> {
        let claims = self.claims(resolved);
        let mut two_goals = two_goals::decide_at(&self.levels, &self.network, claims.standing)?;
        two_goals.allocation = self.in_the_group(two_goals.allocation, resolved, claims.lost);
        Ok(two_goals)
    }

    /// Claims that can stand, and those that cannot.
    pub(crate) fn claims(&self, resolved: &ValidClaims) -> ConfinedClaims {
        let mut standing = ValidClaims { owners: vec![NO_OWNER; self.slots.len()], held: resolved.held.clone() };
        let mut lost = Vec::new();
        let mut may_have = vec![false; self.network.shapes.len()];
        for class in 0..self.network.topics.len() {
            let subscribers = self.network.subscribers.row(class);
            subscribers.iter().for_each(|&shape| may_have[shape as usize] = true);
            for slot in self.network.slots_of(class) {
                let claimant = resolved.owners[self.slots[slot] as usize];
                if claimant == NO_OWNER {
                    continue;
                }
                match may_have[self.network.shape_of[claimant as usize] as usize] {
                    true => standing.owners[slot] = claimant,
                    false => {
                        standing.held[claimant as usize] -= 1;
                        lost.push((self.slots[slot], claimant));
                    }
                }
            }
            subscribers.iter().for_each(|&shape| may_have[shape as usize] = false);
        }
        ConfinedClaims { standing, lost }
    }

    /// An allocation of slots here as one of the group's.
    fn in_the_group(&self, allocation: Allocation, resolved: &ValidClaims, lost: Vec<(u32, u32)>) -> Allocation {
        let mut owners = vec![NO_OWNER; self.slots.len()];
        self.slots.iter().zip(&allocation.owners).for_each(|(&slot, &owner)| owners[slot as usize] = owner);
        let mut released = lost;
        released.extend(allocation.released.iter().map(|&(slot, claimant)| (self.slots[slot as usize], claimant)));
        Allocation { owners, released, claimed: resolved.total(), ..allocation }
    }
}

/// The group's slots, class by class.
fn slots_by_class(Resolved { network, classes, .. }: Resolved<'_>, divided: &Network) -> Vec<u32> {
    let mut next: Vec<usize> = (0..classes.len()).map(|class| divided.slots_of(class).start).collect();
    let mut slots = vec![0; network.slots.len()];
    for topic in 0..network.topics.len() {
        for slot in network.slots_of(topic) {
            let place = &mut next[classes.of_slot(topic, slot)];
            slots[*place] = slot as u32;
            *place += 1;
        }
    }
    slots
}

/// Shapes parted by the racks of their members, and their prices in mismatches.
struct RackShapes {
    shape_of: Vec<u32>,
    kinds: Vec<RackKind>,
    /// Those of each shape of the group.
    of_shape: Csr,
}

/// What members of a part of a shape have in common besides what they subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RackKind {
    rack: u32,
    /// Their price in mismatches.
    price: i32,
}

impl RackShapes {
    fn of(Resolved { network, classes, .. }: Resolved<'_>, prices: &[i32]) -> Self {
        let kind = |member: u32| RackKind { rack: classes.rack_of(member), price: prices[member as usize] };
        let mut shape_of = vec![0; network.members.len()];
        let (mut kinds, mut of_shape) = (Vec::new(), Vec::with_capacity(network.shapes.len()));
        for members in network.members_of.iter() {
            let first = kinds.len() as u32;
            let mut of: Vec<RackKind> = members.iter().map(|&member| kind(member)).collect();
            of.sort_unstable();
            of.dedup();
            for &member in members {
                shape_of[member as usize] = first + of.partition_point(|&other| other < kind(member)) as u32;
            }
            kinds.extend(of);
            of_shape.push(first..kinds.len() as u32);
        }
        Self { shape_of, kinds, of_shape: Csr::new(of_shape) }
    }

    /// The level of each: that of its shape.
    fn levels(&self, levels: &Levels) -> Vec<u32> {
        self.of_shape.iter().zip(&levels.shapes).flat_map(|(of, &level)| of.iter().map(move |_| level)).collect()
    }

    /// Which loads their prices leave to the members of each.
    fn loads(&self) -> Vec<LoadsLeft> {
        let left = |kind: &RackKind| match kind.price {
            ..0 => LoadsLeft::Lower,
            0 => LoadsLeft::Either,
            _ => LoadsLeft::Upper,
        };
        self.kinds.iter().map(left).collect()
    }
}
