//! The order of the house: which room may use which, read from ARCHITECTURE.md and held against
//! the source; the files that it names; no two files that import each other; no two types of one
//! name; comments of at most 100 columns; none of the words that the project has given up.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const ARCHITECTURE: &str = include_str!("../ARCHITECTURE.md");
const RETIRED_WORDS: &str = include_str!("retired_words.txt");
const MOST_COLUMNS: usize = 100;

#[test]
fn no_arrow_runs_against_the_order_of_the_rooms() {
    let order = RoomOrder::read(ARCHITECTURE);
    let mut against = BTreeSet::new();
    for (file, imports) in imports() {
        for imported in imports {
            let (from, to) = (room(&file), room(&imported));
            if from != to && !is_root(&file) && !order.allows(&from, &to) {
                against.insert(format!("{from} → {to}: {file} uses {imported}"));
            }
        }
    }
    assert!(against.is_empty(), "arrows that ARCHITECTURE.md does not allow:\n{}", listed(&against));
}

#[test]
fn every_room_stands_in_the_order() {
    let order = RoomOrder::read(ARCHITECTURE);
    let rooms = sources("src").into_iter().map(|file| room(&file)).filter(|room| room != "examples");
    let unknown: BTreeSet<String> = rooms.filter(|room| !order.knows(room)).collect();
    assert!(unknown.is_empty(), "rooms that the order in ARCHITECTURE.md lacks:\n{}", listed(&unknown));
}

#[test]
fn files_that_the_architecture_names_are_there() {
    let folders = ["src", "proptests", "benches"];
    let files: Vec<String> = folders.iter().flat_map(|folder| files(folder, &["rs", "js"])).collect();
    let is_there = |name: &str| files.iter().any(|file| file == name || file.ends_with(&format!("/{name}")));
    let quoted = ARCHITECTURE.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains(char::is_whitespace));
    let names = quoted.filter(|quoted| quoted.ends_with(".rs") || quoted.ends_with(".js"));
    let missing: BTreeSet<String> = names.filter(|name| !is_there(name)).map(String::from).collect();
    assert!(missing.is_empty(), "files that ARCHITECTURE.md names and that are not there:\n{}", listed(&missing));
}

#[test]
fn no_two_files_import_each_other() {
    let circles: BTreeSet<String> = circles(&imports()).into_iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "files that import each other, directly or in a circle:\n{}", listed(&circles));
}

#[test]
fn a_circle_is_found_and_a_chain_is_none() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph: Imports = BTreeMap::new();
        for (from, to) in edges {
            graph.entry((*from).into()).or_default().insert((*to).into());
            graph.entry((*to).into()).or_default();
        }
        graph
    };
    assert!(circles(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    assert_eq!(circles(&graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])), [["b", "c"]]);
}

#[test]
fn no_two_types_share_a_name() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in sources("src") {
        let names = type_names(read(&file).parse().expect("a source file is made of tokens"));
        names.into_iter().for_each(|name| files.entry(name).or_default().push(file.clone()));
    }
    let twice = files.into_iter().filter(|(_, files)| files.len() > 1);
    let twice: BTreeSet<String> = twice.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect();
    assert!(twice.is_empty(), "names of several types:\n{}", listed(&twice));
}

#[test]
fn names_of_types_are_those_of_items_outside_of_unit_tests() {
    let code = "pub struct A<T>(T); mod inner { pub(crate) enum B {} } type C = u32;\n\
        trait D { type Item; } impl D for B { type Item = u32; fn f() -> impl D { struct E; E } }\n\
        fn f() -> impl D { type F = u32; } #[cfg(test)] mod tests { struct G; } struct H;";
    assert_eq!(type_names(code.parse().expect("tokens")), ["A", "B", "C", "D", "E", "F", "H"]);
}

