//! Tables of a group: their heads, the fields of a line below one, and what each line says.
//!
//! Columns came and went: GROUP with 2.4, GROUP-INSTANCE-ID where any member has one, epochs and
//! targets around the assignment with 4.0. Other tools have the same columns under other names.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::error::ImportError;
use super::history::{PartitionsByTopic, SeenMember};
use super::note::{About, ImportNote};
use super::partitions;
use crate::document::Date;

/// What one table says of one group.
#[derive(Clone, Debug)]
pub(super) struct GroupTable {
    pub(super) group: Option<String>,
    pub(super) kind: TableKind,
    /// The time that stood before it.
    pub(super) at: Option<Date>,
    /// How many times stood before it: tables between two of them belong together.
    pub(super) section: usize,
    pub(super) members: Vec<SeenMember>,
    /// Where each member stands in the list, and the line it was first met in.
    places: BTreeMap<String, (usize, usize)>,
    /// Partitions without an owner.
    pub(super) unowned: PartitionsByTopic,
    pub(super) generation: Option<i64>,
    /// What it says of who has what.
    pub(super) assigned: Assigned,
    /// Members that do not say their target.
    pub(super) untargeted: Vec<String>,
    /// Whether the group was said to be rebalancing.
    pub(super) rebalancing: bool,
}

/// What a table says of who has what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Assigned {
    /// Nothing.
    NotSaid,
    /// There are no members.
    ToNobody,
    /// What members hold: on the way to a new assignment this is not what was decided.
    Held,
    /// Also what was decided.
    Decided,
}

impl GroupTable {
    pub(super) fn new(group: Option<String>, kind: TableKind, at: Option<Date>, section: usize) -> Self {
        let (members, places, unowned) = (Vec::new(), BTreeMap::new(), PartitionsByTopic::new());
        Self {
            group,
            kind,
            at,
            section,
            members,
            places,
            unowned,
            generation: None,
            assigned: Assigned::NotSaid,
            untargeted: Vec::new(),
            rebalancing: false,
        }
    }

    /// The table with a line more.
    ///
    /// # Errors
    ///
    /// Where its partitions cannot be read, or it is the second of a member that may have only one.
    pub(super) fn with(self, head: &Head, line: usize, fields: &LineFields<'_>) -> Result<(Self, Vec<ImportNote>), ImportError> {
        match head.kind {
            TableKind::Members => self.member(head, line, fields),
            TableKind::Offsets => self.partition(line, fields).map(|table| (table, Vec::new())),
            TableKind::States => Ok((self, Vec::new())),
        }
    }

    fn member(mut self, head: &Head, line: usize, fields: &LineFields<'_>) -> Result<(Self, Vec<ImportNote>), ImportError> {
        let member = named(fields).ok_or(ImportError::Columns { line })?;
        if let Some((_, before)) = self.places.insert(member.id.clone(), (self.members.len(), line)) {
            return Err(ImportError::Repeated { line, before, member: member.id });
        }
        let list = |column| fields.get(column).map_or(Ok(PartitionsByTopic::new()), |text| partitions::parse(line, text));
        let held = list(Heading::Assignment)?;
        let epoch: Option<i64> = fields.get(Heading::TargetEpoch).and_then(|epoch| epoch.parse().ok());
        let target = (epoch.is_some() || fields.get(Heading::Target).is_some()).then(|| list(Heading::Target)).transpose()?;
        let notes = miscounted(self.group.as_deref(), line, fields, &held);
        if head.has_assignments() {
            self.assigned = self.assigned.max(if target.is_some() { Assigned::Decided } else { Assigned::Held });
            if target.is_none() {
                self.untargeted.push(member.id.clone());
            }
            let (decided, held) = (Some(target.unwrap_or_else(|| held.clone())), Some(held));
            self.members.push(SeenMember { decided, held, ..member });
        } else {
            self.members.push(member);
        }
        self.generation = self.generation.max(epoch);
        Ok((self, notes))
    }

