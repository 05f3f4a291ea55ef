//! What an import inferred, passed over, or found odd.

use std::fmt;

/// Something that an input does not say and was inferred, or says and was doubted or passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportNote {
    /// The group it is about, if it is about one that has a name.
    pub group: Option<String>,
    /// What.
    pub about: About,
}

/// What a note says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum About {
    /// The partition counts of these topics were taken from the highest partition seen.
    PartitionCounts {
        /// Topics and their counts.
        topics: Vec<(String, i64)>,
    },
    /// Members are taken to subscribe to every topic.
    SubscribesToEvery {
        /// Their ids.
        members: Vec<String>,
    },
    /// Members are taken to subscribe to nothing: they owned nothing.
    SubscribesToNothing {
        /// Their ids.
        members: Vec<String>,
    },
    /// A member owns partitions of a topic that it is said not to subscribe to.
    OwnsUnsubscribed {
        /// The member's id.
        member: String,
        /// The topic.
        topic: String,
    },
    /// A member subscribes to a topic of which nothing is known.
    UnknownTopic {
        /// The member's id.
        member: String,
        /// The topic.
        topic: String,
    },
    /// A partition was seen beyond the count that was said.
    BeyondCount {
        /// The topic.
        topic: String,
        /// The highest partition seen.
        partition: i32,
        /// The count.
        partitions: i64,
    },
    /// A subscription was given for a member that is not there.
    NoSuchMember {
        /// The member's name.
        member: String,
    },
    /// A line lists another number of partitions than it says.
    Miscounted {
        /// The line, from 1.
        line: usize,
        /// How many it says.
        said: usize,
        /// How many it lists.
        listed: usize,
    },
    /// Partitions have no owner.
    Unowned {
        /// Them, as topic and partition.
        partitions: Vec<(String, i32)>,
    },
    /// The input says that the group is rebalancing, and says what was decided.
    Rebalancing,
    /// The input says that the group is rebalancing, and not what was decided: what is held is
    /// judged.
    NoTarget,
    /// Some members have the target of a rebalance, others do not say theirs.
    TargetMissing {
        /// The members that do not.
        members: Vec<String>,
    },
    /// There is no group in the input.
    NoGroup,
    /// The group has no members.
    NoMembers,
    /// There is no such group.
    Gone,
    /// No partition of the group is known.
    NoPartitions,
    /// Of the group only members are known, not what they have: `--verbose` prints it.
    NoAssignments,
    /// What these members have is not said, as it is of others: they are taken to have nothing.
    TakenToHaveNothing {
        /// The members' ids.
        members: Vec<String>,
    },
    /// The table of owners does not list members without partitions, as that of members does.
    IdleNotShown,
    /// Two tables of one moment do not agree: that of the members is taken.
    TablesDisagree {
        /// The members of which they say different things.
        members: Vec<String>,
    },
    /// Of repeated tables those are left out in which nothing differs from the one before.
    Repeated {
        /// How many.
        moments: usize,
    },
    /// Moments in which the group was between two assignments, and nobody had anything, are left
    /// out.
    Unsettled {
        /// How many.
        moments: usize,
    },
    /// The moments have no date, and are numbered.
    Undated {
        /// How many.
        moments: usize,
    },
    /// A moment without a date has that of the moment beside it.
    DateTaken {
        /// How many.
        moments: usize,
    },
    /// Dates that fell were raised to the one before.
    DateFell {
        /// How many.
        moments: usize,
    },
    /// Times without a zone are taken to be UTC.
    ZoneNotSaid,
    /// Members were there before the log begins.
    BeforeTheLog {
        /// Their ids.
        members: Vec<String>,
    },
    /// Members whose joining is not named: they are taken to have joined where the log first counts
    /// one more.
    JoiningNotNamed {
        /// Their ids.
        members: Vec<String>,
    },
    /// The log counts members that it does not name.
    MembersNotNamed {
        /// The most at one time.
        members: usize,
    },
    /// Members said how many partitions they owned, and the log does not say which.
    OwnedNotNamed {
        /// How many.
        partitions: u64,
    },
    /// A log breaks off within an assignment.
    BrokenOff,
    /// A generation stands in the input again, as before.
    SameGeneration {
        /// How many times.
        times: usize,
    },
    /// The group does not assign partitions, or is not a consumers' group.
    OtherProtocol {
        /// Its protocol; empty where it only keeps offsets.
        protocol: String,
        /// How many records of it were passed over.
        records: usize,
    },
    /// Records of other kinds than those of groups and their members, or in versions to come.
    RecordsPassedOver {
        /// What they are, and how many.
        kinds: Vec<(String, usize)>,
    },
    /// A topic's description names brokers of which the rack was not given.
    BrokersWithoutRack {
        /// Their ids.
        brokers: Vec<i32>,
    },
    /// Lines are nothing that is known.
    PassedOver {
        /// How many.
        lines: usize,
        /// The first of them.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// What the tool warned of.
    Warned {
        /// The line.
        line: usize,
        /// The warning.
        text: String,
    },
}

