//! The page of a replayed log, in a real browser: the slider moves, the tables and charts follow,
//! nothing is logged as an error.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Watches for errors from before the page's own script runs.
const WATCH: &str = "<script nonce=probe>
const complaints = [];
window.addEventListener('error', event => complaints.push(String(event.message)));
window.addEventListener('unhandledrejection', event => complaints.push(String(event.reason)));
console.error = console.warn = (...words) => complaints.push(words.join(' '));
</script>";

/// Moves the slider to every version, opens every table, chooses every strategy, takes the log, and
/// writes what then stands on the page into it.
const PROBE: &str = "<script nonce=probe>
{
const settled = () => new Promise(done => setTimeout(done, 20));
const cells = row => [...row.cells].map(cell => cell.textContent);
async function probe() {
  document.querySelectorAll('details').forEach(details => { details.open = true; });
  await settled();
  const seen = [];
  const slider = document.getElementById('slider');
  const choice = document.getElementById('moves-of');
  const movesUnder = strategy => {
    choice.value = strategy;
    choice.dispatchEvent(new Event('input', { bubbles: true }));
    const rows = [...document.querySelectorAll('#moves tbody tr')].map(cells);
    choice.value = 0;
    choice.dispatchEvent(new Event('input', { bubbles: true }));
    return rows;
  };
  const numbers = [...Array(Number(slider.max) + 1).keys()];
  for (const number of [...numbers].reverse().concat(numbers)) {
    slider.value = number;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    seen[number] = {
      now: document.getElementById('now').textContent,
      moves: [...document.querySelectorAll('#moves tbody tr')].map(cells),
      members: [...document.querySelectorAll('#heat-details tbody tr')].map(cells),
      heat: [...document.querySelectorAll('#heat .cell')].map(path => path.getAttribute('d').split('M').length - 1).reduce((a, b) => a + b, 0),
      current: document.querySelector('#timeline-details tr[aria-current] th').textContent,
      topics: [...document.querySelectorAll('#topics-details tbody tr')].map(cells),
      figures: Object.fromEntries([...document.querySelectorAll('#figures div')].map(one => [one.querySelector('dt').textContent, one.querySelector('dd').textContent])),
      under: Object.fromEntries([...choice.options].map(option => [option.textContent, movesUnder(option.value)])),
      link: document.getElementById('permalink').getAttribute('href'),
    };
  }
  document.getElementById('previous').click();
  const back = document.getElementById('now').textContent;
  const bars = document.querySelectorAll('#moves-chart path').length;
  const strategies = [...document.querySelectorAll('#totals tbody tr')].map(cells);
  const order = document.getElementById('members-order');
  let racks = null;
  if (order.querySelector('[value=rack]')) {
    order.value = 'rack';
    order.dispatchEvent(new Event('input', { bubbles: true }));
    racks = [...document.querySelectorAll('#heat text.title')].map(text => text.textContent).filter(text => text.startsWith('rack '));
  }
  let taken = null;
  URL.createObjectURL = blob => { taken = blob; return '#'; };
  document.getElementById('log').click();
  const log = await taken.text();
  const savings = [...document.querySelectorAll('#savings-table tbody tr')].map(cells);
  const made = document.getElementById('made-by').textContent;
  const wide = document.documentElement.scrollWidth > window.innerWidth;
  const found = document.createElement('pre');
  found.id = 'probe';
  found.textContent = JSON.stringify({ seen, back, bars, strategies, racks, log, savings, made, wide, complaints });
  document.body.append(found);
}
probe().catch(error => { complaints.push(String(error)); });
}
</script>";

/// The log that is shown: each member replaced in turn.
const LOG: &str = "kafka-23155-replace-each-member.jsonl";

#[test]
#[expect(clippy::print_stderr, reason = "says why it was left out")]
fn the_slider_moves_and_everything_follows() {
    let (page, lines) = shown(LOG);
    let Some(browser) = browser() else {
        eprintln!("left out: no chromium here, which Debian has as the package `chromium`");
        return;
    };
    let found = probed(&browser, &page);
    assert_eq!(found["complaints"], serde_json::json!([]));
    let seen = found["seen"].as_array().expect("a list");
    assert_eq!(seen.len(), lines.len());
    for (number, (version, line)) in seen.iter().zip(&lines).enumerate() {
        assert_follows(number, version, line);
    }
    let last = lines.len() - 1;
    assert!(text(&found["back"]).starts_with(&format!("Rebalance {} of {last} ", last - 1)), "{}", found["back"]);
    assert_eq!(found["bars"], 3);
    assert_eq!(found["strategies"].as_array().expect("a list").len(), 4);
    assert_eq!(found["racks"], Value::Null);
    assert_eq!(found["wide"], false, "nothing sticks out to the side");
}

/// Racks, a topic that not all subscribe to, one that grows.
const RACKED: &str = r#"{"name": "racked", "topics": {"t": {"partitions": 6, "racks": [["a"],["a"],["b"],["b"],["a","b"],["c"]]}, "u": 5}, "members": [{"id": "m1", "topics": "*", "rack": "a"}, {"id": "m2", "topics": ["t"], "rack": "b"}, {"id": "m3", "topics": "*"}]}
{"at": 0, "leave": "m1"}
{"at": 5, "join": {"id": "m4", "topics": ["t"], "rack": "c"}}
{"at": 9, "topics": {"u": 7}}
{"at": 10, "rebalance": "unseen@"}
"#;

