//! One running client: a process that says in JSON lines what it is given and what it reads.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

/// A topic and a partition of it.
pub(super) type Partition = (String, i64);

/// What a client has said so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// What it holds now.
    pub(super) held: BTreeSet<Partition>,
    /// The values it has read, in order.
    pub(super) read: Vec<String>,
    /// How often it led a rebalance.
    pub(super) led: usize,
    /// The rebalances it led and told all about.
    pub(super) rounds: Vec<Value>,
    /// Everything else it said, for the messages of failing tests.
    pub(super) log: Vec<String>,
}

/// A client's process. It is killed when this value goes.
pub(super) struct Client {
    process: Child,
    said: Arc<Mutex<Said>>,
    listener: Option<JoinHandle<()>>,
}

impl Client {
    pub(super) fn start(mut command: Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the client starts");
        let said = Arc::new(Mutex::new(Said::default()));
        let (output, heard) = (process.stdout.take().expect("piped"), Arc::clone(&said));
        let listener = Some(std::thread::spawn(move || listen(output, &heard)));
        Self { process, said, listener }
    }

    pub(super) fn said(&self) -> Said {
        self.said.lock().expect("no listener panics").clone()
    }

    /// Asks it to leave its group, and waits until it is gone.
    pub(super) fn leave(mut self) -> Said {
        drop(self.process.stdin.take());
        self.gone()
    }

    /// Ends it on the spot; the group hears of it when its session times out.
    pub(super) fn kill(mut self) -> Said {
        let _ = self.process.kill();
        self.gone()
    }

    fn gone(&mut self) -> Said {
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
        let _ = self.process.wait();
        self.said()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn listen(output: ChildStdout, said: &Mutex<Said>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let event: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        said.lock().expect("only this thread writes").hear(&event);
    }
}

impl Said {
    fn hear(&mut self, event: &Value) {
        match event["event"].as_str() {
            Some("record") => self.read.push(event["value"].as_str().unwrap_or_default().into()),
            Some("led") => self.lead(event),
            Some("assigned") => self.held = partitions(event),
            Some("gained") => self.held.extend(partitions(event)),
            Some("revoked") => self.held = &self.held - &partitions(event),
            _ => {}
        }
        if event["event"] != "record" {
            self.log.push(event.to_string());
        }
    }

    fn lead(&mut self, event: &Value) {
        self.led += 1;
        if event["topics"].is_object() {
            self.rounds.push(event.clone());
        }
    }
}

fn partitions(event: &Value) -> BTreeSet<Partition> {
    let topics = event["partitions"].as_object().into_iter().flatten();
    let each = topics.flat_map(|(topic, list)| {
        list.as_array().into_iter().flatten().map(move |partition| (topic.clone(), partition.as_i64().unwrap_or(-1)))
    });
    each.collect()
}
