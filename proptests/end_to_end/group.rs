//! A group of clients on a broker of its own, and what is asked of it after each rebalance.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sticky_assignor::kafka::Protocol;
use sticky_assignor::{Group as Model, NewMember, NewTopic, balance};

use super::client::{Client, Partition};
use super::rounds::Round;
use super::tools::Tools;

/// How long a rebalance may take, sessions that time out included.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how long a state must last to count as settled.
const QUIET: Duration = Duration::from_secs(3);
/// No test keeps its broker longer.
const BROKER_SECONDS: &str = "400";

/// Which client a member runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The example member, which says everything and leads with `lead`.
    Ours,
    /// The example consumer, with our assignor in the barnabas client.
    Barnabas,
    KafkaPython,
    Confluent,
}

/// Who holds which partition, by member name.
type Holders = BTreeMap<Partition, String>;

pub(super) struct Group {
    tools: Tools,
    broker: Child,
    address: String,
    protocol: Protocol,
    topics: BTreeMap<String, i64>,
    members: BTreeMap<String, Client>,
    /// What members that are gone had read.
    read_before: Vec<String>,
    produced: BTreeSet<String>,
    settled: Holders,
    led: BTreeMap<String, usize>,
    judged: BTreeMap<String, usize>,
}

impl Group {
    /// An empty group on a new broker, with these topics.
    pub(super) fn new(tools: Tools, protocol: Protocol, topics: &[(&str, i64)]) -> Self {
        let (broker, port) = start_broker(&tools);
        let mut group = Self {
            tools,
            broker,
            address: format!("127.0.0.1:{port}"),
            protocol,
            topics: BTreeMap::new(),
            members: BTreeMap::new(),
            read_before: Vec::new(),
            produced: BTreeSet::new(),
            settled: Holders::new(),
            led: BTreeMap::new(),
            judged: BTreeMap::new(),
        };
        topics.iter().for_each(|(topic, partitions)| group.admin("create", topic, *partitions, &[]));
        group
    }

    pub(super) fn join(&mut self, name: &str, kind: Kind) {
        let mut command = match kind {
            Kind::Ours => self.tools.member(),
            Kind::Barnabas => self.tools.consumer(),
            Kind::KafkaPython => self.tools.python("kafka_python.py"),
            Kind::Confluent => self.tools.python("confluent.py"),
        };
        command.args([self.address.as_str(), "group", self.protocol.name()]).args(self.topics.keys());
        self.members.insert(name.into(), Client::start(command));
    }

    pub(super) fn leave(&mut self, name: &str) {
        let said = self.members.remove(name).expect("a member").leave();
        self.read_before.extend(said.read);
    }

    pub(super) fn kill(&mut self, name: &str) {
        let said = self.members.remove(name).expect("a member").kill();
        self.read_before.extend(said.read);
    }

    /// The topic, which holds no records yet, has so many partitions from now on.
    pub(super) fn grow(&mut self, topic: &str, partitions: i64) {
        self.admin("grow", topic, partitions, &[]);
    }

    /// What each member says that it holds, since the group was settled.
    pub(super) fn held_by_member(&self) -> BTreeMap<String, BTreeMap<String, Vec<i64>>> {
        let mut held: BTreeMap<String, BTreeMap<String, Vec<i64>>> = BTreeMap::new();
        for ((topic, partition), member) in &self.settled {
            held.entry(member.clone()).or_default().entry(topic.clone()).or_default().push(*partition);
        }
        held
    }

    /// The rounds that a member led and told all about.
    pub(super) fn rounds_led_by(&self, name: &str) -> Vec<Round> {
        self.members[name].said().rounds.iter().map(Round::told).collect()
    }

    /// What the admin's program says to this, on this standard input.
    pub(super) fn ask(&self, arguments: &[&str], input: &str) -> String {
        printed(self.tools.python("admin.py").arg(&self.address).args(arguments), input)
    }

    /// What a program says in which a broker is called `HOST:PORT`.
    pub(super) fn run_python(&self, program: &str) -> String {
        printed(&mut self.tools.python_itself(), &program.replace("HOST:PORT", &self.address))
    }

    fn admin(&mut self, command: &str, topic: &str, partitions: i64, more: &[&str]) {
        let status = self.tools.python("admin.py").args([&self.address, command, topic, &partitions.to_string()]).args(more).status();
        assert!(status.expect("python runs").success(), "{command} {topic}");
        self.topics.insert(topic.into(), partitions);
    }

    /// Puts records into every partition of a topic; they count as produced, and are to be read.
    pub(super) fn produce(&mut self, topic: &str, label: &str) {
        let partitions = self.topics[topic];
        self.admin("produce", topic, partitions, &["2", label]);
        self.produced.extend((0..partitions).flat_map(|partition| (0..2).map(move |record| format!("{label}-{partition}-{record}"))));
    }