impl ImportNote {
    pub(super) fn of(group: Option<&str>, about: About) -> Self {
        Self { group: group.map(String::from), about }
    }

    pub(super) fn on_all(about: About) -> Self {
        Self { group: None, about }
    }
}

/// The most entries of a list that a note names.
const NAMED: usize = 8;
/// The most characters of a name that a note shows.
const SHOWN: usize = 60;

/// A name, cut where it is long.
struct Short<'a>(&'a str);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "{}…", &self.0[..end]),
            None => f.write_str(self.0),
        }
    }
}

/// A name, cut where it is long.
pub(super) fn short(name: &str) -> String {
    Short(name).to_string()
}

/// A list, of which the first few are named.
struct List<'a, T>(&'a [T], fn(&T) -> String);

impl<T> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, entry) in self.0.iter().take(NAMED).enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, Short(&(self.1)(entry)))?;
        }
        match self.0.len().checked_sub(NAMED) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}

fn names(names: &[String]) -> List<'_, String> {
    List(names, String::clone)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// One line, of bounded length.
impl fmt::Display for ImportNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(group) = &self.group {
            write!(f, "group \"{}\": ", Short(group))?;
        }
        self.about.fmt(f)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartitionCounts { topics } => {
                let topics = List(topics, |(topic, partitions)| format!("{topic} {partitions}"));
                write!(f, "partition counts from the highest partition seen (--topic NAME=COUNT says otherwise): {topics}")
            }
            Self::SubscribesToEvery { members } => {
                write!(f, "taken to subscribe to every topic (--subscribe MEMBER=TOPIC,... says otherwise): {}", names(members))
            }
            Self::SubscribesToNothing { members } => write!(f, "owned nothing, so are taken to subscribe to nothing: {}", names(members)),
            Self::OwnsUnsubscribed { member, topic } => {
                write!(f, "member \"{}\" owns partitions of \"{}\", to which it is said not to subscribe", Short(member), Short(topic))
            }
            Self::UnknownTopic { member, topic } => {
                write!(f, "member \"{}\" subscribes to \"{}\", of which nothing is known", Short(member), Short(topic))
            }
            Self::BeyondCount { topic, partition, partitions } => {
                write!(f, "topic \"{}\": partition {partition} was seen, but it is said to have {partitions}", Short(topic))
            }
            Self::NoSuchMember { member } => write!(f, "no member has the id, instance id or client id \"{}\"", Short(member)),
            Self::Miscounted { line, said, listed } => write!(f, "line {line}: says {said} partitions, lists {listed}"),
            Self::Unowned { partitions } => {
                let count = counted(partitions.len(), "partition has", "partitions have");
                let listed = List(partitions, |(topic, partition)| format!("{topic} {partition}"));
                write!(f, "{count} no owner: {listed}; if nobody reads the topic any more, --subscribe says so")
            }
            Self::Rebalancing => f.write_str("is rebalancing: the target is taken for its assignment, and what is held for owned"),
            Self::NoTarget => f.write_str("is rebalancing and does not say its target: what is held is taken for its assignment"),
            Self::TargetMissing { members } => write!(f, "do not say their target, so keep what they hold: {}", names(members)),
            Self::NoGroup => f.write_str("no table has members in it: nothing to plan or judge"),
            Self::NoMembers => f.write_str("has no members: nothing to plan or judge"),
            Self::Gone => f.write_str("does not exist: nothing to plan or judge"),
            Self::NoPartitions => f.write_str("no partition of it is known: nothing to plan or judge"),
            Self::NoAssignments => f.write_str("what its members have is not said (--verbose prints it): nothing to plan or judge"),
            Self::TakenToHaveNothing { members } => {
                write!(f, "have nothing said of them where others have an assignment, so are taken to have none: {}", names(members))
            }
            Self::IdleNotShown => f.write_str("members without partitions may not be shown (--describe --members --verbose shows them)"),
            Self::TablesDisagree { members } => {
                write!(f, "its tables disagree, and that of the members is taken: {}", names(members))
            }
            Self::Repeated { moments } => {
                write!(
                    f,
                    "{} in which nothing differs from the one before",
                    counted(*moments, "table is left out,", "tables are left out,")
                )
            }
            Self::Unsettled { moments } => {
                let count = counted(*moments, "moment is left out,", "moments are left out,");
                write!(f, "{count} in which it was rebalancing and nobody had anything")
            }
            Self::Undated { moments } => {
                write!(f, "{} no date, so the times are 0, 1, 2, …", counted(*moments, "moment has", "moments have"))
            }
            Self::DateTaken { moments } => write!(f, "{} no date and the one beside it", counted(*moments, "moment has", "moments have")),
            Self::DateFell { moments } => {
                write!(f, "{} to the one before", counted(*moments, "date falls, and is raised", "dates fall, and are raised"))
            }
            Self::ZoneNotSaid => f.write_str("times without a zone are taken to be UTC"),
            Self::BeforeTheLog { members } => write!(f, "were members before the log begins: {}", names(members)),
            Self::JoiningNotNamed { members } => {
                write!(f, "join where the log first counts them, which does not name them there: {}", names(members))
            }
            Self::MembersNotNamed { members } => {
                write!(f, "the log counts {} that it does not name", counted(*members, "member", "members"))
            }
            Self::OwnedNotNamed { partitions } => {
                write!(f, "of {partitions} partitions that members owned before, the log does not say which")
            }
            Self::BrokenOff => f.write_str("the log breaks off within an assignment, or lacks lines of it; it is left out"),
            Self::SameGeneration { times } => {
                write!(f, "{} again, as before, and left out", counted(*times, "generation stands there", "generations stand there"))
            }
            Self::OtherProtocol { protocol, records } => {
                let passed_over = counted(*records, "record of it is passed over", "records of it are passed over");
                match protocol.as_str() {
                    "" => write!(f, "only keeps offsets; {passed_over}"),
                    protocol => write!(f, "is a group of the protocol \"{}\", not of consumers; {passed_over}", Short(protocol)),
                }
            }
            Self::RecordsPassedOver { kinds } => {
                write!(f, "records are passed over: {}", List(kinds, |(kind, records)| format!("{records} of {kind}")))
            }
            Self::BrokersWithoutRack { brokers } => {
                write!(f, "the racks of these brokers are not known (--broker-racks): {}", List(brokers, i32::to_string))
            }
            Self::PassedOver { lines, line, text } => {
                write!(f, "{}, the first in line {line}: {}", counted(*lines, "line is passed over", "lines are passed over"), Short(text))
            }
            Self::Warned { line, text } => write!(f, "line {line}: {}", Long(text)),
        }
    }
}

/// A sentence, cut where it is long.
struct Long<'a>(&'a str);

impl fmt::Display for Long<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(4 * SHOWN) {
            Some((end, _)) => write!(f, "{}…", &self.0[..end]),
            None => f.write_str(self.0),
        }
    }
}
