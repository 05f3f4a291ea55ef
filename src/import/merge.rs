//! From the pieces of an input to the history of each group: which tables belong to one moment, and
//! what follows what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::history::{Observation, ObservedHistory, PartitionsByTopic, Seen, SeenGroup, SeenMember};
use super::note::About;
use super::table::{Assigned, GroupTable, TableKind};

/// A group with all that an input shows of it.
#[derive(Debug, Default)]
pub(super) struct MergedGroup {
    pub(super) history: ObservedHistory,
    /// How many moments were shown, also those left out because nothing differs.
    pub(super) shown: usize,
    pub(super) source: Source,
    pub(super) notes: Vec<About>,
}

/// Where a history comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    /// Tables, each of a moment of its own choosing.
    #[default]
    Tables,
    /// A log, which is a history even if it has one entry.
    Log,
}

/// The groups of an input, in the order in which they appear.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: Vec<Merging>,
    places: BTreeMap<Option<String>, usize>,
}

impl Groups {
    /// Adds a table.
    pub(super) fn table(&mut self, table: GroupTable) {
        self.next_of(table.group.as_ref());
        self.hold(table);
    }

    /// The table of that group which may grow yet.
    pub(super) fn held(&self, group: Option<&String>) -> Option<&GroupTable> {
        self.groups[*self.places.get(&group.cloned())?].held.as_ref()
    }

    /// Takes it out, to make it grow.
    pub(super) fn let_go(&mut self, group: Option<&String>) -> Option<GroupTable> {
        self.group(group).held.take()
    }

    /// Puts it back.
    pub(super) fn hold(&mut self, table: GroupTable) {
        let group = table.group.clone();
        self.group(group.as_ref()).held = Some(table);
    }

    /// Ends the group's last table: another follows.
    pub(super) fn next_of(&mut self, group: Option<&String>) {
        self.group(group).settle();
    }

    /// Marks the group's last table; whether there is one of this section.
    pub(super) fn mark_rebalancing(&mut self, group: Option<&String>, section: usize) -> bool {
        let place = self.places.get(&group.cloned());
        let table = place.and_then(|place| self.groups[*place].held.as_mut()).filter(|table| table.section == section);
        table.map(|table| table.rebalancing = true).is_some()
    }

    /// Adds an entry of a log.
    pub(super) fn logged(&mut self, group: Option<&String>, observation: Observation) {
        let group = self.group(group);
        group.end_tables();
        group.logged(observation);
    }

    /// Adds a moment that the group's records show.
    #[cfg(feature = "kafka")]
    pub(super) fn recorded(&mut self, group: &String, observation: Observation) {
        let group = self.group(Some(group));
        group.end_tables();
        group.recorded(observation);
    }

    /// Each group with all that was added.
    pub(super) fn merged(self) -> Vec<MergedGroup> {
        self.groups.into_iter().map(Merging::merged).collect()
    }

    fn group(&mut self, name: Option<&String>) -> &mut Merging {
        let place = *self.places.entry(name.cloned()).or_insert(self.groups.len());
        if place == self.groups.len() {
            let history = ObservedHistory { group: name.cloned(), observations: Vec::new() };
            self.groups.push(Merging { merged: MergedGroup { history, ..MergedGroup::default() }, ..Merging::default() });
        }
        &mut self.groups[place]
    }
}

#[derive(Debug, Default)]
struct Merging {
    merged: MergedGroup,
    /// The last table, which may grow yet.
    held: Option<GroupTable>,
    /// The tables before it of the moment that is not over yet.
    tables: Vec<GroupTable>,
    repeated: usize,
    same_generation: usize,
    /// The last moment between two assignments at which nobody had anything, and how many there
    /// were.
    unsettled: Option<(Observation, usize)>,
    disagree: BTreeSet<String>,
    untargeted: BTreeSet<String>,
    idle_not_shown: bool,
    rebalancing: BTreeSet<Assigned>,
}

impl Merging {
    /// Ends the last table. It belongs to another moment than those before it where one of them is
    /// of its kind or a time stands between them.
    fn settle(&mut self) {
        let Some(table) = self.held.take() else { return };
        let next = |first: &GroupTable| first.section != table.section || self.tables.iter().any(|before| before.kind == table.kind);
        if self.tables.first().is_some_and(next) {
            self.close();
        }
        self.tables.push(table);
    }

