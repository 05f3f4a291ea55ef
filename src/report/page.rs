//! The page, from its parts: markup, style and script are files beside this one.

use super::data::{Report, ReportData};
use crate::document::printable;

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
const SCRIPT_HASH: &str = "JMHb7OzoLQZOzWwinHJdJqcrvBPTc+K0Vorlij57BbM=";

impl Report<'_> {
    /// The page: HTML that needs nothing else.
    ///
    /// # Errors
    ///
    /// Where the data cannot be written as JSON, which does not happen to a history that was
    /// replayed.
    pub fn page(&self) -> serde_json::Result<String> {
        let data = serde_json::to_string(&ReportData::from(self))?;
        let title = self.history.group().name().map_or_else(|| "A consumer group".into(), printable);
        let parts = [
            ("@HASH@", SCRIPT_HASH.into()),
            ("@TITLE@", escaped(&title)),
            ("@STYLE@", STYLE.into()),
            ("@DATA@", embedded(&data)),
            ("@SCRIPT@", SCRIPT.concat()),
        ];
        Ok(filled(PAGE, &parts))
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

/// JSON that no name in it can end early.
fn embedded(json: &str) -> String {
    json.replace('<', "\\u003c")
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