    fn partition(self, line: usize, fields: &LineFields<'_>) -> Result<Self, ImportError> {
        let partition = match (fields.get(Heading::Topic), fields.get(Heading::Partition)) {
            (Some(topic), Some(text)) => Some((topic.to_string(), partitions::partition(line, text)?)),
            _ => None,
        };
        Ok(self.owning(line, partition, named(fields)))
    }

    /// The table with a partition more, and whose it is; a member may have none.
    pub(super) fn owning(mut self, line: usize, partition: Option<(String, i32)>, owner: Option<SeenMember>) -> Self {
        self.assigned = Assigned::Held;
        let Some(member) = owner else {
            if let Some((topic, partition)) = partition {
                self.unowned.entry(topic).or_default().push(partition);
            }
            return self;
        };
        let (index, _) = *self.places.entry(member.id.clone()).or_insert((self.members.len(), line));
        if index == self.members.len() {
            self.members.push(SeenMember { decided: Some(PartitionsByTopic::new()), held: Some(PartitionsByTopic::new()), ..member });
        }
        if let Some((topic, partition)) = partition {
            let SeenMember { decided, held, .. } = &mut self.members[index];
            [decided, held].into_iter().flatten().for_each(|list| list.entry(topic.clone()).or_default().push(partition));
        }
        self
    }
}

/// Who a line is about.
fn named(fields: &LineFields<'_>) -> Option<SeenMember> {
    let text = |column| fields.get(column).map(String::from);
    let (instance, client) = (text(Heading::Instance), text(Heading::Client));
    Some(SeenMember { id: text(Heading::Member)?, instance, client, ..SeenMember::default() })
}

fn miscounted(group: Option<&str>, line: usize, fields: &LineFields<'_>, held: &PartitionsByTopic) -> Vec<ImportNote> {
    let listed = held.values().map(Vec::len).sum();
    let said: Option<usize> = fields.get(Heading::Count).and_then(|count| count.parse().ok());
    let wrong = said.filter(|said| fields.get(Heading::Assignment).is_some() && *said != listed);
    wrong.map(|said| ImportNote::of(group, About::Miscounted { line, said, listed })).into_iter().collect()
}

/// What a column holds, as far as that is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    Group,
    Topic,
    Partition,
    Member,
    Instance,
    Host,
    Client,
    Count,
    Assignment,
    TargetEpoch,
    Target,
    Members,
    Other,
}

/// The names of the columns of use: those of Kafka's own tool first.
const NAMES: [(&str, Heading); 20] = [
    ("GROUP", Heading::Group),
    ("CONSUMER-GROUP", Heading::Group),
    ("TOPIC", Heading::Topic),
    ("PARTITION", Heading::Partition),
    ("CONSUMER-ID", Heading::Member),
    ("MEMBER-ID", Heading::Member),
    ("CONSUMER", Heading::Member),
    ("GROUP-INSTANCE-ID", Heading::Instance),
    ("INSTANCE-ID", Heading::Instance),
    ("INSTANCE", Heading::Instance),
    ("HOST", Heading::Host),
    ("CLIENT-ID", Heading::Client),
    ("CLIENT", Heading::Client),
    ("#PARTITIONS", Heading::Count),
    ("ASSIGNMENT", Heading::Assignment),
    ("CURRENT-ASSIGNMENT", Heading::Assignment),
    ("TARGET-EPOCH", Heading::TargetEpoch),
    ("TARGET-ASSIGNMENT", Heading::Target),
    ("#MEMBERS", Heading::Members),
    ("TARGET-ASSIGNMENT-EPOCH", Heading::TargetEpoch),
];

/// What a table lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TableKind {
    /// A member in a line, with its partitions where it is verbose.
    Members,
    /// A partition in a line, with its owner.
    Offsets,
    /// A group in a line.
    States,
}

/// The head of a table.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) kind: TableKind,
    /// What each column holds, and where it begins, in characters.
    columns: Vec<(Heading, usize)>,
    layout: TableLayout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TableLayout {
    /// Spaces between the columns.
    Spaced,
    /// `|` between the columns.
    Ruled,
}

