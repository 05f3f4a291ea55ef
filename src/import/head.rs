//! Heads of tables, and the fields of a line below one.
//!
//! Columns came and went: GROUP with 2.4, GROUP-INSTANCE-ID where any member has one, epochs and
//! targets around the assignment with 4.0. Other tools have the same columns under other names.

use super::error::ImportError;

/// What a column holds, as far as that is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    Group,
    Topic,
    Partition,
    Member,
    Instance,
    Client,
    Count,
    Assignment,
    TargetEpoch,
    Target,
    Members,
    Other,
}

/// The names of the columns of use: those of Kafka's own tool first.
const NAMES: [(&str, Heading); 19] = [
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
        let index = self.head.columns.iter().position(|(kind, _)| *kind == column)?;
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
        readings.into_iter().find(|fields| self.fits(fields))
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
                one_word(topic) && (is_number(partition) || (topic == MISSING && partition == MISSING))
            }
            TableKind::States => one_word(field(Heading::Group)) && is_number(field(Heading::Members)),
        }
    }
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
        () => false,
    };
    is_cut_off.then(|| names[last].0.clone())
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
