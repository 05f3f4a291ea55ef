//! Classes: the partitions of one topic that have replicas in the same racks can stand in for one
//! another.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::balance::claims::ValidClaims;
use crate::flow::csr::Csr;
use crate::model::{Group, Name};
use crate::network::{NONE, Network};
use crate::proof::RackSet;

/// A group's network, in which claims are resolved, and its classes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolved<'n> {
    pub(crate) network: &'n Network,
    pub(crate) classes: &'n Classes,
    pub(crate) claims: &'n ValidClaims,
}

/// The set of racks of a partition of which no rack is known.
const UNKNOWN: u32 = 0;

/// Which partitions can stand in for one another, and which members are in a rack of theirs.
#[derive(Debug)]
pub(crate) struct Classes {
    /// The first class of each topic, and the number of all.
    first_of_topic: Vec<u32>,
    /// The class of each slot, where some topic has several.
    of_slot: Vec<u32>,
    /// How many partitions each class has.
    sizes: Vec<u32>,
    /// The racks of each class, as a number of a set.
    set_of: Vec<u32>,
    /// The racks in which members are, set by set; of the first set none are known.
    sets: Csr,
    /// The rack of each member, or [`NONE`].
    rack_of_member: Vec<u32>,
}

impl Classes {
    /// Classes for plans that racks mean nothing to: one for each topic.
    pub(crate) fn without_racks(network: &Network) -> Self {
        let topics = network.topics.len();
        Self {
            first_of_topic: (0..=topics as u32).collect(),
            of_slot: Vec::new(),
            sizes: (0..topics).map(|topic| network.supply(topic)).collect(),
            set_of: vec![UNKNOWN; topics],
            sets: Csr::new([[]]),
            rack_of_member: vec![NONE; network.members.len()],
        }
    }

    /// Classes by topic and racks, of all that members are in.
    pub(crate) fn of(group: &Group, network: &Network) -> Self {
        if !group.has_racks() {
            return Self::without_racks(network);
        }
        let (racks, rack_of_member) = member_racks(group, network);
        let mut sets = Sets::new(&racks);
        let mut classes = Self { rack_of_member, ..Self::without_racks(network) };
        let mut of_topic: Vec<(u32, u32)> = Vec::new();
        (classes.first_of_topic, classes.sizes, classes.set_of) = (vec![0], Vec::new(), Vec::new());
        let mut of_slot = vec![0; network.slots.len()];
        for (number, &topic) in network.topics.iter().enumerate() {
            let first = classes.sizes.len() as u32;
            of_topic.clear();
            let known = group.all_topics().get(topic).racks();
            let mut numbers: ByReplicas<'_, u32> = ByReplicas::new();
            for (partition, slot) in network.slots_of(number).enumerate() {
                let set = known.map_or(UNKNOWN, |racks| numbers.get_or(&racks[partition], || sets.number(&racks[partition])));
                let place = of_topic.iter().position(|of| of.0 == set).unwrap_or_else(|| {
                    of_topic.push((set, 0));
                    of_topic.len() - 1
                });
                of_topic[place].1 += 1;
                of_slot[slot] = first + place as u32;
            }
            classes.set_of.extend(of_topic.iter().map(|of| of.0));
            classes.sizes.extend(of_topic.iter().map(|of| of.1));
            classes.first_of_topic.push(classes.sizes.len() as u32);
        }
        classes.sets = Csr::new(sets.lists);
        if classes.sizes.len() > network.topics.len() {
            classes.of_slot = of_slot;
        }
        classes
    }

    pub(crate) fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether racks are the same to all: nobody is in one, or none is known of any partition.
    pub(crate) fn mean_nothing(&self) -> bool {
        self.sets.len() <= 1
    }

    /// The classes of a topic.
    pub(crate) fn of_topic(&self, topic: usize) -> std::ops::Range<usize> {
        self.first_of_topic[topic] as usize..self.first_of_topic[topic + 1] as usize
    }

    /// The first class of each topic, and the number of all.
    pub(crate) fn first_of_topic(&self) -> &[u32] {
        &self.first_of_topic
    }

    /// The class of a slot of a topic.
    pub(crate) fn of_slot(&self, topic: usize, slot: usize) -> usize {
        self.of_slot.get(slot).map_or(self.first_of_topic[topic] as usize, |&class| class as usize)
    }