/// The fields of a line, one for each column.
pub(super) struct LineFields<'a> {
    head: &'a Head,
    fields: Vec<String>,
}

/// The most words that a client id is looked for in, beyond one.
const MOST_WORDS: usize = 16;
/// What stands for an empty field.
const MISSING: &str = "-";

impl LineFields<'_> {
    /// What stands in that column, unless it is not there or empty.
    pub(super) fn get(&self, column: Heading) -> Option<&str> {
        let index = self.head.index(column)?;
        self.fields.get(index).map(|field| field.trim()).filter(|field| !field.is_empty() && *field != MISSING)
    }
}

impl Head {
    /// The head in this line, if it is one.
    ///
    /// # Errors
    ///
    /// Where it heads a table that does not say who has what.
    pub(super) fn of(line: usize, text: &str) -> Option<Result<Self, ImportError>> {
        if let Some(tool) = unreadable_tool(text) {
            return Some(Err(ImportError::OtherTool { line, tool }));
        }
        if let Some(kind) = other_group(text) {
            let reason = format!("this is a table of a {kind} group, and not of consumers that share partitions out among themselves");
            return Some(Err(ImportError::Log { line, reason }));
        }
        let layout = if text.contains('|') { TableLayout::Ruled } else { TableLayout::Spaced };
        let names = match layout {
            TableLayout::Spaced => words(text),
            TableLayout::Ruled => cells(text).into_iter().map(|cell| (cell, 0)).collect(),
        };
        let columns: Vec<(Heading, usize)> = names.iter().map(|(name, start)| (column(name, layout), *start)).collect();
        let has = |column| columns.iter().any(|(kind, _)| *kind == column);
        let kind = match () {
            () if has(Heading::Topic) && has(Heading::Partition) && columns.len() >= 3 => TableKind::Offsets,
            () if has(Heading::Member) && (has(Heading::Count) || has(Heading::Assignment) || has(Heading::Client)) => TableKind::Members,
            () if has(Heading::Group) && has(Heading::Members) => TableKind::States,
            () => return None,
        };
        if kind == TableKind::Offsets && names.iter().any(|(name, _)| name == "OWNER") {
            return Some(Err(ImportError::OtherTool { line, tool: "Kafka's tool before 2.0" }));
        }
        Some(match cut_off(&names).filter(|_| layout == TableLayout::Spaced) {
            Some(column) => Err(ImportError::CutOff { line, column }),
            None => Ok(Self { kind, columns, layout }),
        })
    }

    /// Whether its table says what members have.
    pub(super) fn has_assignments(&self) -> bool {
        let says = if self.kind == TableKind::Offsets { Heading::Member } else { Heading::Assignment };
        self.index(says).is_some()
    }