    fn end_tables(&mut self) {
        self.settle();
        self.close();
        self.merged.source = Source::Log;
    }

    /// What records show, members once each; each is a moment of its own.
    #[cfg(feature = "kafka")]
    fn recorded(&mut self, observation: Observation) {
        self.merged.shown += 1;
        self.merged.history.observations.push(observation);
    }

    /// A log's entry; the same generation again, as where a log was pasted twice, is none.
    fn logged(&mut self, mut observation: Observation) {
        if let Seen::Group(group) = &mut observation.seen {
            group.members = with_members_once(std::mem::take(&mut group.members));
        }
        let said_before = |before: &Observation| match (&before.seen, &observation.seen) {
            (Seen::Group(before), Seen::Group(seen)) => seen.generation.is_some() && before == seen,
            _ => false,
        };
        self.merged.shown += 1;
        if self.merged.history.observations.last().is_some_and(said_before) {
            self.same_generation += 1;
        } else {
            self.merged.history.observations.push(observation);
        }
    }

    /// Ends the moment: what its tables say together.
    fn close(&mut self) {
        let tables = std::mem::take(&mut self.tables);
        let Some(at) = tables.first().map(|table| table.at) else { return };
        let assigned = tables.iter().map(|table| table.assigned).max().unwrap_or(Assigned::NotSaid);
        let rebalancing = tables.iter().any(|table| table.rebalancing);
        let seen = self.together(tables);
        self.merged.shown += 1;
        let apart = |member: &Arc<SeenMember>| sorted(member.decided.as_ref()) != sorted(member.held.as_ref());
        if rebalancing || (assigned == Assigned::Decided && seen.members.iter().any(apart)) {
            self.rebalancing.insert(assigned);
        }
        let settled = !rebalancing || assigned >= Assigned::Decided || has_partitions(&seen);
        let observation = Observation { at, seen: Seen::Group(seen) };
        // Members of a classic group have nothing meanwhile, and no assignor decided that.
        if !settled {
            let before = self.unsettled.take().map_or(0, |(_, before)| before);
            self.unsettled = Some((observation, before + 1));
            return;
        }
        let same = |before: &Observation| same_but_for_order(&before.seen, &observation.seen);
        if self.merged.history.observations.last().is_some_and(same) {
            self.repeated += 1;
        } else {
            self.merged.history.observations.push(observation);
        }
    }

    fn together(&mut self, tables: Vec<GroupTable>) -> SeenGroup {
        let (mut seen, mut members) = (SeenGroup::default(), Vec::new());
        let of_members = tables.iter().any(|table| table.kind == TableKind::Members);
        for table in tables {
            seen.generation = seen.generation.max(table.generation);
            if table.assigned == Assigned::Decided {
                self.untargeted.extend(table.untargeted);
            }
            match table.kind {
                TableKind::Members => members = each_once(table.members).into_iter().chain(members).collect(),
                TableKind::Offsets | TableKind::States => {
                    let idle = |member: &SeenMember| member.held.as_ref().is_some_and(PartitionsByTopic::is_empty);
                    self.idle_not_shown |= !of_members && !table.members.is_empty() && !table.members.iter().any(idle);
                    seen.unowned = table.unowned;
                    members.extend(table.members);
                }
            }
        }
        seen.members = self.agree(members).into_iter().map(Arc::new).collect();
        seen
    }

    /// Makes one of the members that two tables list.
    fn agree(&mut self, listed: Vec<SeenMember>) -> Vec<SeenMember> {
        let mut members: Vec<SeenMember> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for member in listed {
            match places.get(&member.id).map(|place| &mut members[*place]) {
                None => {
                    places.insert(member.id.clone(), members.len());
                    members.push(member);
                }
                Some(known) if known.held.is_none() => {
                    (known.decided, known.held) = (member.decided, member.held);
                    known.client = known.client.take().or(member.client);
                }
                Some(known) => {
                    if sorted(known.held.as_ref()) != sorted(member.held.as_ref()) {
                        self.disagree.insert(member.id);
                    }
                }
            }
        }
        // A table of owners beside one of members says that the others own nothing.
        if members.iter().any(|member| member.held.is_some()) {
            for member in members.iter_mut().filter(|member| member.held.is_none() && member.decided.is_none()) {
                (member.decided, member.held) = (Some(PartitionsByTopic::new()), Some(PartitionsByTopic::new()));
            }
        }
        members
    }