    pub(crate) fn size(&self, class: usize) -> u32 {
        self.sizes[class]
    }

    /// The rack of a member, or [`NONE`].
    pub(crate) fn rack_of(&self, member: u32) -> u32 {
        self.rack_of_member[member as usize]
    }

    /// Whether a partition of the class that is consumed from this rack has no replica there.
    pub(crate) fn is_mismatch(&self, class: usize, rack: u32) -> bool {
        let set = self.set_of[class];
        set != UNKNOWN && rack != NONE && !self.sets.row(set as usize).contains(&rack)
    }

    /// The racks, in which members are, of a class of which any are known.
    pub(crate) fn racks_of(&self, class: usize) -> &[u32] {
        self.sets.row(self.set_of[class] as usize)
    }

    /// The sets of racks that partitions of a topic have, those too in which nobody is, each with a
    /// class it falls into.
    pub(crate) fn rack_sets(&self, group: &Group, network: &Network, topic: usize) -> BTreeMap<RackSet, usize> {
        let mut listed: BTreeMap<&[Name], usize> = BTreeMap::new();
        if let Some(racks) = group.all_topics().get(network.topics[topic]).racks() {
            let mut seen: ByReplicas<'_, ()> = ByReplicas::new();
            for (slot, replicas) in network.slots_of(topic).zip(racks.iter()) {
                seen.get_or(replicas, || {
                    listed.entry(replicas).or_insert_with(|| self.of_slot(topic, slot));
                });
            }
        }
        listed.into_iter().map(|(replicas, class)| (RackSet::of(replicas.iter().cloned()), class)).collect()
    }
}

/// The racks that members are in, by name, and the rack of each member.
fn member_racks<'g>(group: &'g Group, network: &Network) -> (BTreeMap<&'g Name, u32>, Vec<u32>) {
    let rack = |member: &crate::model::MemberId| group.member(*member).and_then(|member| member.rack()).filter(|name| !name.is_empty());
    let mut racks: BTreeMap<&Name, u32> = network.members.iter().filter_map(rack).map(|name| (name, 0)).collect();
    racks.values_mut().enumerate().for_each(|(number, rack)| *rack = number as u32);
    let of_member = network.members.iter().map(|member| rack(member).map_or(NONE, |name| racks[name])).collect();
    (racks, of_member)
}

/// What is known of lists of replicas of a topic, whose names are shared: lists of other names
/// count as others, even if they read the same.
struct ByReplicas<'r, T> {
    known: Vec<(&'r [Name], T)>,
}

/// Of more lists than this nothing is kept, as each is compared with all.
const MOST_LISTS: usize = 64;

impl<'r, T: Copy> ByReplicas<'r, T> {
    fn new() -> Self {
        Self { known: Vec::new() }
    }

    fn get_or(&mut self, replicas: &'r [Name], find: impl FnOnce() -> T) -> T {
        let is_same =
            |of: &&(&[Name], T)| of.0.len() == replicas.len() && of.0.iter().zip(replicas).all(|(one, other)| Arc::ptr_eq(one, other));
        if let Some(&(_, known)) = self.known.iter().find(is_same) {
            return known;
        }
        let found = find();
        if self.known.len() < MOST_LISTS {
            self.known.push((replicas, found));
        }
        found
    }
}

/// Sets of racks met so far.
struct Sets<'r> {
    racks: &'r BTreeMap<&'r Name, u32>,
    numbers: BTreeMap<Vec<u32>, u32>,
    lists: Vec<Vec<u32>>,
}

impl<'r> Sets<'r> {
    fn new(racks: &'r BTreeMap<&'r Name, u32>) -> Self {
        Self { racks, numbers: BTreeMap::new(), lists: vec![Vec::new()] }
    }

    /// The number of the set of these racks, those left out in which nobody is.
    fn number(&mut self, replicas: &[Name]) -> u32 {
        if replicas.iter().all(|name| name.is_empty()) {
            return UNKNOWN;
        }
        let mut list: Vec<u32> = replicas.iter().filter_map(|name| self.racks.get(name).copied()).collect();
        list.sort_unstable();
        list.dedup();
        if let Some(&number) = self.numbers.get(&list) {
            return number;
        }
        let number = self.lists.len() as u32;
        self.lists.push(list.clone());
        self.numbers.insert(list, number);
        number
    }
}
