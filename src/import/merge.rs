//! From the pieces of an input to the history of each group: which tables belong to one moment, and
//! what follows what.

use std::collections::{BTreeMap, BTreeSet};

use super::head::Kind;
use super::history::{History, Moment, Partitions, Seen, SeenGroup, SeenMember};
use super::note::About;
use super::reader::Item;
use super::table::{Standing, Table};

/// A group with all that an input shows of it.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) history: History,
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
pub(super) fn groups(items: Vec<Item>) -> Vec<Merged> {
    let mut groups: Vec<Merging> = Vec::new();
    let mut places: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for item in items {
        let name = match &item {
            Item::Table(table) => table.group.clone(),
            Item::Logged { group, .. } => group.clone(),
            #[cfg(feature = "kafka")]
            Item::Recorded { group, .. } => Some(group.clone()),
        };
        let place = *places.entry(name.clone()).or_insert(groups.len());
        if place == groups.len() {
            let history = History { group: name, moments: Vec::new() };
            groups.push(Merging { merged: Merged { history, ..Merged::default() }, ..Merging::default() });
        }
        groups[place].item(item);
    }
    groups.into_iter().map(Merging::merged).collect()
}

#[derive(Debug, Default)]
struct Merging {
    merged: Merged,
    /// The tables of the moment that is not over yet.
    tables: Vec<Table>,
    repeated: usize,
    same_generation: usize,
    /// Moments between two assignments at which nobody had anything.
    unsettled: Vec<Moment>,
    disagree: BTreeSet<String>,
    untargeted: BTreeSet<String>,
    idle_not_shown: bool,
    rebalancing: BTreeSet<Standing>,
}

impl Merging {
    fn item(&mut self, item: Item) {
        match item {
            Item::Table(table) => {
                let next = |first: &Table| first.section != table.section || self.tables.iter().any(|before| before.kind == table.kind);
                if self.tables.first().is_some_and(next) {
                    self.close();
                }
                self.tables.push(table);
            }
            Item::Logged { moment, .. } => {
                self.close();
                self.merged.source = Source::Log;
                self.logged(moment);
            }
            #[cfg(feature = "kafka")]
            Item::Recorded { moment, .. } => {
                self.close();
                self.merged.source = Source::Log;
                self.recorded(moment);
            }
        }
    }

    /// What a record shows; each is a moment of its own.
    #[cfg(feature = "kafka")]
    fn recorded(&mut self, moment: Moment) {
        self.merged.shown += 1;
        self.merged.history.moments.push(with_members_once(moment));
    }

    /// A log's entry; the same generation again, as where a log was pasted twice, is none.
    fn logged(&mut self, moment: Moment) {
        let moment = with_members_once(moment);
        let said_before = |before: &Moment| match (&before.seen, &moment.seen) {
            (Seen::Group(before), Seen::Group(seen)) => seen.generation.is_some() && before == seen,
            _ => false,
        };
        self.merged.shown += 1;
        if self.merged.history.moments.last().is_some_and(said_before) {
            self.same_generation += 1;
        } else {
            self.merged.history.moments.push(moment);
        }
    }

    /// Ends the moment: what its tables say together.
    fn close(&mut self) {
        let tables = std::mem::take(&mut self.tables);
        let Some(at) = tables.first().map(|table| table.at) else { return };
        let standing = tables.iter().map(|table| table.standing).max().unwrap_or(Standing::Nothing);
        let rebalancing = tables.iter().any(|table| table.rebalancing);
        let seen = self.together(tables);
        self.merged.shown += 1;
        let apart = |member: &SeenMember| sorted(member.decided.as_ref()) != sorted(member.held.as_ref());
        if rebalancing || (standing == Standing::Decided && seen.members.iter().any(apart)) {
            self.rebalancing.insert(standing);
        }
        let settled = !rebalancing || standing >= Standing::Decided || has_partitions(&seen);
        let moment = Moment { at, seen: Seen::Group(seen) };
        // Members of a classic group have nothing meanwhile, and no assignor decided that.
        if !settled {
            self.unsettled.push(moment);
            return;
        }
        let same = |before: &Moment| same_but_for_order(&before.seen, &moment.seen);
        if self.merged.history.moments.last().is_some_and(same) {
            self.repeated += 1;
        } else {
            self.merged.history.moments.push(moment);
        }
    }