    /// The fields of a line of its table; none where it cannot be one.
    pub(super) fn fields(&self, text: &str) -> Option<LineFields<'_>> {
        let fields = match self.layout {
            TableLayout::Ruled => Some(cells(text)).filter(|cells| cells.len() == self.columns.len() && self.fits(cells)),
            TableLayout::Spaced => self.aligned(text).or_else(|| self.counted(text)),
        }?;
        Some(LineFields { head: self, fields })
    }

    fn index(&self, column: Heading) -> Option<usize> {
        self.columns.iter().position(|(kind, _)| *kind == column)
    }

    /// The fields of a line that stands under its head as it was printed: a field may be empty, or
    /// have spaces in it.
    fn aligned(&self, text: &str) -> Option<Vec<String>> {
        let characters: Vec<char> = text.trim_end().chars().collect();
        let ends = self.columns.iter().skip(1).map(|(_, start)| *start).chain([usize::MAX]);
        let cut =
            |start: usize, end: usize| characters.get(start..end.min(characters.len())).unwrap_or_default().iter().collect::<String>();
        let separated = |start: usize| start == 0 || characters.get(start - 1).is_none_or(|character| character.is_whitespace());
        let fields: Vec<String> = self.columns.iter().zip(ends).map(|((_, start), end)| cut(*start, end)).collect();
        let begins = fields.iter().all(|field| field.trim().is_empty() || !field.starts_with(char::is_whitespace));
        let before = characters.iter().take(self.columns.first()?.1).all(|character| character.is_whitespace());
        let fits = before && begins && self.fits(&fields) && self.columns.iter().all(|(_, start)| separated(*start));
        fits.then_some(fields)
    }

    /// The fields of a line whose spaces were changed on its way. One word for each column; where
    /// there are more, the last field or the client id has spaces in it, where there are fewer,
    /// fields that may be empty are.
    fn counted(&self, text: &str) -> Option<Vec<String>> {
        let words: Vec<String> = text.split_whitespace().map(String::from).collect();
        let columns = self.columns.len();
        let last = columns.checked_sub(1)?;
        let readings: Vec<Vec<String>> = match words.len() {
            0 => Vec::new(),
            // Of a group that is empty the assignor is not said, and a coordinator is two words.
            _ if self.kind == TableKind::States => self.ends(&words).into_iter().collect(),
            count if count >= columns => {
                // The words beyond one for each are in the client id, in the last field, or in
                // both.
                let more = count - columns;
                let client = self.index(Heading::Client).filter(|at| *at < last);
                let split = |of_client: usize| {
                    let at = client.unwrap_or(0);
                    let (end, last) = (at + of_client + 1, last + of_client);
                    [&words[..at], &[words[at..end].join(" ")], &words[end..last], &[words[last..].join(" ")]].concat()
                };
                let longest = if client.is_some() { more.min(MOST_WORDS) } else { 0 };
                (0..=longest).map(split).collect()
            }
            count => {
                let without = |at: usize| [&words[..at], &[String::new()], &words[at..]].concat();
                let instance = self.index(Heading::Instance).filter(|at| count + 1 == columns && *at <= count).map(without);
                let unowned =
                    (self.kind == TableKind::Offsets && self.index(Heading::Member).is_none_or(|at| at == count)).then(|| words.clone());
                instance.into_iter().chain(unowned).collect()
            }
        };
        readings.into_iter().find(|fields| self.fits(fields) && self.has_host_in_its_place(fields))
    }

    /// Whether an address, if a line has one, stands where the host is due: else what stands before
    /// it has spaces in it, and nobody can tell where the member's id ends.
    fn has_host_in_its_place(&self, fields: &[String]) -> bool {
        let host = self.index(Heading::Host).and_then(|at| fields.get(at));
        host.is_none_or(|host| is_address(host) || !fields.iter().flat_map(|field| field.split_whitespace()).any(is_address))
    }

    /// The first and the last word of a line, as the fields that stand there.
    fn ends(&self, words: &[String]) -> Option<Vec<String>> {
        let between = vec![String::new(); self.columns.len().checked_sub(2)?];
        Some([&[words.first()?.clone()][..], &between, &[words.last()?.clone()]].concat())
    }

    /// Whether these can be the fields of a line: in lines cut in the wrong places a word usually
    /// stands where a number is due.
    fn fits(&self, fields: &[String]) -> bool {
        let field = |column| self.index(column).and_then(|index| fields.get(index)).map_or("", |field| field.trim());
        let is_number = |text: &str| text.parse::<u64>().is_ok();
        let one_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        match self.kind {
            TableKind::Members => {
                let count = self.index(Heading::Count).is_none_or(|_| is_number(field(Heading::Count)));
                // Where a member has nothing, that is printed: a field that is not there was cut
                // off.
                let lists = [Heading::Assignment, Heading::Target];
                let whole = lists.iter().all(|column| self.index(*column).is_none_or(|_| !field(*column).is_empty()));
                count && whole && one_word(field(Heading::Member)) && field(Heading::Member) != MISSING
            }
            TableKind::Offsets => {
                let (topic, partition) = (field(Heading::Topic), field(Heading::Partition));
                // A client's id, and its member's with it, may have spaces in it; then it is not
                // empty itself.
                let member = field(Heading::Member);
                let spaced = member.contains(char::is_whitespace) && self.index(Heading::Client).is_some();
                let is_owner = !spaced || !field(Heading::Client).is_empty();
                is_owner && one_word(topic) && (is_number(partition) || (topic == MISSING && partition == MISSING))
            }
            TableKind::States => one_word(field(Heading::Group)) && is_number(field(Heading::Members)),
        }
    }
}

