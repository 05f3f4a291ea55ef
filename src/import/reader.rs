//! The recogniser: what each line of an input is, and which format reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::admin_json::{self, DescribedGroup, Document};
use super::coordinator_log::{self, Life};
use super::error::ImportError;
use super::history::{Observation, Seen};
use super::json_text::{JsonPart, JsonText};
use super::leader_log::{LoggedAssignment, Said, Unfinished, assignor_line, is_finished_line};
use super::merge::MergedGroup;
use super::note::{About, ImportNote};
use super::offsets_dump::{self, Dumped};
use super::open_tables::OpenTables;
#[cfg(feature = "kafka")]
use super::records::{self, Records};
use super::table::Head;
use super::text::{Extent, LineBuffer, LinePart, Noise, TextLine, is_rebalancing, looks_like_a_row};
use super::time::{self, DateLine, Time, Zone};
use super::topics::{self, DescribedTopics};
use crate::document::Date;

/// What an input says.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The groups, in the order in which they appear.
    pub(super) groups: Vec<MergedGroup>,
    pub(super) topics: DescribedTopics,
    pub(super) notes: Vec<ImportNote>,
    /// Groups that a coordinator's log tells of.
    pub(super) coordinated: BTreeSet<String>,
    /// The first line that heads a table which does not say who has what.
    pub(super) without_assignments: Option<usize>,
}

/// All that a text says, piece after piece; what was read is not kept.
///
/// # Errors
///
/// The first line that cannot be read.
pub(super) fn read(pieces: impl Iterator<Item: AsRef<str>>) -> Result<Contents, ImportError> {
    let (mut reader, mut text) = (ImportReader::default(), LineBuffer::default());
    for (number, piece) in pieces.enumerate() {
        let piece = piece.as_ref();
        text.add(piece.strip_prefix(BYTE_ORDER_MARK).filter(|_| number == 0).unwrap_or(piece), |part| reader.take(part))?;
    }
    text.rest().map(|part| reader.take(part)).transpose()?;
    reader.finish()
}

/// Some editors put it before UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many lines that say something unknown are told one by one.
const MOST_WARNINGS: usize = 8;

/// What goes on in the next line.
#[derive(Debug, Default)]
enum Pending {
    #[default]
    Nothing,
    Json(JsonText),
    Assignment(Unfinished, Option<Date>),
}

#[derive(Debug, Default)]
struct ImportReader {
    tables: OpenTables,
    topics: DescribedTopics,
    notes: Vec<ImportNote>,
    coordinated: BTreeSet<String>,
    pending: Pending,
    /// The first line that says something, and what.
    first: Option<(usize, String)>,
    /// How many documents of JSON ended so far.
    documents: usize,
    run: Option<(LoggedAssignment, Option<Date>)>,
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

impl ImportReader {
    /// Reads a line, or as much of a long one as can be read without its rest; how many bytes of it
    /// these are.
    fn take(&mut self, part: LinePart<'_>) -> Result<usize, ImportError> {
        match part.extent {
            Extent::Whole => self.whole(part.number, part.text).map(|()| part.text.len()),
            Extent::Begun => match mem::take(&mut self.pending) {
                Pending::Json(json) => self.json(json, part),
                Pending::Nothing if JsonText::begins(part.text) => self.json(JsonText::new(part.number, None), part),
                pending => {
                    self.pending = pending;
                    Ok(0)
                }
            },
        }
    }

    fn whole(&mut self, number: usize, text: &str) -> Result<(), ImportError> {
        let pending = mem::take(&mut self.pending);
        #[cfg(feature = "kafka")]
        if matches!(pending, Pending::Nothing)
            && let Some(record) = records::HexRecord::of(text)
        {
            return self.hex(number, &record);
        }
        let line = TextLine::bare(number, text);
        match pending {
            Pending::Json(json) => {
                let text = json.of_line(number, text);
                self.json(json, LinePart { number, text: &text, extent: Extent::Whole }).map(drop)
            }
            Pending::Assignment(unfinished, _) if JsonText::begins(&line.text) => Err(unfinished.endless()),
            Pending::Assignment(unfinished, at) => self.assignment(unfinished, at, &line),
            Pending::Nothing if JsonText::begins(&line.text) => {
                let part = LinePart { number, text: &line.text, extent: Extent::Whole };
                self.json(JsonText::in_line(&line, text), part).map(drop)
            }
            Pending::Nothing => self.line(&line),
        }
    }