#[test]
#[expect(clippy::print_stderr, reason = "says why it was left out")]
fn racks_topics_settings_and_the_log_are_on_the_page() {
    let log = RACKED.replace('@', "\u{200b}");
    let (page, lines) = of_log("racked", log.as_bytes());
    let Some(browser) = browser() else {
        eprintln!("left out: no chromium here, which Debian has as the package `chromium`");
        return;
    };
    let found = probed(&browser, &page);
    assert_eq!((&found["complaints"], &found["wide"]), (&serde_json::json!([]), &Value::Bool(false)));
    let subscribers = [[3, 2], [2, 1], [3, 1], [3, 1], [3, 1]];
    for (number, (version, line)) in found["seen"].as_array().expect("a list").iter().zip(&lines).enumerate() {
        assert_follows(number, version, line);
        let mut topics = rows(&version["topics"]);
        topics.sort();
        let told: Vec<u64> = topics.iter().map(|row| count(&row[2])).collect();
        assert_eq!(told, subscribers[number], "version {number}");
        let uneven = topics.iter().map(|row| count(&row[5])).max();
        assert_eq!(uneven, line["strategies"]["sticky"]["topic_skew"].as_u64(), "version {number}");
        let elsewhere: u64 = rows(&version["members"]).iter().map(|row| count(&row[3])).sum();
        assert_eq!(Some(elsewhere), line["strategies"]["sticky"]["rack_mismatches"].as_u64(), "version {number}");
        assert_eq!(version["figures"]["read from another rack"], elsewhere.to_string());
        for goal in line["goals"].as_array().expect("a list") {
            let shown = &version["figures"][format!("cost in {}", text(&goal["goal"]))];
            assert_eq!(Some(count(text(shown))), goal["cost"].as_u64());
        }
        assert_eq!(version["link"], format!("#{number}"));
    }
    let racks: Vec<&str> = found["racks"].as_array().expect("a list").iter().map(text).collect();
    assert_eq!(racks.len(), 3, "two racks, and members without one: {racks:?}");
    assert_eq!(found["log"], log, "to the byte, also what is not seen");
    assert_eq!(rows(&found["savings"]).len(), 3);
    let made = text(&found["made"]);
    for part in [env!("CARGO_PKG_VERSION"), "balance,rack,stickiness,spread", "replay --compare range,roundrobin,kip54 --html"] {
        assert!(made.contains(part), "{made}");
    }
}

/// The page at a version says what its line says.
fn assert_follows(number: usize, version: &Value, line: &Value) {
    assert!(text(&version["now"]).starts_with(&format!("Rebalance {number} of ")), "{}", version["now"]);
    let about = text(&version["now"]);
    for names in line["changed"].as_object().into_iter().flat_map(|changed| changed.values()).filter_map(Value::as_array) {
        assert!(names.iter().filter_map(Value::as_str).take(3).all(|name| about.contains(name)), "{about}");
    }
    assert_eq!(text(&version["current"]), number.to_string());
    let loads: Vec<(String, String)> = rows(&version["members"]).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let assignment = line["assignment"].as_object().expect("an object");
    let expected: Vec<(String, String)> = assignment.iter().map(|(member, topics)| (member.clone(), load(topics).to_string())).collect();
    assert_eq!(loads, expected, "version {number}");
    let moved: u64 = rows(&version["moves"]).iter().filter(|row| row.len() == 5 && row[0] != "(nobody)").map(|row| count(&row[2])).sum();
    assert_eq!(line["moved"], moved, "version {number}");
    for (strategy, outcome) in line["strategies"].as_object().expect("an object") {
        let moves = rows(&version["under"][strategy]);
        let moved: u64 = moves.iter().filter(|row| row.len() == 5 && row[0] != "(nobody)").map(|row| count(&row[2])).sum();
        assert_eq!(outcome["moved"], moved, "version {number}, {strategy}");
    }
    let held: usize = assignment.values().map(|topics| topics.as_object().expect("an object").len()).sum();
    assert_eq!(version["heat"], held, "version {number}: a cell for each topic of each member");
}