/// Whether this is a host as Kafka prints it, `/10.0.0.1` or with a name before it.
fn is_address(word: &str) -> bool {
    let address = word.rsplit_once('/').map_or("", |(_, address)| address);
    address.split_once('%').map_or(address, |(address, _)| address).parse::<IpAddr>().is_ok()
}

/// The words of a line, and where each begins, in characters.
fn words(line: &str) -> Vec<(String, usize)> {
    let mut words: Vec<(String, usize)> = Vec::new();
    let mut inside = false;
    for (start, character) in line.chars().enumerate() {
        if !character.is_whitespace() && !inside {
            words.push((String::new(), start));
        }
        inside = !character.is_whitespace();
        if let Some((word, _)) = words.last_mut().filter(|_| inside) {
            word.push(character);
        }
    }
    words
}

/// What stands between the rules of a line.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    line.strip_suffix('|').unwrap_or(line).split('|').map(|cell| cell.trim().to_string()).collect()
}

fn column(name: &str, layout: TableLayout) -> Heading {
    let name = match layout {
        TableLayout::Spaced => name.to_string(),
        TableLayout::Ruled => name.to_uppercase().replace([' ', '_'], "-"),
    };
    NAMES.iter().find(|(known, _)| *known == name).map_or(Heading::Other, |(_, column)| *column)
}

/// The last column of a head of Kafka's own tool whose right edge is missing: ids of members, and
/// targets, may be cut off with it.
fn cut_off(names: &[(String, usize)]) -> Option<String> {
    let has = |name: &str| names.iter().any(|(known, _)| known == name);
    let member = names.iter().position(|(name, _)| column(name, TableLayout::Spaced) == Heading::Member);
    let last = names.len().checked_sub(1)?;
    let is_cut_off = match () {
        () if has("LOG-END-OFFSET") && has("LAG") => member.is_none_or(|place| place == last),
        () if has("CURRENT-ASSIGNMENT") && has("TARGET-EPOCH") => !has("TARGET-ASSIGNMENT"),
        () if has("#PARTITIONS") => names[last].0 != "ASSIGNMENT" && "ASSIGNMENT".starts_with(&names[last].0),
        () => false,
    };
    is_cut_off.then(|| names[last].0.clone())
}

/// The kind of group that this line heads a table of, if it is none of consumers.
fn other_group(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let has = |names: &[&str]| names.iter().all(|name| words.contains(name));
    match () {
        // Its partitions have several owners each.
        () if has(&["CONSUMER-ID", "MEMBER-EPOCH"]) || has(&["TOPIC", "PARTITION", "START-OFFSET"]) => Some("share"),
        () if has(&["GROUP", "MEMBER", "PROCESS"]) || has(&["GROUP", "MEMBER", "PROCESS-ID"]) => Some("streams"),
        () => None,
    }
}

/// The tool that this line is a head of, if its tables cannot be read: they do not tell members
/// apart.
fn unreadable_tool(text: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    match () {
        () if has(&["CLIENT_HOST", "CLIENT_ID", "ASSIGNED_PARTITIONS"]) => Some("kafkactl"),
        () if has(&["TOPIC", "PARTITION", "NEWEST_OFFSET", "CONSUMER_OFFSET"]) => Some("kafkactl"),
        () if has(&["Partition", "Group Offset", "High Watermark"]) => Some("kaf"),
        () => None,
    }
}