    /// Reads a line that is none of those that go on in the next, or begins one.
    fn line(&mut self, line: &TextLine<'_>) -> Result<(), ImportError> {
        let text: &str = &line.text;
        if !line.is_blank() {
            self.first.get_or_insert_with(|| (line.number, text.trim().into()));
        }
        #[cfg(feature = "kafka")]
        if let Some(record) = records::HexRecord::of(text) {
            return self.hex(line.number, &record);
        }
        if line.is_blank() {
            self.tables.pause();
        } else if let Some(date) = time::date_line(text) {
            self.date(line, date)?;
        } else if is_finished_line(text) {
            let at = self.logged_at(line);
            self.assignment(Unfinished::new(line.number), at, line)?;
        } else if let Some(said) = assignor_line(text) {
            self.assignor(line, &said)?;
        } else if coordinator_log::is_line(text) {
            self.coordinator(line);
        } else if self.dumped(line)? {
            self.understood = true;
        } else if topics::is_line(text) {
            self.understood = true;
            self.topics = mem::take(&mut self.topics).with(line.number, text)?;
        } else if let Some(head) = Head::of(line.number, text) {
            self.tables.begin(line.number, head?);
            self.understood = true;
        } else {
            self.row_or_noise(line)?;
        }
        Ok(())
    }

    fn date(&mut self, line: &TextLine<'_>, date: DateLine) -> Result<(), ImportError> {
        match date {
            DateLine::InZone(zone) => Err(ImportError::Zone { line: line.number, zone }),
            DateLine::Unread => Err(ImportError::Date { line: line.number, text: line.text.trim().into() }),
            DateLine::At(time) => {
                self.unzoned |= time.zone == Zone::NotSaid;
                self.tables.turn(time);
                Ok(())
            }
        }
    }

    fn row_or_noise(&mut self, line: &TextLine<'_>) -> Result<(), ImportError> {
        let text: &str = &line.text;
        let noise = Noise::of(text);
        // A command's words and a log's may stand under a head as fields would.
        let is_said = matches!(noise, Some(Noise::Rebalancing { .. } | Noise::Empty { .. } | Noise::Gone { .. } | Noise::Logged));
        let row = if is_said { None } else { self.tables.row(line)? };
        if let Some(notes) = row {
            self.notes.extend(notes);
            return Ok(());
        }
        match noise {
            Some(noise) => self.noise(line, &noise),
            None if self.tables.is_inside() => return Err(ImportError::Columns { line: line.number }),
            #[cfg(feature = "kafka")]
            None if records::misplaced_hex(text) => {
                let reason = "this looks like a record, but is not `timestamp offset key value` with the bytes in hex or base64".into();
                return Err(ImportError::Log { line: line.number, reason });
            }
            None if looks_like_a_row(text) && self.tables.has_head() => return Err(ImportError::Columns { line: line.number }),
            None if looks_like_a_row(text) => return Err(ImportError::NoHead { line: line.number }),
            None => self.pass_over(line),
        }
        Ok(())
    }

    fn empty(&mut self, group: &str) {
        self.understood = true;
        self.tables.empty(group);
    }

    fn noise(&mut self, line: &TextLine<'_>, noise: &Noise<'_>) {
        match *noise {
            Noise::Silent => {}
            Noise::Command { group } => {
                // Whatever a command prints is no row.
                self.tables.pause();
                group.into_iter().for_each(|group| self.tables.name(group));
            }
            Noise::Rebalancing { group } => {
                self.tables.name(group);
                self.tables.is_rebalancing(group);
            }
            Noise::Empty { group } => self.empty(group),
            Noise::Gone { group } => {
                self.understood = true;
                self.notes.push(ImportNote::of(Some(group), About::Gone));
            }
            Noise::Field { name: "GROUP", value } => self.tables.name(value),
            Noise::Field { name: "STATE", value } if is_rebalancing(value) => {
                if let Some(named) = self.tables.named().cloned() {
                    self.tables.is_rebalancing(&named);
                }
            }
            Noise::Field { name: "MEMBERS", value: "0" } => {
                if let Some(named) = self.tables.named().cloned() {
                    self.empty(&named);
                }
            }
            Noise::Field { .. } => {}
            Noise::Warning if self.warnings < MOST_WARNINGS => {
                self.warnings += 1;
                let warned = About::Warned { line: line.number, text: line.text.trim().into() };
                self.notes.push(ImportNote::on_all(warned));
            }
            Noise::Warning | Noise::Logged => self.pass_over(line),
        }
    }

    fn pass_over(&mut self, line: &TextLine<'_>) {
        let first = || (0, line.number, line.text.trim().to_string());
        self.passed_over.get_or_insert_with(first).0 += 1;
    }