#[test]
fn imports_are_read_from_use_lines_and_from_paths_in_between() {
    let code = "mod inner;\nuse crate::model::{self, Group, ids::{TopicId, MemberId as Id}};\nuse std::fmt;\nuse inner::Thing;\n\
        fn f(a: super::B) -> crate::plan::Plan { matches!(a, crate::flow::graph::Arc) }";
    let found: BTreeSet<String> = paths(code, &["room".into(), "file".into()]).iter().map(|path| path.join("::")).collect();
    let expected = [
        "model",
        "model::Group",
        "model::ids::MemberId",
        "model::ids::TopicId",
        "room::B",
        "plan::Plan",
        "flow::graph::Arc",
        "room::file::inner::Thing",
    ];
    assert_eq!(found, expected.map(String::from).into());
}

#[test]
fn comments_have_at_most_100_columns() {
    let mut long = BTreeSet::new();
    for file in ["src", "proptests", "benches"].iter().flat_map(|folder| sources(folder)) {
        let text = read(&file);
        let mut in_code = false;
        for (line, number) in text.lines().zip(1..) {
            let comment = line.trim_start();
            if !comment.starts_with("//") {
                in_code = false;
                continue;
            }
            let said = comment.trim_start_matches(['/', '!']).trim_start();
            in_code ^= said.starts_with("```");
            if line.chars().count() > MOST_COLUMNS && !in_code && !said.starts_with('|') {
                long.insert(format!("{file}:{number}"));
            }
        }
    }
    assert!(long.is_empty(), "comments of more than {MOST_COLUMNS} columns:\n{}", listed(&long));
}

#[test]
fn documents_have_at_most_100_columns() {
    let mut long = BTreeSet::new();
    for file in
        ["README.md", "ARCHITECTURE.md", "FORMAT.md", "CHANGELOG.md", "proptests/README.md", "benches/README.md", "benches/TRIED.md"]
    {
        let mut in_code = false;
        for (line, number) in read(file).lines().zip(1..) {
            in_code ^= line.trim_start().starts_with("```");
            let is_prose = !in_code && !line.starts_with(['|', '!']);
            if is_prose && line.chars().count() > MOST_COLUMNS {
                long.insert(format!("{file}:{number}"));
            }
        }
    }
    assert!(long.is_empty(), "prose of more than {MOST_COLUMNS} columns:\n{}", listed(&long));
}

#[test]
fn retired_words_are_used_nowhere() {
    let retired = Retired::read(RETIRED_WORDS);
    let mut found = BTreeSet::new();
    for file in ["src", "proptests", "benches"].iter().flat_map(|folder| sources(folder)) {
        for (line, number) in read(&file).lines().zip(1..) {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            found.extend(words.filter(|word| retired.is_retired(word, &file)).map(|word| format!("{word} in {file}:{number}")));
        }
    }
    assert!(found.is_empty(), "words of proptests/retired_words.txt:\n{}", listed(&found));
}

fn listed(found: &BTreeSet<String>) -> String {
    found.iter().map(|entry| format!("  {entry}\n")).collect()
}

/// The order of the rooms, as ARCHITECTURE.md draws it: a line from the shell down to the
/// vocabulary, rooms that do not know each other in braces, and a line for each exception.
struct RoomOrder {
    level: BTreeMap<String, usize>,
    beside: BTreeSet<(String, String)>,
}

impl RoomOrder {
    fn read(text: &str) -> Self {
        let mut lines = text.lines().skip_while(|line| !line.starts_with("cli → ")).take_while(|line| !line.starts_with("```"));
        let rooms = |level: &str| level.trim_matches(['{', '}', ' ']).split(", ").map(String::from).collect::<Vec<_>>();
        let chain = lines.next().expect("a line in ARCHITECTURE.md begins with `cli → `");
        let levels = chain.split(" → ").enumerate();
        let level = levels.flat_map(|(level, names)| rooms(names).into_iter().map(move |room| (room, level))).collect();
        let beside = lines.filter_map(|line| line.split_once(" → ")).map(|(from, to)| (from.trim().into(), to.trim().into())).collect();
        Self { level, beside }
    }

    fn knows(&self, room: &str) -> bool {
        is_root(room) || self.level.contains_key(room)
    }

