//! What the crate depends on: licences that may go into anything, one registry, the Rust that is
//! stated, each crate once, and no version of which a fault is known.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

/// Licences under which a dependency may be had. Those of the MPL ask for nothing but the source of
/// the dependency itself.
const LICENCES: [&str; 9] = ["MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MPL-2.0", "Unicode-3.0", "Unlicense", "Zlib"];
/// Where dependencies come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Crates that users get in two versions. (`ctor` is the last that a crate without `unsafe` can
/// have, and derives with an older `syn` than the others.)
const TWICE: [&str; 2] = ["rand_core", "syn"];

/// The first versions without faults that RustSec told of until July 2026, of crates that are used
/// here. It is no copy of its database, which `cargo audit` asks.
const MENDED_IN: [(&str, &str, &str); 8] = [
    ("anyhow", "1.0.103", "RUSTSEC-2026-0190"),
    ("bytes", "1.11.1", "RUSTSEC-2026-0007"),
    ("crossbeam-deque", "0.8.1", "RUSTSEC-2021-0093"),
    ("crossbeam-epoch", "0.9.20", "RUSTSEC-2026-0204"),
    ("hashbrown", "0.15.1", "RUSTSEC-2024-0402"),
    ("rand", "0.10.1", "RUSTSEC-2026-0097"),
    ("shlex", "1.3.0", "RUSTSEC-2024-0006"),
    ("tokio", "1.44.2", "RUSTSEC-2025-0023"),
];

#[test]
fn every_dependency_may_be_used_and_comes_from_the_registry() {
    let crates = Crates::of(&["--all-features"]);
    for (name, known) in crates.by_id.values().filter(|known| known["name"] != env!("CARGO_PKG_NAME")).map(|known| (&known["name"], known))
    {
        assert_eq!(known["source"], REGISTRY, "{name}");
        let licence = known["license"].as_str().unwrap_or_else(|| panic!("{name} has no licence"));
        let licence = Expression::parse_mode(licence, ParseMode::LAX).unwrap_or_else(|error| panic!("{name}: {error}"));
        let is_allowed = |asked: &spdx::LicenseReq| asked.license.id().is_some_and(|id| LICENCES.contains(&id.name));
        assert!(licence.evaluate(is_allowed), "{name}: {licence}");
    }
}

#[test]
fn what_users_get_builds_with_the_rust_that_is_stated_and_no_crate_comes_twice() {
    let crates = Crates::of(&["--no-default-features", "--features", "cli,kafka"]);
    let stated = version(env!("CARGO_PKG_RUST_VERSION"));
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for id in &crates.reached() {
        let known = &crates.by_id[id];
        let name = known["name"].as_str().expect("a name");
        let needed = known["rust_version"].as_str().map(version);
        assert!(needed.is_none_or(|needed| needed <= stated), "{name} needs Rust {}", known["rust_version"]);
        *times.entry(name).or_default() += 1;
    }
    let twice: BTreeSet<&str> = times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect();
    assert!(twice.is_subset(&TWICE.into()), "{twice:?}");
}

#[test]
fn no_dependency_is_older_than_what_mended_a_known_fault() {
    let crates = Crates::of(&["--all-features"]);
    for (name, mended, fault) in MENDED_IN {
        let versions =
            crates.by_id.values().filter(|known| known["name"] == name).map(|known| known["version"].as_str().expect("a version"));
        for used in versions {
            assert!(version(used) >= version(mended), "{name} {used} has {fault}, {mended} has not");
        }
    }
}

fn version(written: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = written.split('.').map(|part| part.parse().expect("a number")).collect();
    parts.resize(3, 0);
    parts
}

/// The crates that a build with some features takes on this machine, as cargo tells them.
struct Crates {
    by_id: BTreeMap<String, Value>,
    /// What each takes to build, tests left out.
    needs: BTreeMap<String, Vec<String>>,
    root: String,
}

impl Crates {
    fn of(features: &[&str]) -> Self {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "host-tuple"])
            .args(features)
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        let told = cargo.output().expect("cargo runs");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
        let text = |value: &Value| value.as_str().expect("a text").to_string();
        let list = |value: &Value| value.as_array().expect("a list").clone();
        let is_for_users = |needed: &Value| list(&needed["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev");
        let needs =
            |node: &Value| list(&node["deps"]).iter().filter(|needed| is_for_users(needed)).map(|needed| text(&needed["pkg"])).collect();
        Self {
            by_id: list(&told["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect(),
            needs: list(&told["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), needs(node))).collect(),
            root: text(&told["resolve"]["root"]),
        }
    }

    /// What the crate takes to build, directly or not.
    fn reached(&self) -> BTreeSet<String> {
        let (mut reached, mut ahead) = (BTreeSet::new(), vec![self.root.clone()]);
        while let Some(id) = ahead.pop() {
            if reached.insert(id.clone()) {
                ahead.extend(self.needs[&id].iter().cloned());
            }
        }
        reached
    }
}
