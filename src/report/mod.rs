//! A replayed log as one self-contained page: charts, tables, and a slider through the versions.
//! Markup, style and script are files beside this one.

mod data;

use crate::document::{is_unseen, printable};
use data::ReportData;
pub use data::{Report, ReportSeries};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: [&str; 9] = [
    include_str!("state.js"),
    include_str!("names.js"),
    include_str!("draw.js"),
    include_str!("charts.js"),
    include_str!("zoom.js"),
    include_str!("heat.js"),
    include_str!("tables.js"),
    include_str!("recorded.js"),
    include_str!("page.js"),
];

/// The SHA-256 of the script as it stands in the page, base64: the page allows it and no other, so
/// that nothing in a name can become a script. The test below says when it is stale.
const SCRIPT_HASH: &str = "a6e+YhjtvgiqS9T+/5bqyYspF9f2gyG48AnEO1QPW9w=";

impl Report<'_> {
    /// The page: HTML that needs nothing else.
    pub fn page(&self) -> String {
        // Writing fails where keys are no texts, and these are.
        let data = serde_json::to_string(&ReportData::from(self)).unwrap_or_default();
        let title = self.history.group().name().map_or_else(|| "A consumer group".into(), printable);
        let parts = [
            ("@HASH@", SCRIPT_HASH.into()),
            ("@TITLE@", escaped(&title)),
            ("@STYLE@", STYLE.into()),
            ("@DATA@", embedded(&data)),
            ("@SCRIPT@", SCRIPT.concat()),
        ];
        filled(PAGE, &parts)
    }
}

/// The template with each mark replaced, in the order they stand in it. What is put in is not
/// searched for marks.
fn filled(template: &str, parts: &[(&str, String)]) -> String {
    let mut page = String::with_capacity(template.len() + parts.iter().map(|(_, part)| part.len()).sum::<usize>());
    let mut rest = template;
    for (mark, part) in parts {
        if let Some((before, after)) = rest.split_once(mark) {
            page.push_str(before);
            page.push_str(part);
            rest = after;
        }
    }
    page.push_str(rest);
    page
}

/// Text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// JSON that no name in it can end early, nor turn or hide what stands beside it.
fn embedded(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            hidden if hidden == '<' || is_unseen(hidden) => {
                hidden.encode_utf16(&mut [0; 2]).iter().for_each(|unit| written += &format!("\\u{unit:04x}"));
            }
            shown => written.push(shown),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_page_allows_the_script_that_it_has() {
        let page = PAGE.replace("@SCRIPT@", &SCRIPT.concat());
        let script = page.rsplit_once("<script>").and_then(|(_, rest)| rest.split_once("</script>")).expect("the page has a script").0;
        assert_eq!(SCRIPT_HASH, BASE64_STANDARD.encode(Sha256::digest(script)));
    }
}