    /// Waits until every partition is held by exactly one member and loads are even, for a while.
    /// Gives back who moved what.
    pub(super) fn settle(&mut self, step: &str) -> Settled {
        let (start, mut since, mut last) = (Instant::now(), Instant::now(), Vec::new());
        loop {
            let now = self.holding();
            if now != last {
                (since, last) = (Instant::now(), now);
            }
            if since.elapsed() > QUIET && self.is_even(&last) {
                return self.settled(last.into_iter().collect());
            }
            assert!(start.elapsed() < PATIENCE, "{step}: not settled: {}", self.logs());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Every partition that is held, as often as it is.
    fn holding(&self) -> Vec<(Partition, String)> {
        let held = |(name, client): (&String, &Client)| {
            client.said().held.into_iter().map(|partition| (partition, name.clone())).collect::<Vec<_>>()
        };
        let mut holding: Vec<(Partition, String)> = self.members.iter().flat_map(held).collect();
        holding.sort();
        holding
    }

    fn is_even(&self, holding: &[(Partition, String)]) -> bool {
        let all = self.topics.iter().flat_map(|(topic, &count)| (0..count).map(move |partition| (topic.clone(), partition)));
        let loads = self.members.keys().map(|name| holding.iter().filter(|(_, holder)| holder == name).count());
        let (least, most) = (loads.clone().min(), loads.max());
        all.eq(holding.iter().map(|(partition, _)| partition.clone())) && most.zip(least).is_some_and(|(most, least)| most - least <= 1)
    }

    fn settled(&mut self, now: Holders) -> Settled {
        let led: BTreeMap<String, usize> = self.members.iter().map(|(name, client)| (name.clone(), client.said().led)).collect();
        let leaders = led.iter().filter(|(name, count)| **count > self.led.get(*name).copied().unwrap_or(0));
        let leaders = leaders.map(|(name, _)| name.clone()).collect();
        let before = std::mem::replace(&mut self.settled, now);
        self.led = led;
        self.judge_rounds();
        Settled { leaders, moved: self.moved(&before), least: self.least(&before) }
    }

    /// Judges the rounds that leaders have told all about since the last time.
    fn judge_rounds(&mut self) {
        for (name, client) in &self.members {
            let told = client.said().rounds;
            let judged = self.judged.insert(name.clone(), told.len()).unwrap_or(0);
            told[judged..].iter().for_each(|round| Round::told(round).assert_best(self.protocol));
        }
    }

    /// How many rounds were judged by what was said and given in them.
    pub(super) fn rounds_judged(&self) -> usize {
        self.judged.values().sum()
    }

    /// How many partitions went from a member that is still here to another.
    fn moved(&self, before: &Holders) -> u64 {
        let moved = self.settled.iter().filter(|(partition, holder)| {
            before.get(*partition).is_some_and(|former| former != *holder && self.members.contains_key(former))
        });
        moved.count() as u64
    }

    /// How many have to.
    fn least(&self, before: &Holders) -> u64 {
        let topics: Vec<NewTopic> = self.topics.iter().map(|(topic, &count)| NewTopic::new(topic, count as u32)).collect();
        let subscribes: Vec<String> = self.topics.keys().cloned().collect();
        let member = |name: &String| NewMember { owned: owned(before, name), ..NewMember::new(name, subscribes.clone()) };
        let members: Vec<NewMember> = self.members.keys().map(member).collect();
        balance(&Model::new(&topics, &members).expect("a group")).summary().moved
    }

    /// Waits until every record produced so far was read by somebody.
    pub(super) fn read_everything(&self, step: &str) {
        let start = Instant::now();
        let missing = || &self.produced - &self.read().into_iter().collect();
        while !missing().is_empty() {
            assert!(start.elapsed() < PATIENCE, "{step}: not read: {:?} {}", missing(), self.logs());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// How often the records of a label were read, where it was not once.
    pub(super) fn read_more_than_once(&self, label: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        self.read().into_iter().filter(|value| value.starts_with(label) && !seen.insert(value.clone())).collect()
    }

    fn read(&self) -> Vec<String> {
        self.read_before.iter().cloned().chain(self.members.values().flat_map(|client| client.said().read)).collect()
    }

    fn logs(&self) -> String {
        self.members.iter().map(|(name, client)| format!("\n{name}: {}", client.said().log.join("\n    "))).collect()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.broker.stdin.take());
        let _ = self.broker.wait();
    }
}

/// A rebalance, once it is over.
#[derive(Debug)]
pub(super) struct Settled {
    /// Who led it, follow-ups included.
    pub(super) leaders: BTreeSet<String>,
    /// How many partitions went from a member that is still here to another.
    pub(super) moved: u64,
    /// How many had to.
    pub(super) least: u64,
}

impl Settled {
    /// Asserts that one member led, and moved no more than it had to.
    pub(super) fn led_by(&self, name: &str) -> &Self {
        assert!(self.leaders.iter().eq([name]), "{self:?}: not led by {name}");
        self
    }

    pub(super) fn moved_the_least(&self) {
        assert_eq!(self.moved, self.least, "{self:?}");
    }
}

/// What a program that succeeds prints on its standard output.
fn printed(command: &mut Command, input: &str) -> String {
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python runs");
    process.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = process.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn owned(holders: &Holders, name: &str) -> Vec<(String, Vec<i32>)> {
    let held = holders.iter().filter(|(_, holder)| *holder == name);
    held.map(|((topic, partition), _)| (topic.clone(), vec![*partition as i32])).collect()
}

/// A broker on a free port of the loopback interface.
fn start_broker(tools: &Tools) -> (Child, u16) {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let mut command = tools.python("broker.py");
    let broker = command.args([&port.to_string(), BROKER_SECONDS]).stdin(Stdio::piped()).spawn().expect("python runs");
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < PATIENCE, "the broker does not answer");
        std::thread::sleep(Duration::from_millis(100));
    }
    (broker, port)
}