    fn allows(&self, from: &str, to: &str) -> bool {
        match (self.level.get(from), self.level.get(to)) {
            (Some(above), Some(below)) => above < below || self.beside.contains(&(from.into(), to.into())),
            _ => false,
        }
    }
}

/// The files that each file of `src` imports from.
type Imports = BTreeMap<String, BTreeSet<String>>;

fn imports() -> Imports {
    let files: BTreeSet<String> = sources("src").into_iter().collect();
    let imported = |file: &String| {
        let found = paths(&read(file), &module(file)).into_iter().filter_map(|path| home(&files, &path));
        found.filter(|other| other != file).collect()
    };
    files.iter().map(|file| (file.clone(), imported(file))).collect()
}

/// The path of the module that a file is.
fn module(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if is_root(path) { Vec::new() } else { path.split('/').map(String::from).collect() }
}

/// The file that a path leads to: that of the innermost module in it. What stands in a root is
/// what the root takes from its rooms.
fn home(files: &BTreeSet<String>, path: &[String]) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        let module = path[..length].join("/");
        [format!("src/{module}.rs"), format!("src/{module}/mod.rs")].into_iter().find(|file| files.contains(file))
    })
}

/// The room a file is in: the first part of its path.
fn room(file: &str) -> String {
    file.trim_start_matches("src/").trim_end_matches(".rs").split('/').next().unwrap_or_default().into()
}

fn is_root(file: &str) -> bool {
    matches!(file.trim_start_matches("src/").trim_end_matches(".rs"), "lib" | "main")
}

/// All paths in a text that lead into this crate, from its root.
fn paths(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let tokens = code.parse::<TokenStream>().expect("a source file is made of tokens");
    let mut found = Vec::new();
    let here = Here { module, children: children(&tokens) };
    collect(tokens, &here, &mut found);
    found
}

/// The module that a file is, and the modules that it declares.
struct Here<'a> {
    module: &'a [String],
    children: BTreeSet<String>,
}

/// The names in `mod name;`.
fn children(tokens: &TokenStream) -> BTreeSet<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let declared = |window: &[TokenTree]| match window {
        [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end)] if word == "mod" && end.as_char() == ';' => {
            Some(name.to_string())
        }
        _ => None,
    };
    tokens.windows(3).filter_map(declared).collect()
}

