//! A log as it would be if every member were a static one, by a guess at who came back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::log::EventLog;
use crate::document::{EventContent, GroupDocument, Seconds};
use crate::model::{Group, Subscription};

/// The log as it would be if every member were a static one: each without an instance gets one made
/// up.
///
/// A dynamic member comes back under a new member id, so who comes back is a guess. A join within
/// the session timeout after a leave is taken for the member that left, if it has the same member
/// id, or else asks for the same topics: preferably in the same rack, and of several the one that
/// left first. Lines that show the whole group stay as they are.
///
/// O(n log n) in what the log says.
///
/// ```
/// # #[cfg(feature = "json")] {
/// # use sticky_assignor::replay::{EventLog, Faults, RebalanceWindow, totals};
/// # use sticky_assignor::Goals;
/// let text = br#"{"topics": {"orders": 4}, "members": [{"id": "c1", "topics": "*"}, {"id": "c2", "topics": "*"}]}
/// {"at": 0, "leave": "c1"}
/// {"at": 5, "join": {"id": "c3", "topics": "*"}}"#;
/// let log = EventLog::from_json_lines(text, Faults::Refuse, 1_000)?;
/// let fixed = sticky_assignor::replay::with_static_members(&log, 45.into());
/// let window = RebalanceWindow { session_timeout: 45.into(), ..RebalanceWindow::default() };
/// assert_eq!(totals(&fixed, window, Goals::BALANCE_STICKINESS)?.moved, 0);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn with_static_members(log: &EventLog, session_timeout: Seconds) -> EventLog {
    let mut group = GroupDocument::from(&log.group);
    let mut guess = Guess::new(session_timeout.number(), instances(&group, log));
    for member in &mut group.members {
        let asks = Asks { id: &member.id, topics: &member.topics.0, rack: member.rack.as_deref() };
        guess.join(f64::NEG_INFINITY, &asks, &mut member.instance);
    }
    let mut changed = EventLog { group: Group::try_from(&group).unwrap_or_else(|_| log.group.clone()), ..log.clone() };
    for logged in &mut changed.events {
        guess.event(logged.event.at.seconds(), &mut logged.event.content);
    }
    changed
}

/// The instances that members have of their own.
fn instances(group: &GroupDocument, log: &EventLog) -> BTreeSet<String> {
    let joined = log.events.iter().filter_map(|logged| match &logged.event.content {
        EventContent::Join(join) => join.instance.clone(),
        _ => None,
    });
    group.members.iter().filter_map(|member| member.instance.clone()).chain(joined).collect()
}

/// What a member that joins asks for.
struct Asks<'a> {
    id: &'a str,
    topics: &'a Subscription,
    rack: Option<&'a str>,
}

/// A member that is there, with an instance that was made up.
struct Present {
    instance: String,
    topics: TopicsNumber,
    rack: Option<String>,
}

/// A member that left and may come back.
struct DepartedMember {
    instance: String,
    until: f64,
}

/// Which topics are asked for: equal numbers for equal topics.
type TopicsNumber = usize;

/// What a member that joins may have in common with one that left.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Id(String),
    TopicsAndRack(TopicsNumber, Option<String>),
    Topics(TopicsNumber),
}

impl Likeness {
    /// All that may be in common, the best first.
    fn all(id: &str, topics: TopicsNumber, rack: Option<&str>) -> [Self; 3] {
        [Self::Id(id.into()), Self::TopicsAndRack(topics, rack.map(String::from)), Self::Topics(topics)]
    }
}

/// Who is there, who may come back, and the names given so far.
struct Guess {
    session_timeout: f64,
    present: BTreeMap<String, Present>,
    /// In the order they left; nothing where one came back, or was found to be away too long.
    left: Vec<Option<DepartedMember>>,
    /// Numbers of those that left, by what they have in common with whoever joins.
    alike: BTreeMap<Likeness, VecDeque<usize>>,
    /// Lists of topics in order, each once, with their numbers; every topic is no list.
    topics: BTreeMap<Option<BTreeSet<String>>, TopicsNumber>,
    /// All instances there are.
    taken: BTreeSet<String>,
}

impl Guess {
    fn new(session_timeout: f64, taken: BTreeSet<String>) -> Self {
        let (present, left, alike, topics) = Default::default();
        Self { session_timeout, present, left, alike, topics, taken }
    }

    fn event(&mut self, at: f64, content: &mut EventContent) {
        match content {
            EventContent::Join(join) => {
                let asks = Asks { id: &join.id, topics: &join.topics.0, rack: join.rack.as_deref() };
                self.join(at, &asks, &mut join.instance);
            }
            EventContent::Leave(id) => self.leave(at, id),
            EventContent::Subscribe(subscribe) => {
                let topics = self.number(&subscribe.topics.0);
                if let Some(present) = self.present.get_mut(&subscribe.id) {
                    present.topics = topics;
                }
            }
            EventContent::Topics(_) | EventContent::Group(_) | EventContent::Rebalance(_) => {}
        }
    }

    /// A member joins: one without an instance gets one.
    fn join(&mut self, at: f64, asks: &Asks<'_>, instance: &mut Option<String>) {
        if instance.is_none() {
            let topics = self.number(asks.topics);
            let alike = Likeness::all(asks.id, topics, asks.rack);
            let known = alike.iter().find_map(|likeness| self.back(at, likeness)).unwrap_or_else(|| self.made_up(asks.id));
            *instance = Some(known.clone());
            self.present.insert(asks.id.into(), Present { instance: known, topics, rack: asks.rack.map(String::from) });
        }
    }

    fn leave(&mut self, at: f64, id: &str) {
        if let Some(Present { instance, topics, rack }) = self.present.remove(id) {
            for likeness in Likeness::all(id, topics, rack.as_deref()) {
                self.alike.entry(likeness).or_default().push_back(self.left.len());
            }
            self.left.push(Some(DepartedMember { instance, until: at + self.session_timeout }));
        }
    }

    /// The instance of the first member that left, is like that, and can still come back; now it is
    /// back.
    fn back(&mut self, at: f64, likeness: &Likeness) -> Option<String> {
        let numbers = self.alike.get_mut(likeness)?;
        while let Some(number) = numbers.pop_front() {
            if let Some(left) = self.left[number].take().filter(|left| left.until > at) {
                return Some(left.instance);
            }
        }
        None
    }

    /// An instance that nobody has: named after the member, as ties fall by names.
    fn made_up(&mut self, id: &str) -> String {
        let first = self.taken.len();
        let others = (first..).map(|number| format!("static:{id}:{number}"));
        let mut names = std::iter::once(format!("static:{id}")).chain(others);
        names.find(|name| self.taken.insert(name.clone())).unwrap_or_default()
    }

    fn number(&mut self, topics: &Subscription) -> TopicsNumber {
        let named = match topics {
            Subscription::Every => None,
            Subscription::Named(names) => Some(names.iter().cloned().collect()),
        };
        let next = self.topics.len();
        *self.topics.entry(named).or_insert(next)
    }
}
