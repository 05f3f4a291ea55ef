//! The recogniser: what each line of an input is, and which format reads it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::admin_json;
use super::assignor_log::{self, Run, Said};
use super::client_log;
use super::coordinator_log::{self, Life};
use super::error::ImportError;
use super::head::{Column, Head, Kind};
use super::history::{Moment, Seen};
use super::noise::{self, Noise};
use super::note::{About, ImportNote};
use super::offsets_dump::{self, Dumped};
#[cfg(feature = "kafka")]
use super::records::{self, Found, RecordedLife};
use super::table::{Standing, Table};
use super::text::{self, Line};
use super::time::{self, DateLine, Time, Zone};
use super::topics::{self, Topics};
use crate::document::Date;

/// What an input says, in its order.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) items: Vec<Item>,
    pub(super) topics: Topics,
    pub(super) notes: Vec<ImportNote>,
    /// Groups that a coordinator's log tells of.
    pub(super) coordinated: BTreeSet<String>,
    /// The first line that heads a table which does not say who has what.
    pub(super) without_assignments: Option<usize>,
}

/// A piece of a group's history.
#[derive(Debug)]
pub(super) enum Item {
    Table(Table),
    /// A moment that the group's records show.
    #[cfg(feature = "kafka")]
    Recorded {
        group: String,
        moment: Moment,
    },
    /// An entry of a log.
    Logged {
        group: Option<String>,
        moment: Moment,
    },
}

/// All that a text says.
///
/// # Errors
///
/// The first line that cannot be read.
pub(super) fn read(text: &str) -> Result<Contents, ImportError> {
    let lines = text::lines(text);
    let mut reader = Reader::default();
    let mut next = 0;
    while let Some(rest) = lines.get(next..).filter(|rest| !rest.is_empty()) {
        next += reader.take(text, rest)?;
    }
    reader.finish(&lines)
}

/// What records told of groups so far.
#[cfg(feature = "kafka")]
#[derive(Debug, Default)]
struct Records {
    lives: BTreeMap<String, RecordedLife>,
    /// Records of other kinds, by what they are.
    passed_over: BTreeMap<String, usize>,
}

#[cfg(feature = "kafka")]
impl Records {
    fn add(&mut self, found: Found) {
        match found {
            Found::Passed(kind) => *self.passed_over.entry(kind).or_default() += 1,
            Found::Of { group, at, told } => {
                let life = self.lives.entry(group).or_default();
                *life = mem::take(life).with(at, *told);
            }
        }
    }
}

/// How many lines that say something unknown are told one by one.
const MOST_WARNINGS: usize = 8;

#[derive(Debug, Default)]
struct Reader {
    contents: Contents,
    /// The time that stood last.
    clock: Option<Time>,
    /// How many times stood so far.
    section: usize,
    head: Option<Head>,
    /// Whether the line before was the head of the table, or one of its rows.
    in_table: bool,
    /// The tables under the head, by group: where they stand among the items.
    open: BTreeMap<Option<String>, usize>,
    /// The group that tables without a name are of.
    named: Option<String>,
    /// Groups that are said to be rebalancing, of which no table came since.
    rebalancing: BTreeSet<String>,
    run: Option<(Run, Option<Date>)>,
    broken_off: BTreeSet<String>,
    /// Generations of groups that are none of consumers, by group and protocol type.
    others: BTreeMap<(String, String), usize>,
    lives: BTreeMap<String, Life>,
    #[cfg(feature = "kafka")]
    records: Records,
    warnings: usize,
    passed_over: Option<(usize, usize, String)>,
    unzoned: bool,
    understood: bool,
}

