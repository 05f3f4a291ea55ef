//! What a text is that is not what a command takes.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

/// What a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Groups to plan for.
    Groups,
    /// Groups with an assignment to judge.
    Assignments,
    /// An event log.
    Log,
}

/// What a text that could not be read as what was wanted looks like, if it looks like anything, and
/// what to do with it.
pub(crate) fn hint(text: &[u8], wanted: Wanted) -> Option<&'static str> {
    let text = text.trim_ascii_start();
    let first_line = String::from_utf8_lossy(text.split(|byte| *byte == b'\n').next().unwrap_or_default());
    match text.first()? {
        b'{' => of_object(text, wanted),
        b'[' => Some("this is an array; documents stand one after another instead, and jq -c '.[]' takes it apart"),
        _ if is_of_console_tools(&first_line) => Some("this looks like what Kafka's console tools print, which `import` takes"),
        _ if is_yaml(&first_line) => Some("this looks like YAML, and JSON is expected; yq -o=json makes it"),
        _ => None,
    }
}

fn of_object(text: &[u8], wanted: Wanted) -> Option<&'static str> {
    let mut documents = serde_json::Deserializer::from_slice(text).into_iter::<BTreeMap<String, IgnoredAny>>();
    let fields = documents.next()?.ok()?;
    let has = |field: &str| fields.contains_key(field);
    match wanted {
        Wanted::Log if has("at") => Some("the first line of an event log is a group"),
        Wanted::Groups | Wanted::Assignments if has("at") => Some("this looks like a line of an event log, which `replay` takes"),
        _ if has("rebalance") || has("total") => Some("this looks like what `replay` prints"),
        _ if has("valid") => Some("this looks like a verdict, which `verify` prints"),
        _ if has("summary") => Some("this looks like a plan; `verify` takes its `assignment` and `proof` beside the group's fields"),
        Wanted::Assignments if has("topics") && has("members") && !has("assignment") => {
            Some("`verify` judges an assignment given with the group; a group alone is for `plan`")
        }
        _ => None,
    }
}

fn is_of_console_tools(line: &str) -> bool {
    line.starts_with("GROUP ") || line.starts_with("Topic:") || line.starts_with("TopicPartition") || line.starts_with("Consumer group '")
}

fn is_yaml(line: &str) -> bool {
    let key = line.split_once(':').map(|(key, _)| key.trim_start_matches("- ").trim());
    line.trim_end() == "---" || key.is_some_and(|key| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_wanted_is_named_for_what_it_is() {
        for (text, wanted, part) in [
            ("[{}]", Wanted::Groups, "an array"),
            ("---\ntopics:\n", Wanted::Groups, "YAML"),
            ("topics:\n  orders: 12\n", Wanted::Groups, "YAML"),
            ("\nGROUP  TOPIC  PARTITION", Wanted::Assignments, "`import` takes"),
            (r#"{"at": 1, "leave": "c1"}"#, Wanted::Groups, "`replay` takes"),
            (r#"{"at": 1, "leave": "c1"}"#, Wanted::Log, "first line"),
            (r#"{"topics": {}, "members": []}"#, Wanted::Assignments, "for `plan`"),
            (r#"{"assignment": {}, "summary": {}}"#, Wanted::Groups, "a plan"),
        ] {
            assert!(hint(text.as_bytes(), wanted).is_some_and(|hint| hint.contains(part)), "{text}");
        }
        assert_eq!(hint(br#"{"topics": {}, "members": []}"#, Wanted::Groups), None);
        assert_eq!(hint(b"rubbish", Wanted::Groups), None);
    }
}
