//! What a text is that is not what a command takes.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use sticky_assignor::import::{ImportError, ImportOptions, read};

/// What a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Groups to plan for.
    Groups,
    /// Groups with an assignment to judge.
    Assignments,
    /// An event log: its first line.
    Log,
    /// An event: a line of a log behind the first.
    Event,
}

/// What a document of this program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DocumentKind {
    Group,
    Judged,
    Plan,
    Verdict,
    Event,
    SeenGroup,
    Proof,
    History,
    Replayed,
    Simulation,
}

/// What tells kinds of documents apart: the fields that one has, all of them. The first that fits
/// counts.
const KINDS: [(DocumentKind, &[&str]); 14] = [
    (DocumentKind::SeenGroup, &["at", "group"]),
    (DocumentKind::History, &["version", "group", "rebalances"]),
    (DocumentKind::Simulation, &["scenario", "trials"]),
    (DocumentKind::Replayed, &["total"]),
    (DocumentKind::Replayed, &["between", "changes"]),
    (DocumentKind::Replayed, &["rebalance", "event"]),
    (DocumentKind::Event, &["at"]),
    (DocumentKind::Verdict, &["valid"]),
    (DocumentKind::Plan, &["summary"]),
    (DocumentKind::Judged, &["topics", "members", "assignment"]),
    (DocumentKind::Proof, &["goals", "members", "topics"]),
    (DocumentKind::Group, &["topics", "members"]),
    (DocumentKind::Plan, &["movements", "assignment"]),
    (DocumentKind::Plan, &["assignment"]),
];

const TABLE: &str = "this looks like what Kafka's console tools print, which `import` takes";
const LOG: &str = "this looks like a log, which `import` takes";
const EVENT_LOG: &str = "this looks like an event log, which `replay` takes";
const ADMIN: &str = "this looks like what an admin client describes, which `import` takes";
const ARRAY: &str = "this is an array; documents stand one after another instead, and jq -c '.[]' takes it apart";
const YAML: &str = "this looks like YAML, and JSON is expected; yq -o=json makes it";

/// What a text that could not be read as what was wanted looks like, if it looks like anything, and
/// what to do with it.
pub(crate) fn hint(text: &[u8], wanted: Wanted) -> Option<&'static str> {
    let text = text.trim_ascii_start();
    match text.first()? {
        b'{' => match kind(text) {
            Some(DocumentKind::Group) if wanted == Wanted::Assignments && is_log(text) => Some(EVENT_LOG),
            Some(kind) => of_document(kind, wanted),
            None => is_for_import(text).then_some(ADMIN),
        },
        b'[' if is_for_import(text) => Some(ADMIN),
        b'[' => Some(ARRAY),
        _ if has_table(text) => Some(TABLE),
        _ if is_for_import(text) => Some(LOG),
        _ => is_yaml(text).then_some(YAML),
    }
}

fn kind(text: &[u8]) -> Option<DocumentKind> {
    kinds(text).next()?
}

/// The kind of each document; where that is not known, nothing.
fn kinds(text: &[u8]) -> impl Iterator<Item = Option<DocumentKind>> {
    let documents = serde_json::Deserializer::from_slice(text).into_iter::<BTreeMap<String, IgnoredAny>>();
    documents
        .map_while(Result::ok)
        .map(|fields| KINDS.iter().find(|(_, all)| all.iter().all(|field| fields.contains_key(*field))).map(|(kind, _)| *kind))
}

/// Whether an event stands behind the first document.
fn is_log(text: &[u8]) -> bool {
    matches!(kinds(text).nth(1), Some(Some(DocumentKind::Event | DocumentKind::SeenGroup)))
}

/// What to do with a document of this program where another was wanted; nothing where it is the
/// one that was wanted, and something else is wrong with it.
fn of_document(kind: DocumentKind, wanted: Wanted) -> Option<&'static str> {
    let said = match (kind, wanted) {
        (DocumentKind::Group, Wanted::Groups | Wanted::Log)
        | (DocumentKind::Judged, Wanted::Groups | Wanted::Assignments | Wanted::Log) => return None,
        (DocumentKind::Event | DocumentKind::SeenGroup, Wanted::Event) | (DocumentKind::SeenGroup, Wanted::Log) => return None,
        (DocumentKind::Group, Wanted::Assignments) => {
            "`verify` judges an assignment given with the group, as `assignment`; a group alone is for `plan`"
        }
        (DocumentKind::Group | DocumentKind::Judged, Wanted::Event) => {
            "this looks like a group, and an event log has one, on its first line; a later one is written {\"at\": TIME, \"group\": {…}}; \
             many groups are for `plan` and `verify`"
        }
        (DocumentKind::Event, Wanted::Log) => "the first line of an event log is a group",
        (DocumentKind::Event | DocumentKind::SeenGroup, _) => "this looks like a line of an event log, which `replay` takes",
        (DocumentKind::Plan, Wanted::Assignments) => {
            "this looks like a plan, which lacks the group it is for: `verify` takes `topics` and `members` with the plan's `assignment`, and \
             its `proof`, beside them"
        }
        (DocumentKind::Plan, _) => {
            "this looks like a plan; `verify` takes its `assignment` and `proof` beside the `topics` and `members` of its group"
        }
        (DocumentKind::Verdict, _) => "this looks like a verdict, which `verify` prints and no command takes",
        (DocumentKind::Proof, _) => "this looks like a proof; `verify` takes it as `proof`, beside a group and its `assignment`",
        (DocumentKind::History, _) => {
            "this looks like a history that the library wrote; `replay` takes an event log: a group, then an event a line"
        }
        (DocumentKind::Replayed, _) => "this looks like what `replay` prints, which no command takes",
        (DocumentKind::Simulation, _) => {
            "this looks like what `simulate` prints, which no command takes; --write-log writes a log for `replay`"
        }
    };
    Some(said)
}