impl Reader {
    /// Reads the first of these lines, and those behind it that belong to it; how many these are.
    fn take(&mut self, whole: &str, lines: &[Line<'_>]) -> Result<usize, ImportError> {
        let Some(line) = lines.first() else { return Ok(1) };
        let text: &str = &line.text;
        if line.is_blank() {
            self.in_table = false;
        } else if let Some(taken) = self.record(whole, lines)? {
            return Ok(taken);
        } else if admin_json::begins(text) {
            return self.json(whole, lines);
        } else if let Some(date) = time::date_line(text) {
            self.date(line.number, date)?;
        } else if client_log::is_line(text) {
            return self.client(lines);
        } else if let Some(said) = assignor_log::line(text) {
            self.assignor(line, &said)?;
        } else if coordinator_log::is_line(text) {
            self.coordinator(line);
        } else if offsets_dump::is_line(text) {
            self.dumped(line)?;
        } else if topics::is_line(text) {
            self.understood = true;
            self.contents.topics = mem::take(&mut self.contents.topics).with(line.number, text)?;
        } else if let Some(head) = Head::of(line.number, text) {
            self.begin(line.number, head?);
        } else {
            self.row_or_noise(line)?;
        }
        Ok(1)
    }

    fn date(&mut self, line: usize, date: DateLine) -> Result<(), ImportError> {
        match date {
            DateLine::InZone(zone) => Err(ImportError::Zone { line, zone }),
            DateLine::At(time) => {
                self.unzoned |= time.zone == Zone::NotSaid;
                (self.clock, self.section) = (Some(time), self.section + 1);
                self.head = None;
                self.in_table = false;
                Ok(())
            }
        }
    }

    fn begin(&mut self, line: usize, head: Head) {
        self.understood = true;
        if head.kind == Kind::Members && !head.has_assignments() {
            self.contents.without_assignments.get_or_insert(line);
        }
        self.head = Some(head);
        self.in_table = true;
        self.open.clear();
    }

    fn row_or_noise(&mut self, line: &Line<'_>) -> Result<(), ImportError> {
        let text: &str = &line.text;
        let noise = noise::of(text);
        // A command's words and a log's may stand under a head as fields would.
        if !matches!(noise, Some(Noise::Rebalancing { .. } | Noise::Empty { .. } | Noise::Logged)) && self.row(line)? {
            return Ok(());
        }
        match noise {
            Some(noise) => self.noise(line, &noise),
            None if self.in_table => return Err(ImportError::Columns { line: line.number }),
            None if noise::looks_like_a_row(text) && self.head.is_some() => return Err(ImportError::Columns { line: line.number }),
            None if noise::looks_like_a_row(text) => return Err(ImportError::NoHead { line: line.number }),
            None => self.pass_over(line),
        }
        Ok(())
    }

    /// Reads a row of the table; whether it is one.
    fn row(&mut self, line: &Line<'_>) -> Result<bool, ImportError> {
        let Some(head) = self.head.take() else { return Ok(false) };
        let fields = head.fields(&line.text);
        if let Some(fields) = &fields {
            let group = fields.get(Column::Group).map(String::from).or_else(|| self.named.clone());
            if head.kind == Kind::States {
                self.state(group.as_deref(), &line.text);
            } else {
                let index = self.table_of(group, head.kind, line);
                if let Some(Item::Table(table)) = self.contents.items.get_mut(index) {
                    let empty = Table::new(None, head.kind, None, 0);
                    let (table_with, notes) = mem::replace(table, empty).with(&head, line.number, fields)?;
                    *table = table_with;
                    self.contents.notes.extend(notes);
                }
            }
            self.in_table = true;
        }
        let is_row = fields.is_some();
        self.head = Some(head);
        Ok(is_row)
    }

    /// Where the table of a group under this head stands; a new one where there is none.
    fn table_of(&mut self, group: Option<String>, kind: Kind, line: &Line<'_>) -> usize {
        let (items, section) = (&mut self.contents.items, self.section);
        let at = self.clock.map(|clock| clock.date).or(line.stamp);
        let rebalancing = &mut self.rebalancing;
        *self.open.entry(group.clone()).or_insert_with(|| {
            let said = match &group {
                Some(group) => rebalancing.remove(group),
                None => !mem::take(rebalancing).is_empty(),
            };
            let mut table = Table::new(group, kind, at, section);
            table.rebalancing = said;
            items.push(Item::Table(table));
            items.len() - 1
        })
    }

    /// `orders  host:9092  (1)  range  Stable  3`.
    fn state(&mut self, group: Option<&str>, text: &str) {
        let Some(group) = group else { return };
        if text.split_whitespace().any(noise::is_rebalancing) {
            self.rebalancing.insert(group.into());
        }
        if text.split_whitespace().next_back() == Some("0") {
            self.empty(group);
        }
    }

    fn empty(&mut self, group: &str) {
        self.understood = true;
        let last = self.contents.items.last();
        if matches!(last, Some(Item::Table(Table { group: Some(name), standing: Standing::Empty, section, .. })) if name == group && *section == self.section)
        {
            return;
        }
        let mut table = Table::new(Some(group.into()), Kind::Members, self.clock.map(|clock| clock.date), self.section);
        table.standing = Standing::Empty;
        self.contents.items.push(Item::Table(table));
    }

    fn noise(&mut self, line: &Line<'_>, noise: &Noise<'_>) {
        match *noise {
            Noise::Silent { group: Some(group) } => self.named = Some(group.into()),
            Noise::Silent { group: None } => {}
            Noise::Rebalancing { group } => {
                self.named = Some(group.into());
                self.rebalancing.insert(group.into());
            }
            Noise::Empty { group } => self.empty(group),
            Noise::Field { name: "GROUP", value } => self.named = Some(value.into()),
            Noise::Field { name: "STATE", value } if noise::is_rebalancing(value) => self.rebalancing.extend(self.named.clone()),
            Noise::Field { name: "MEMBERS", value: "0" } => {
                if let Some(named) = self.named.clone() {
                    self.empty(&named);
                }
            }
            Noise::Field { .. } => {}
            Noise::Warning if self.warnings < MOST_WARNINGS => {
                self.warnings += 1;
                let warned = About::Warned { line: line.number, text: line.text.trim().into() };
                self.contents.notes.push(ImportNote::on_all(warned));
            }
            Noise::Warning | Noise::Logged => self.pass_over(line),
        }
    }

    fn pass_over(&mut self, line: &Line<'_>) {
        let first = || (0, line.number, line.text.trim().to_string());
        self.passed_over.get_or_insert_with(first).0 += 1;
    }

    fn client(&mut self, lines: &[Line<'_>]) -> Result<usize, ImportError> {
        let finished = client_log::read(lines)?;
        let at = lines.first().and_then(|line| self.logged_at(line));
        self.logged(finished.group, at, Seen::Group(finished.seen));
        Ok(finished.lines)
    }

    fn logged(&mut self, group: Option<String>, at: Option<Date>, seen: Seen) {
        self.understood = true;
        let at = at.or(self.clock.map(|clock| clock.date));
        self.contents.items.push(Item::Logged { group, moment: Moment { at, seen } });
    }

    /// The time of a line of a log: its own, else what something put before it.
    fn logged_at(&mut self, line: &Line<'_>) -> Option<Date> {
        match time::of_log(&line.text) {
            Some(Time { zone: Zone::NotSaid, .. }) if line.stamp.is_some() => line.stamp,
            Some(time) => {
                self.unzoned |= time.zone == Zone::NotSaid;
                Some(time.date)
            }
            None => line.stamp,
        }
    }

    fn assignor(&mut self, line: &Line<'_>, said: &Said<'_>) -> Result<(), ImportError> {
        self.understood = true;
        if let Said::Running { group } = said {
            self.finish_run();
            self.run = Some((Run::new(group), self.logged_at(line)));
        }
        match self.run.take() {
            Some((run, at)) => self.run = Some((run.with(line.number, said)?, at)),
            None => self.pass_over(line),
        }
        Ok(())
    }

    fn finish_run(&mut self) {
        let Some((run, at)) = self.run.take() else { return };
        let (group, owned) = (run.group.clone(), run.owned());
        match run.finished() {
            Some(seen) => {
                if owned > 0 {
                    let about = About::OwnedNotNamed { partitions: owned };
                    self.contents.notes.push(ImportNote::of(Some(&group), about));
                }
                self.logged(Some(group), at, Seen::Group(seen));
            }
            None => drop(self.broken_off.insert(group)),
        }
    }

    /// Reads the records of `__consumer_offsets` that begin in the first line; how many lines they
    /// take, if any begin there.
    #[cfg(feature = "kafka")]
    fn record(&mut self, whole: &str, lines: &[Line<'_>]) -> Result<Option<usize>, ImportError> {
        let Some(line) = lines.first() else { return Ok(None) };
        let text: &str = &line.text;
        let (found, taken) = if let Some(pieces) = records::Pieces::of(text) {
            (vec![records::read_hex(line.number, &pieces)?], 1)
        } else if records::is_dump_line(text) {
            (records::read_dump(line.number, text)?.into_iter().collect(), 1)
        } else if records::begins(text) {
            let start = start_of(whole, line);
            let (found, length) = records::read_json(line.number, whole.get(start..).unwrap_or_default())?;
            let end = start + length;
            (found, lines.iter().take_while(|line| line.offset < end).count().max(1))
        } else {
            return Ok(None);
        };
        self.understood = true;
        self.in_table = false;
        found.into_iter().for_each(|found| self.records.add(found));
        Ok(Some(taken))
    }

    #[cfg(not(feature = "kafka"))]
    fn record(&mut self, _: &str, _: &[Line<'_>]) -> Result<Option<usize>, ImportError> {
        Ok(None)
    }

    #[cfg(feature = "kafka")]
    fn finish_records(&mut self) {
        let records = mem::take(&mut self.records);
        let named = self.contents.topics.names();
        for (group, life) in records.lives {
            let lived = life.lived(&named);
            let others = lived.others.into_iter();
            let other = |(protocol, records)| ImportNote::of(Some(&group), About::OtherProtocol { protocol, records });
            self.contents.notes.extend(others.map(other));
            let recorded = |moment| Item::Recorded { group: group.clone(), moment };
            self.contents.items.extend(lived.moments.into_iter().map(recorded));
        }
        if !records.passed_over.is_empty() {
            let kinds = records.passed_over.into_iter().collect();
            self.contents.notes.push(ImportNote::on_all(About::RecordsPassedOver { kinds }));
        }
    }

    #[cfg(not(feature = "kafka"))]
    fn finish_records(&mut self) {}

    fn coordinator(&mut self, line: &Line<'_>) {
        let Some((group, what)) = coordinator_log::line(&line.text) else { return self.pass_over(line) };
        self.understood = true;
        let at = self.logged_at(line);
        self.lives.entry(group).or_default().push(at, what);
    }

    fn dumped(&mut self, line: &Line<'_>) -> Result<(), ImportError> {
        self.understood = true;
        match offsets_dump::read(line.number, &line.text)? {
            Dumped::Group { name, seen, at } => self.logged(Some(name), at, Seen::Group(seen)),
            Dumped::OtherProtocol { name, protocol } => {
                *self.others.entry((name, protocol)).or_default() += 1;
            }
            Dumped::Passed => {}
        }
        Ok(())
    }

    /// Reads the JSON documents that begin in the first line; how many lines they take.
    fn json(&mut self, whole: &str, lines: &[Line<'_>]) -> Result<usize, ImportError> {
        let Some(line) = lines.first() else { return Ok(1) };
        let start = start_of(whole, line);
        let described = admin_json::read(line.number, whole.get(start..).unwrap_or_default())?;
        self.understood = true;
        for mut table in described.groups {
            (table.at, table.section) = (self.clock.map(|clock| clock.date).or(line.stamp), self.section);
            self.contents.items.push(Item::Table(table));
        }
        self.head = None;
        self.in_table = false;
        let end = start + described.length;
        Ok(lines.iter().take_while(|line| line.offset < end).count().max(1))
    }

    fn finish(mut self, lines: &[Line<'_>]) -> Result<Contents, ImportError> {
        self.finish_run();
        for (group, life) in mem::take(&mut self.lives) {
            let told = life.told();
            self.contents.notes.extend(told.notes.into_iter().map(|about| ImportNote::of(Some(&group), about)));
            let logged = |moment| Item::Logged { group: Some(group.clone()), moment };
            self.contents.items.extend(told.moments.into_iter().map(logged));
            self.contents.coordinated.insert(group);
        }
        self.finish_records();
        let other = |((group, protocol), records): ((String, String), usize)| {
            ImportNote::of(Some(&group), About::OtherProtocol { protocol, records })
        };
        self.contents.notes.extend(mem::take(&mut self.others).into_iter().map(other));
        if !self.understood {
            return Err(ImportError::Nothing { looks: looks(lines) });
        }
        self.mark_rebalancing();
        let broken_off = self.broken_off.iter().map(|group| ImportNote::of(Some(group), About::BrokenOff));
        let zone = self.unzoned.then(|| ImportNote::on_all(About::ZoneNotSaid));
        let passed_over = self.passed_over.map(|(lines, line, text)| ImportNote::on_all(About::PassedOver { lines, line, text }));
        self.contents.notes.extend(broken_off.chain(zone).chain(passed_over));
        Ok(self.contents)
    }

    /// Groups whose rebalancing was said behind their last table.
    fn mark_rebalancing(&mut self) {
        for group in mem::take(&mut self.rebalancing) {
            let tables = self.contents.items.iter_mut().rev().filter_map(|item| match item {
                Item::Table(table) => Some(table),
                _ => None,
            });
            let of_group = |table: &&mut Table| table.group.as_ref().is_none_or(|name| *name == group);
            if let Some(table) = tables.into_iter().find(of_group) {
                table.rebalancing = true;
            }
        }
    }
}

/// Where what a line says begins in the text.
fn start_of(whole: &str, line: &Line<'_>) -> usize {
    let raw = whole[line.offset..].lines().next().unwrap_or_default().trim_end();
    let said = line.text.trim_start();
    let behind = match &line.text {
        Cow::Borrowed(_) => raw.len().checked_sub(said.len()),
        Cow::Owned(_) => said.chars().next().and_then(|first| raw.find(first)),
    };
    line.offset + behind.unwrap_or(0)
}

/// What an input looks like of which nothing is known.
fn looks(lines: &[Line<'_>]) -> String {
    match lines.iter().find(|line| !line.is_blank()) {
        None => "there is nothing in it".into(),
        Some(line) => format!("nothing in it is known; line {} is \"{}\"", line.number, super::note::short(line.text.trim())),
    }
}