fn collect(tokens: TokenStream, here: &Here<'_>, found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => match &tokens[..at] {
                [.., TokenTree::Ident(word), TokenTree::Ident(name)] if word == "mod" => {
                    let module: Vec<String> = here.module.iter().cloned().chain([name.to_string()]).collect();
                    let inner = Here { module: &module, children: children(&group.stream()) };
                    collect(group.stream(), &inner, found);
                }
                _ => collect(group.stream(), here, found),
            },
            TokenTree::Ident(start) if !goes_on(&tokens[..at]) => {
                let is_path = matches!(&tokens[at + 1..], [first, second, ..] if is_colon(first) && is_colon(second));
                if let Some(root) = here.root(&start.to_string()).filter(|_| is_path) {
                    at = tree(&tokens, at + 1, root, found);
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

impl Here<'_> {
    /// Where a path that begins with this word begins, if that is in this crate.
    fn root(&self, word: &str) -> Option<Vec<String>> {
        match word {
            "crate" => Some(Vec::new()),
            "super" => Some(self.module[..self.module.len().saturating_sub(1)].to_vec()),
            child if self.children.contains(child) => Some(self.module.iter().cloned().chain([child.to_string()]).collect()),
            _ => None,
        }
    }
}

/// Reads the rest of a path, or of a tree of paths; where it ends.
fn tree(tokens: &[TokenTree], mut at: usize, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    while at + 2 < tokens.len() && is_colon(&tokens[at]) && is_colon(&tokens[at + 1]) {
        match &tokens[at + 2] {
            TokenTree::Ident(word) if word == "super" => drop(path.pop()),
            TokenTree::Ident(word) if word == "self" => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => {
                branches(group.stream(), &path, found);
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    found.push(path);
    at
}

fn branches(tokens: TokenStream, path: &[String], found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for branch in tokens.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')) {
        let mut path = path.to_vec();
        match branch.first() {
            Some(TokenTree::Ident(word)) if word != "self" => path.push(word.to_string()),
            Some(_) => {}
            None => continue,
        }
        tree(branch, 1, path, found);
    }
}

/// The names of all types that a text defines, those of unit tests and associated types left out.
fn type_names(tokens: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    add_type_names(tokens, Body::OfItems, &mut names);
    names
}

/// What stands between braces: items or statements, or what belongs to an `impl` or a trait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    OfItems,
    OfImpl,
}

fn add_type_names(tokens: TokenStream, body: Body, names: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    // What the item that is being read begins with, and whether only tests have it.
    let (mut head, mut is_of_tests) = (None, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) => match (word.to_string().as_str(), tokens.get(at + 1)) {
                ("fn", _) => head = head.or(Some(Body::OfItems)),
                ("impl", _) => head = head.or(Some(Body::OfImpl)),
                (keyword @ ("struct" | "enum" | "trait" | "type"), Some(TokenTree::Ident(name))) => {
                    if !is_of_tests && (keyword != "type" || body == Body::OfItems) {
                        names.push(name.to_string());
                    }
                    head = head.or(Some(if keyword == "trait" { Body::OfImpl } else { Body::OfItems }));
                }
                _ => {}
            },
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                if !is_of_tests {
                    add_type_names(group.stream(), head.unwrap_or(Body::OfItems), names);
                }
                (head, is_of_tests) = (None, false);
            }
            TokenTree::Group(group) if group.stream().to_string() == "cfg (test)" => is_of_tests = true,
            TokenTree::Punct(end) if end.as_char() == ';' => (head, is_of_tests) = (None, false),
            _ => {}
        }
    }
}

/// Whether these tokens end within a path.
fn goes_on(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., first, second] if is_colon(first) && is_colon(second))
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}

/// The sets of files that reach each other by imports.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = imports.keys().map(|file| (file, reached(imports, file))).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for file in imports.keys().filter(|file| reached[file].contains(file)) {
        let circle: Vec<String> =
            reached[file].iter().filter(|other| reached[**other].contains(file)).map(|other| (*other).clone()).collect();
        if !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

fn reached<'a>(imports: &'a Imports, from: &'a String) -> BTreeSet<&'a String> {
    let (mut reached, mut ahead) = (BTreeSet::new(), vec![from]);
    while let Some(file) = ahead.pop() {
        ahead.extend(imports.get(file).into_iter().flatten().filter(|next| reached.insert(*next)));
    }
    reached
}

/// The words given up, each with the files where it may stand in another meaning.
struct Retired(BTreeMap<String, Vec<String>>);

impl Retired {
    /// A line for each word, then the beginnings of paths where it may stand.
    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let entry = |line: &str| {
            let mut parts = line.split_whitespace().map(String::from);
            (parts.next().unwrap_or_default(), parts.collect())
        };
        Self(lines.map(entry).collect())
    }

    fn is_retired(&self, word: &str, file: &str) -> bool {
        self.0.get(word).is_some_and(|excepted| !excepted.iter().any(|start| file.starts_with(start.as_str())))
    }
}

/// The Rust files of a folder, from the crate's root, in order.
fn sources(folder: &str) -> Vec<String> {
    files(folder, &["rs"])
}

/// The files of a folder whose names end so, from the crate's root, in order.
fn files(folder: &str, ends: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut ahead = vec![PathBuf::from(folder)];
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(at_root(&folder)).expect("a folder of the project").flatten() {
            let path = folder.join(entry.file_name());
            let has_end = path.extension().is_some_and(|found| ends.iter().any(|end| found == *end));
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => ahead.push(path),
                false if has_end => found.push(path.display().to_string()),
                false => {}
            }
        }
    }
    found.sort();
    found
}

fn read(file: &str) -> String {
    fs::read_to_string(at_root(Path::new(file))).expect("a file of the project")
}

fn at_root(path: &Path) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
