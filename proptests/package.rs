//! What is published: sources, examples, documents and licences, and nothing that only tests need.

use std::collections::BTreeSet;
use std::process::Command;

/// What cargo adds by itself.
const ADDED: [&str; 4] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];
const BESIDE_SOURCES: [&str; 5] = ["CHANGELOG.md", "FORMAT.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

#[test]
fn the_package_holds_what_a_user_needs_and_nothing_else() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let listed = cargo.output().expect("cargo runs");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let files: BTreeSet<&str> = std::str::from_utf8(&listed.stdout).expect("text").lines().collect();
    let beside: BTreeSet<&str> = files.iter().copied().filter(|file| !file.starts_with("src/") && !ADDED.contains(file)).collect();
    assert_eq!(beside, BESIDE_SOURCES.into());
    for needed in ["src/lib.rs", "src/main.rs", "src/examples/what_if.rs", "src/report/page.html", "src/cli/example.json"] {
        assert!(files.contains(needed), "{needed} is missing");
    }
}