    /// Reads a line of an assignment that a leading client logged; one that does not end goes on in
    /// the next.
    fn assignment(&mut self, unfinished: Unfinished, at: Option<Date>, line: &TextLine<'_>) -> Result<(), ImportError> {
        match unfinished.with(&line.text)? {
            Ok(finished) => self.logged(finished.group.as_ref(), at, Seen::Group(finished.seen)),
            Err(unfinished) => self.pending = Pending::Assignment(unfinished, at),
        }
        Ok(())
    }

    fn logged(&mut self, group: Option<&String>, at: Option<Date>, seen: Seen) {
        self.understood = true;
        let at = at.or(self.tables.at(None));
        self.tables.groups.logged(group, Observation { at, seen });
    }

    /// The time of a line of a log: its own, else what something put before it.
    fn logged_at(&mut self, line: &TextLine<'_>) -> Option<Date> {
        match time::of_log(&line.text) {
            Some(Time { zone: Zone::NotSaid, .. }) if line.stamp.is_some() => line.stamp,
            Some(time) => {
                self.unzoned |= time.zone == Zone::NotSaid;
                Some(time.date)
            }
            None => line.stamp,
        }
    }

    fn assignor(&mut self, line: &TextLine<'_>, said: &Said<'_>) -> Result<(), ImportError> {
        self.understood = true;
        if let Said::Running { group, members } = said {
            self.finish_run();
            self.run = Some((LoggedAssignment::new(group, *members), self.logged_at(line)));
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
                    self.notes.push(ImportNote::of(Some(&group), about));
                }
                self.logged(Some(&group), at, Seen::Group(seen));
            }
            None => drop(self.broken_off.insert(group)),
        }
    }

    /// Reads a record of `__consumer_offsets` that is a line of hex.
    #[cfg(feature = "kafka")]
    fn hex(&mut self, line: usize, record: &records::HexRecord<'_>) -> Result<(), ImportError> {
        self.recorded();
        self.records.hex(line, record)
    }

    #[cfg(feature = "kafka")]
    fn recorded(&mut self) {
        self.understood = true;
        self.tables.pause();
    }

    #[cfg(feature = "kafka")]
    fn finish_records(&mut self) {
        let told = mem::take(&mut self.records).told(&self.topics.names());
        self.notes.extend(told.notes);
        for (group, observations) in told.groups {
            observations.into_iter().for_each(|observation| self.tables.groups.recorded(&group, observation));
        }
    }

    #[cfg(not(feature = "kafka"))]
    fn finish_records(&mut self) {}

    fn coordinator(&mut self, line: &TextLine<'_>) {
        match coordinator_log::line(&line.text) {
            Some((group, what)) => {
                self.understood = true;
                let at = self.logged_at(line);
                self.lives.entry(group).or_default().push(at, what);
            }
            None if coordinator_log::is_told_elsewhere(&line.text) => {}
            None => self.pass_over(line),
        }
    }

    /// Reads a line of the log dump; whether it is one.
    fn dumped(&mut self, line: &TextLine<'_>) -> Result<bool, ImportError> {
        #[cfg(feature = "kafka")]
        if records::is_dump_line(&line.text) {
            self.recorded();
            return self.records.dumped(line.number, &line.text).map(|()| true);
        }
        if !offsets_dump::is_line(&line.text) {
            return Ok(false);
        }
        match offsets_dump::read(line.number, &line.text)? {
            Dumped::Group { name, seen, at } => self.logged(Some(&name), at, Seen::Group(seen)),
            Dumped::OtherProtocol { name, protocol } => {
                *self.others.entry((name, protocol)).or_default() += 1;
            }
            Dumped::PassedOver => {}
        }
        Ok(true)
    }

    /// Reads the JSON documents that end in a line, or in what there is of it; how many bytes of it
    /// were read. The last document may go on in the next line; what stands behind them is a line
    /// of its own.
    fn json(&mut self, mut json: JsonText, part: LinePart<'_>) -> Result<usize, ImportError> {
        let mut rest = part.text;
        while let Some(end) = json.end(rest) {
            let stamp = json.stamp;
            self.ended(json, &rest[..end])?;
            rest = &rest[end..];
            let behind = rest.trim_start();
            match part.extent {
                _ if JsonText::begins(behind) => {
                    (json, rest) = (JsonText::new(part.number, stamp), behind);
                }
                Extent::Begun => return Ok(part.text.len() - rest.len()),
                Extent::Whole if behind.is_empty() => return Ok(part.text.len()),
                Extent::Whole => {
                    self.line(&TextLine { number: part.number, text: rest.into(), stamp })?;
                    return Ok(part.text.len());
                }
            }
        }
        let ending = if part.extent == Extent::Whole { "\n" } else { "" };
        for text in [rest, ending] {
            let parts = json.push(text);
            self.parts(&parts, json.stamp)?;
        }
        self.pending = Pending::Json(json);
        Ok(part.text.len())
    }

    /// Reads a document that has ended, but for the parts of it that were read already.
    fn ended(&mut self, json: JsonText, end: &str) -> Result<(), ImportError> {
        let (line, stamp, ended) = (json.line, json.stamp, json.ended(end));
        let rest = ended.rest.trim_end();
        self.parts(&ended.parts, stamp)?;
        match ended.had_parts {
            Some(last) => self.described(line, stamp, admin_json::read_rest(last, rest)?)?,
            None => self.document((line, None), stamp, rest)?,
        }
        self.documents += 1;
        Ok(())
    }

    fn parts(&mut self, parts: &[JsonPart], stamp: Option<Date>) -> Result<(), ImportError> {
        parts.iter().try_for_each(|part| self.document((part.line, part.name.as_deref()), stamp, &part.text))
    }

    fn document(&mut self, (line, name): (usize, Option<&str>), stamp: Option<Date>, document: &str) -> Result<(), ImportError> {
        #[cfg(feature = "kafka")]
        if let Some(read) = self.records.json(line, document) {
            self.recorded();
            return read;
        }
        let read = admin_json::read(line, name, document)?;
        self.described(line, stamp, read)
    }

    fn described(&mut self, line: usize, stamp: Option<Date>, document: Document) -> Result<(), ImportError> {
        match document {
            Document::Groups(groups, owned) => {
                self.understood = true;
                self.tables.leave();
                owned.into_iter().for_each(|owned| self.tables.owned(self.documents, line, stamp, owned));
                for DescribedGroup { table, notes } in groups {
                    self.notes.extend(notes);
                    self.tables.described(table, stamp);
                }
                Ok(())
            }
            Document::Logged { text, at } => text.lines().try_for_each(|text| self.wrapped(line, text, at.or(stamp))),
        }
    }

    /// Reads a line that stands in a JSON document, as some write their logs.
    fn wrapped(&mut self, number: usize, text: &str, stamp: Option<Date>) -> Result<(), ImportError> {
        let mut json = JsonText::new(number, stamp);
        let is_document = JsonText::begins(text) && json.end(text).is_some_and(|end| text[end..].trim().is_empty());
        match mem::take(&mut self.pending) {
            Pending::Assignment(unfinished, at) => self.assignment(unfinished, at, &TextLine::bare(number, text)),
            _ if is_document => self.document((number, None), stamp, text),
            _ => {
                let line = TextLine::bare(number, text);
                self.line(&TextLine { stamp: line.stamp.or(stamp), ..line })
            }
        }
    }

    fn finish(mut self) -> Result<Contents, ImportError> {
        match mem::take(&mut self.pending) {
            Pending::Nothing => {}
            Pending::Json(json) => self.ended(json, "")?,
            Pending::Assignment(unfinished, _) => return Err(unfinished.endless()),
        }
        self.finish_run();
        let unseen = self.tables.finish();
        for (group, life) in mem::take(&mut self.lives) {
            let told = life.told();
            self.notes.extend(told.notes.into_iter().map(|about| ImportNote::of(Some(&group), about)));
            told.observations.into_iter().for_each(|observation| self.tables.groups.logged(Some(&group), observation));
            self.coordinated.insert(group);
        }
        self.finish_records();
        let other = |((group, protocol), records): ((String, String), usize)| {
            ImportNote::of(Some(&group), About::OtherProtocol { protocol, records })
        };
        self.notes.extend(mem::take(&mut self.others).into_iter().map(other));
        if !self.understood {
            return Err(ImportError::Nothing { looks: looks(self.first.as_ref()) });
        }
        let unseen = unseen.iter().map(|(group, moments)| ImportNote::of(Some(group), About::Unsettled { moments: *moments }));
        let broken_off = self.broken_off.iter().map(|group| ImportNote::of(Some(group), About::BrokenOff));
        let zone = self.unzoned.then(|| ImportNote::on_all(About::ZoneNotSaid));
        let passed_over = self.passed_over.map(|(lines, line, text)| ImportNote::on_all(About::PassedOver { lines, line, text }));
        self.notes.extend(unseen.chain(broken_off).chain(zone).chain(passed_over));
        let Self { tables: OpenTables { groups, without_assignments, .. }, topics, notes, coordinated, .. } = self;
        Ok(Contents { groups: groups.merged(), topics, notes, coordinated, without_assignments })
    }
}

/// What an input looks like of which nothing is known.
fn looks(first: Option<&(usize, String)>) -> String {
    match first {
        None => "there is nothing in it".into(),
        Some((line, text)) => format!("nothing in it is known; line {line} is \"{}\"", super::note::short(text)),
    }
}
