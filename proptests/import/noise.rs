//! What pastes bring along changes nothing, and nothing is dropped in silence.

use proptest::prelude::*;
use sticky_assignor::import::{ImportNote, Imported, read_pieces};

use super::tables::{KAFKA_3_7, KAFKA_4_0};
use super::{read, read_with, topics};

/// Lines that say nothing of any group.
const NOISE: [&str; 16] = [
    "",
    "   ",
    "```",
    "~~~text",
    "user@host-a:~/kafka$ ",
    "[root@kafka-0 ~]# ",
    "$ kubectl exec kafka-0 -- bash",
    "Note: This will not show information about old Zookeeper-based consumers.",
    "Picked up JAVA_TOOL_OPTIONS: -Xmx1g",
    "[2026-05-01 12:00:00,000] WARN The configuration 'x' was supplied but isn't known. (org.apache.kafka.clients.Config)",
    "2026-05-01 12:00:00.000 [main] INFO o.a.k.Metrics - closed 3 reporters",
    "SLF4J: Failed to load class",
    "Warning: this tool will change.",
    "%7|1700000000.897|HEARTBEAT|app#consumer-1| [thrd:main]: Heartbeat 3 4 5",
    "-----+-----",
    ">",
];

fn texts() -> Vec<&'static str> {
    vec![
        KAFKA_3_7,
        KAFKA_4_0,
        include_str!("../cases/import/all-groups.txt"),
        include_str!("../cases/import/kip-175-plain-describe-unowned.txt"),
        include_str!("../cases/import/librdkafka-assignor.log"),
        include_str!("../cases/import/client-finished-assignment.log"),
        include_str!("../cases/import/offsets-decoder.log"),
    ]
}

fn read_all(text: &str) -> Imported {
    read_with(text, &topics(&[])).unwrap()
}

/// What is read, without what is said of lines.
fn essence(imported: &Imported) -> String {
    format!("{:?} {:?}", imported.groups, imported.histories)
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn noise_between_lines_changes_nothing(
        which in any::<prop::sample::Index>(),
        noise in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..12),
    ) {
        let text = texts()[which.index(texts().len())];
        let mut lines: Vec<&str> = text.lines().collect();
        for (place, said) in noise {
            lines.insert(place.index(lines.len() + 1), NOISE[said.index(NOISE.len())]);
        }
        prop_assert_eq!(essence(&read_all(&lines.join("\n"))), essence(&read_all(text)));
    }

    #[test]
    fn what_stands_before_every_line_changes_nothing(which in any::<prop::sample::Index>(), prefix in any::<prop::sample::Index>()) {
        let prefixes = ["> ", "> > ", "kafka-1  | ", "[pod/kafka-0/kafka] ", "Mar  1 10:00:03 host-a kafka[12]: ", "\u{1b}[32m", "    "];
        let prefix = prefixes[prefix.index(prefixes.len())];
        let text = texts()[which.index(texts().len())];
        let ending = if prefix.starts_with('\u{1b}') { "\u{1b}[0m\r\n" } else { "\r\n" };
        let prefixed: String = text.lines().map(|line| format!("{prefix}{line}{ending}")).collect();
        prop_assert_eq!(essence(&read_all(&prefixed)), essence(&read_all(text)));
    }

    /// Where a text is cut into pieces makes no difference.
    #[test]
    fn pieces_are_read_as_the_whole(
        which in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
        other in any::<String>(),
    ) {
        let json = serde_json::json!({"groupId": "g", "members": [{"memberId": "m", "assignment": ["a|b-0", "c-1"]}]});
        let json = format!("{json}{json} Done\n{}\n", serde_json::to_string_pretty(&json).unwrap());
        let texts: Vec<&str> = texts().into_iter().chain([&*json, &*other]).collect();
        let text = texts[which.index(texts.len())];
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).filter(|cut| text.is_char_boundary(*cut)).collect();
        cuts.sort_unstable();
        let ends = cuts.iter().copied().chain([text.len()]);
        let pieces: Vec<&str> = cuts.iter().copied().fold(vec![0], |mut starts, cut| { starts.push(cut); starts })
            .into_iter().zip(ends).map(|(start, end)| &text[start..end]).collect();
        let options = topics(&[("t", 3)]);
        prop_assert_eq!(read_pieces(pieces, &options), read_with(text, &options));
    }

    #[test]
    fn any_text_at_all_is_read_or_refused(text in any::<String>()) {
        let _ = read(&text);
    }

    /// A row that was cut off is read otherwise, or something is said of it, or it is refused.
    #[test]
    fn a_row_cut_off_is_not_passed_over(which in any::<bool>(), line in any::<prop::sample::Index>(), kept in any::<prop::sample::Index>()) {
        let text = if which { KAFKA_3_7 } else { KAFKA_4_0 };
        let mut lines: Vec<&str> = text.lines().collect();
        let line = line.index(lines.len());
        let ends = lines[line].char_indices().filter(|(_, character)| character.is_whitespace()).map(|(end, _)| end);
        let ends: Vec<usize> = ends.collect();
        prop_assume!(!ends.is_empty());
        let (now, cut) = lines[line].split_at(ends[kept.index(ends.len())]);
        // Nothing that says something is gone.
        prop_assume!(cut.split_whitespace().any(|word| !["-", "true", "false", "UPGRADED"].contains(&word)));
        lines[line] = now;
        let said = |imported: &Imported| (imported.notes.iter().map(ImportNote::to_string).collect::<Vec<_>>(), essence(imported));
        if let Ok(after) = read(&lines.join("\n")) {
            prop_assert_ne!(said(&after), said(&read_all(text)));
        }
    }

    /// The pieces of all formats, in any order.
    #[test]
    fn any_mixture_of_lines_is_read_or_refused(picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40)) {
        let coordinator = include_str!("../cases/import/broker-group-coordinator.log");
        let texts: Vec<&str> = texts().into_iter().chain([coordinator, "2026-03-01T10:00:00Z\n", "{\"members\": []}\n[]\n"]).collect();
        let line = |(text, line): &(prop::sample::Index, prop::sample::Index)| {
            let lines: Vec<&str> = texts[text.index(texts.len())].lines().collect();
            lines[line.index(lines.len())]
        };
        let mixture: Vec<&str> = picks.iter().map(line).collect();
        if let Ok(imported) = read_with(&mixture.join("\n"), &topics(&[("t", 3)])) {
            let of_group = |name: Option<&String>| imported.groups.iter().filter(|group| group.name.as_ref() == name).count();
            prop_assert!(imported.groups.iter().all(|group| of_group(group.name.as_ref()) == 1));
        }
    }
}