    fn merged(mut self) -> MergedGroup {
        self.settle();
        self.close();
        let unsettled = self.unsettled.take().map(|(observation, before)| {
            let is_all = self.merged.history.observations.is_empty();
            self.merged.history.observations.extend(Some(observation).filter(|_| is_all));
            before - usize::from(is_all)
        });
        let list = |members: BTreeSet<String>| members.into_iter().collect::<Vec<_>>();
        let counted = |count: usize| Some(count).filter(|count| *count > 0);
        let notes = [
            self.rebalancing.contains(&Assigned::Decided).then_some(About::Rebalancing),
            self.rebalancing.contains(&Assigned::Held).then_some(About::NoTarget),
            Some(list(self.untargeted)).filter(|members| !members.is_empty()).map(|members| About::TargetMissing { members }),
            Some(list(self.disagree)).filter(|members| !members.is_empty()).map(|members| About::TablesDisagree { members }),
            self.idle_not_shown.then_some(About::IdleNotShown),
            counted(self.repeated).map(|moments| About::Repeated { moments }),
            counted(unsettled.unwrap_or(0)).map(|moments| About::Unsettled { moments }),
            counted(self.same_generation).map(|times| About::SameGeneration { times }),
        ];
        self.merged.notes.extend(notes.into_iter().flatten());
        self.merged
    }
}

/// Whether two moments show the same, in whatever order it is written.
fn same_but_for_order(one: &Seen, other: &Seen) -> bool {
    match (one, other) {
        (Seen::Group(one), Seen::Group(other)) => ordered(one) == ordered(other),
        _ => false,
    }
}

fn ordered(group: &SeenGroup) -> SeenGroup {
    let ordered_member = |member: &Arc<SeenMember>| {
        let (decided, held) = (sorted(member.decided.as_ref()), sorted(member.held.as_ref()));
        Arc::new(SeenMember { decided, held, ..SeenMember::clone(member) })
    };
    let mut members: Vec<Arc<SeenMember>> = group.members.iter().map(ordered_member).collect();
    members.sort_by(|one, other| one.id.cmp(&other.id));
    let unowned = sorted(Some(&group.unowned)).unwrap_or_default();
    SeenGroup { members, unowned, ..group.clone() }
}

fn sorted(partitions: Option<&PartitionsByTopic>) -> Option<PartitionsByTopic> {
    let mut partitions = partitions?.clone();
    partitions.values_mut().for_each(|list| list.sort_unstable());
    partitions.retain(|_, list| !list.is_empty());
    Some(partitions)
}

fn has_partitions(group: &SeenGroup) -> bool {
    group.members.iter().any(|member| member.lists().any(|list| !list.is_empty()))
}

/// The members with those under one id made one, as hostile input may have them.
pub(super) fn with_members_once(members: Vec<Arc<SeenMember>>) -> Vec<Arc<SeenMember>> {
    if are_different(members.iter().map(|member| member.id.as_str())) {
        return members;
    }
    each_once(members.into_iter().map(Arc::unwrap_or_clone).collect()).into_iter().map(Arc::new).collect()
}

fn are_different<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> bool {
    let many = ids.len();
    ids.collect::<BTreeSet<&str>>().len() == many
}

fn each_once(members: Vec<SeenMember>) -> Vec<SeenMember> {
    if are_different(members.iter().map(|member| member.id.as_str())) {
        return members;
    }
    let mut once: Vec<SeenMember> = Vec::with_capacity(members.len());
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for member in members {
        let place = *places.entry(member.id.clone()).or_insert(once.len());
        if place == once.len() {
            once.push(member);
            continue;
        }
        let known = &mut once[place];
        for (list, more) in [(&mut known.decided, member.decided), (&mut known.held, member.held)] {
            for (topic, partitions) in more.into_iter().flatten() {
                list.get_or_insert_default().entry(topic).or_default().extend(partitions);
            }
        }
    }
    once
}
