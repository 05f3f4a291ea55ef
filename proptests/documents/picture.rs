//! The picture in README.md is one of the page that the command below it makes: a hash of that page
//! is kept, and of another page the picture is stale.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::console::Console;
use super::fences::{Page, is_to_be_rewritten};
use crate::page::{browser, pictured};

const PICTURE: &str = "src/report/page.png";
const HASH: &str = "proptests/documents/page.sha256";
const SIZE: [u32; 2] = [1280, 1640];

#[test]
fn the_picture_is_of_the_page_that_its_command_makes() {
    let console = Console::new("picture");
    let fences = Page::read("README.md").fences();
    let fence = fences.iter().find(|fence| fence.text().contains("--html page.html") && fence.text().contains("simulate"));
    console.run(fence.expect("README.md has the command"));
    let page = console.file("page.html");
    let hash = hash(&fs::read_to_string(&page).expect("the command writes it"));
    let at_root = |file: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if is_to_be_rewritten() {
        pictured(&browser().expect("a picture needs chromium"), &page, SIZE, &at_root(PICTURE));
        fs::write(at_root(HASH), format!("{hash}\n")).expect("can be written");
    }
    let kept = fs::read_to_string(at_root(HASH)).expect("the hash is kept");
    assert_eq!(
        kept.trim_end(),
        hash,
        "{PICTURE} is stale; where chromium is, REWRITE_DOCUMENTS=1 cargo test --test proptests documents::picture makes it anew"
    );
}

/// The hash of a page, whatever time its plans took.
fn hash(page: &str) -> String {
    let mut parts = page.split(r#""elapsed_ns":"#);
    let mut timeless = parts.next().unwrap_or_default().to_string();
    timeless.extend(parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | ','))));
    data_encoding::HEXLOWER.encode(&Sha256::digest(timeless))
}