#[test]
fn the_page_needs_nothing_else() {
    let (page, _) = shown(LOG);
    let page = fs::read_to_string(page).expect("was written");
    for outside in ["src=", "https:", "@import", "url(", "fetch("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let names: Vec<&str> = page.match_indices("http:").map(|(at, _)| &page[at..at + 26]).collect();
    assert_eq!(names, ["http://www.w3.org/2000/svg"]);
}

#[test]
fn a_page_of_a_thousand_rebalances_stays_small() {
    let topics: Vec<String> = (0..40).map(|topic| format!("\"topic-{topic}\": 50")).collect();
    let member = |number: usize| format!("{{\"id\": \"pod-{number}\", \"topics\": \"*\"}}");
    let members: Vec<String> = (0..200).map(member).collect();
    let mut log = format!("{{\"topics\": {{{}}}, \"members\": [{}]}}\n", topics.join(", "), members.join(", "));
    for event in 0..500 {
        log += &format!("{{\"at\": {event}, \"leave\": \"pod-{event}\"}}\n{{\"at\": {event}, \"join\": {}}}\n", member(200 + event));
    }
    let file = page_file("large");
    let ended = crate::program::run(&["replay", "--no-savings", "--html", file.to_str().expect("is text"), "-"], log);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let size = fs::metadata(file).expect("was written").len();
    assert!(size < 1_000_000, "{size} bytes");
}

#[test]
fn names_cannot_end_the_data_early() {
    let log = r#"{"name": "</script><b>&", "topics": {"<!--": 2, "@SCRIPT@": 1}, "members": [{"id": "</script>", "topics": "*"}]}"#;
    let page = written("hostile", log.as_bytes());
    let page = fs::read_to_string(page).expect("was written");
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(page.contains("<title>&lt;/script&gt;&lt;b&gt;&amp;</title>"));
    assert_eq!(page.matches("@SCRIPT@").count(), 2, "as a topic, and in the log");
}

/// The page of a log, and the lines of its rebalances.
fn shown(log: &str) -> (PathBuf, Vec<Value>) {
    let log = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("proptests/cases/events").join(log)).expect("the case is here");
    of_log("case", &log)
}

fn of_log(name: &str, log: &[u8]) -> (PathBuf, Vec<Value>) {
    let page = written(name, log);
    let output = crate::program::run(&["replay", "--format", "json", "--compare", STRATEGIES, "--with-assignment", "-"], log);
    let mut lines = output.json();
    lines.pop();
    (page, lines)
}

#[test]
fn characters_that_turn_or_hide_text_are_written_out() {
    let log = r#"{"name": "g\u202e", "topics": {"t\u200b": 2}, "members": [{"id": "m\u202e", "topics": "*", "instance": "i\u00ad"}, {"id": "n\u202e", "topics": "*"}]}"#;
    let page = fs::read_to_string(written("unseen", log.as_bytes())).expect("was written");
    assert!(!page.contains(['\u{202e}', '\u{200b}', '\u{ad}']));
    for name in [r"g\u{202e}</title>", r#""t\\u{200b}""#, r#""i\\u{ad}""#, r#""n\\u{202e}""#] {
        assert!(page.contains(name), "{name}");
    }
}

const STRATEGIES: &str = "range,roundrobin,kip54";

/// The file that holds the page of this log.
fn written(name: &str, log: &[u8]) -> PathBuf {
    let file = page_file(name);
    let arguments = ["replay", "--compare", STRATEGIES, "--html", file.to_str().expect("is text"), "-"];
    let ended = crate::program::run(&arguments, log);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    file
}

/// A file for a page that no other test writes.
fn page_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{name}-{:?}.html", std::thread::current().id()))
}

/// Has a picture taken of the upper part of a page.
pub(crate) fn pictured(browser: &str, page: &Path, [width, height]: [u32; 2], picture: &Path) {
    let mut shot = headless(browser, page);
    shot.args(["--hide-scrollbars".into(), format!("--window-size={width},{height}"), format!("--screenshot={}", picture.display())]);
    let taken = shot.arg(format!("file://{}", page.display())).output().expect("the browser runs");
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
}

fn headless(browser: &str, page: &Path) -> Command {
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=20000"]);
    command.arg(format!("--user-data-dir={}", page.with_extension("profile").display()));
    command
}

pub(crate) fn browser() -> Option<String> {
    let found = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(found).map(String::from)
}

/// What the probe finds on a page.
fn probed(browser: &str, page: &Path) -> Value {
    let html = fs::read_to_string(page).expect("was written");
    // The page allows its own script only; these two are let in beside it.
    let html = html.replacen("script-src ", "script-src 'nonce-probe' ", 1);
    let html = html.replacen("<meta name=\"viewport\"", &format!("{WATCH}<meta name=\"viewport\""), 1).replacen(
        "</body>",
        &format!("{PROBE}</body>"),
        1,
    );
    fs::write(page, html).expect("can be written");
    let output = headless(browser, page).arg("--dump-dom").arg(format!("file://{}", page.display())).output();
    let output = output.expect("the browser runs");
    let dump = String::from_utf8_lossy(&output.stdout);
    let (_, rest) =
        dump.split_once("<pre id=\"probe\">").unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&output.stderr)));
    let (answer, _) = rest.split_once("</pre>").expect("it is closed");
    let answer = answer.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&answer).expect("is JSON")
}

fn rows(table: &Value) -> Vec<Vec<String>> {
    let row = |row: &Value| row.as_array().expect("a list").iter().map(|cell| text(cell).to_string()).collect();
    table.as_array().expect("a list").iter().map(row).collect()
}

fn load(topics: &Value) -> usize {
    topics.as_object().expect("an object").values().map(|partitions| partitions.as_array().expect("a list").len()).sum()
}

fn count(number: &str) -> u64 {
    number.replace(',', "").parse().expect("a number")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