/// As much of a text is looked at to see whether `import` takes it.
const LOOKED_AT: usize = 1 << 20;

/// Whether `import` makes anything of a text, or would but for a line of it.
fn is_for_import(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&text[..text.len().min(LOOKED_AT)]);
    match read(&text, &ImportOptions::default()) {
        Ok(imported) => !imported.groups.is_empty() || !imported.histories.is_empty(),
        Err(ImportError::Nothing { .. } | ImportError::Document { .. } | ImportError::Json { .. } | ImportError::Date { .. }) => false,
        Err(_) => true,
    }
}

/// As many lines of a text are looked at for the head of a table.
const HEAD_WITHIN: usize = 100;

fn has_table(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&text[..text.len().min(LOOKED_AT)]);
    text.lines()
        .take(HEAD_WITHIN)
        .any(|line| ["GROUP ", "Topic:", "TopicPartition", "Consumer group '"].iter().any(|head| line.starts_with(head)))
}

fn is_yaml(text: &[u8]) -> bool {
    let line = String::from_utf8_lossy(text.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let key = line.split_once(':').map(|(key, _)| key.trim_start_matches("- ").trim());
    line.trim_end() == "---" || key.is_some_and(|key| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Wanted; 4] = [Wanted::Groups, Wanted::Assignments, Wanted::Log, Wanted::Event];

    /// What a hint for each of what may be wanted has in it; nothing where there is none.
    const TEXTS: [(&str, [&str; 4]); 17] = [
        (r#"{"topics": {}, "members": []}"#, ["", "for `plan`", "", "on its first line"]),
        (r#"{"topics": {}, "members": [], "assignment": {}}"#, ["", "", "", "on its first line"]),
        (r#"{"assignment": {}, "summary": {}, "goals": []}"#, ["beside the `topics`", "lacks the group", "beside the `topics`", "beside"]),
        (r#"{"assignment": {}}"#, ["beside the `topics`", "lacks the group", "beside the `topics`", "beside"]),
        (r#"{"valid": true, "goals": []}"#, ["a verdict", "a verdict", "a verdict", "a verdict"]),
        (r#"{"at": 1, "leave": "c1"}"#, ["`replay` takes", "`replay` takes", "first line", ""]),
        (r#"{"at": 1, "rebalance": "why"}"#, ["`replay` takes", "`replay` takes", "first line", ""]),
        (r#"{"at": 1, "group": {}}"#, ["`replay` takes", "`replay` takes", "", ""]),
        (r#"{"goals": [], "members": {}, "topics": {}}"#, ["a proof", "a proof", "a proof", "a proof"]),
        (r#"{"version": 1, "group": {}, "rebalances": []}"#, ["a history", "a history", "a history", "a history"]),
        (r#"{"rebalance": 1, "at": 1, "event": "join"}"#, ["`replay` prints", "`replay` prints", "`replay` prints", "`replay` prints"]),
        (r#"{"total": {}}"#, ["`replay` prints", "`replay` prints", "`replay` prints", "`replay` prints"]),
        (r#"{"scenario": "x", "trials": 1}"#, ["`simulate` prints", "`simulate` prints", "`simulate` prints", "`simulate` prints"]),
        ("[{}]", ["an array", "an array", "an array", "an array"]),
        (
            "{\"topics\": {}, \"members\": []}\n{\"at\": 1, \"leave\": \"c1\"}",
            ["", "an event log, which `replay`", "", "on its first line"],
        ),
        ("topics:\n  orders: 12\n", ["YAML", "YAML", "YAML", "YAML"]),
        ("rubbish", ["", "", "", ""]),
    ];

    #[test]
    fn every_kind_of_text_is_named_for_every_command() {
        for (text, parts) in TEXTS {
            for (wanted, part) in ALL.into_iter().zip(parts) {
                match hint(text.as_bytes(), wanted) {
                    None => assert_eq!(part, "", "{text} where {wanted:?} is wanted"),
                    Some(hint) => assert!(!part.is_empty() && hint.contains(part), "{text} where {wanted:?} is wanted: {hint}"),
                }
            }
        }
    }

    #[test]
    fn what_operators_have_is_for_import() {
        let members = "\nGROUP  CONSUMER-ID  HOST  CLIENT-ID  #PARTITIONS  ASSIGNMENT\ng  a  /h  c  1  t(0)\n";
        let offsets = "Warning: Consumer group 'g' is rebalancing.\n\nGROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID\ng t 0 1 1 0 a /h c\n";
        let admin =
            r#"[{"groupId": "g", "members": [{"memberId": "a", "assignment": {"topicPartitions": [{"topic": "t", "partition": 0}]}}]}]"#;
        for (text, said) in [(members, TABLE), (offsets, TABLE), (admin, ADMIN), (admin.trim_matches(['[', ']']), ADMIN)] {
            for wanted in ALL {
                assert_eq!(hint(text.as_bytes(), wanted), Some(said), "{text}");
            }
        }
    }
}