    fn together(&mut self, tables: Vec<Table>) -> SeenGroup {
        let mut seen = SeenGroup::default();
        let of_members = tables.iter().any(|table| table.kind == Kind::Members);
        for table in tables {
            seen.generation = seen.generation.max(table.generation);
            if table.standing == Standing::Decided {
                self.untargeted.extend(table.untargeted);
            }
            match table.kind {
                Kind::Members => seen.members = each_once(table.members).into_iter().chain(seen.members).collect(),
                Kind::Offsets | Kind::States => {
                    let idle = |member: &SeenMember| member.held.as_ref().is_some_and(Partitions::is_empty);
                    self.idle_not_shown |= !of_members && !table.members.is_empty() && !table.members.iter().any(idle);
                    seen.unowned = table.unowned;
                    seen.members.extend(table.members);
                }
            }
        }
        self.agree(&mut seen);
        seen
    }

    /// Makes one of the members that two tables list.
    fn agree(&mut self, seen: &mut SeenGroup) {
        let mut members: Vec<SeenMember> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for member in std::mem::take(&mut seen.members) {
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
                (member.decided, member.held) = (Some(Partitions::new()), Some(Partitions::new()));
            }
        }
        seen.members = members;
    }

    fn merged(mut self) -> Merged {
        self.close();
        if self.merged.history.moments.is_empty() {
            self.merged.history.moments.extend(self.unsettled.pop());
        }
        let list = |members: BTreeSet<String>| members.into_iter().collect::<Vec<_>>();
        let counted = |count: usize| Some(count).filter(|count| *count > 0);
        let notes = [
            self.rebalancing.contains(&Standing::Decided).then_some(About::Rebalancing),
            self.rebalancing.contains(&Standing::Held).then_some(About::NoTarget),
            Some(list(self.untargeted)).filter(|members| !members.is_empty()).map(|members| About::TargetMissing { members }),
            Some(list(self.disagree)).filter(|members| !members.is_empty()).map(|members| About::TablesDisagree { members }),
            self.idle_not_shown.then_some(About::IdleNotShown),
            counted(self.repeated).map(|moments| About::Repeated { moments }),
            counted(self.unsettled.len()).map(|moments| About::Unsettled { moments }),
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
    let ordered_member =
        |member: &SeenMember| SeenMember { decided: sorted(member.decided.as_ref()), held: sorted(member.held.as_ref()), ..member.clone() };
    let mut members: Vec<SeenMember> = group.members.iter().map(ordered_member).collect();
    members.sort_by(|one, other| one.id.cmp(&other.id));
    let unowned = sorted(Some(&group.unowned)).unwrap_or_default();
    SeenGroup { members, unowned, ..group.clone() }
}

fn sorted(partitions: Option<&Partitions>) -> Option<Partitions> {
    let mut partitions = partitions?.clone();
    partitions.values_mut().for_each(|list| list.sort_unstable());
    partitions.retain(|_, list| !list.is_empty());
    Some(partitions)
}

fn has_partitions(group: &SeenGroup) -> bool {
    group.members.iter().any(|member| [&member.decided, &member.held].into_iter().flatten().any(|list| !list.is_empty()))
}

fn with_members_once(mut moment: Moment) -> Moment {
    if let Seen::Group(group) = &mut moment.seen {
        group.members = each_once(std::mem::take(&mut group.members));
    }
    moment
}

/// The members with those under one id made one, as hostile input may have them.
fn each_once(members: Vec<SeenMember>) -> Vec<SeenMember> {
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
