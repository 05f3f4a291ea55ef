//! The public interface, listed in `interface.txt`: a change of it is seen where it is made, and
//! reviewed. `REWRITE_DOCUMENTS=1 cargo test --test proptests interface::` writes what it is.
//!
//! An item that is `pub` can be reached from outside: rustc's lint `unreachable_pub` sees to that.
//! So the listing is made of the source alone, on any toolchain: where names are exported, and
//! every item once, with what is implemented for it, whichever file it lies in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Block, Fields, ImplItem, Item, ItemImpl, Type, UseTree, Visibility};

#[test]
fn the_public_interface_is_as_listed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("proptests/interface.txt");
    let listing = Crate::read().listing();
    if std::env::var_os("REWRITE_DOCUMENTS").is_some() {
        fs::write(file, listing).expect("it can be written");
        return;
    }
    let listed = fs::read_to_string(file).expect("it is here");
    let (before, now): (BTreeSet<&str>, BTreeSet<&str>) = (listed.lines().collect(), listing.lines().collect());
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| one.difference(other).copied().collect::<Vec<_>>().join("\n");
    assert!(
        listed == listing,
        "the public interface has changed; gone:\n{}\nnew:\n{}\nIf that is meant, CHANGELOG.md says it, and \
         REWRITE_DOCUMENTS=1 cargo test --test proptests interface:: lists it",
        only(&before, &now),
        only(&now, &before)
    );
}

/// What is public of the crate.
#[derive(Default)]
struct Crate {
    /// By path of a public module: the names that it exports.
    exports: BTreeMap<String, BTreeSet<String>>,
    /// By name: the item, without what is private and without bodies.
    items: BTreeMap<String, Item>,
    impls: Vec<ItemImpl>,
    /// Traits of the crate that nobody sees outside.
    private_traits: BTreeSet<String>,
}

impl Crate {
    fn read() -> Self {
        let mut all = Self::default();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        all.file(&source.join("lib.rs"), &source, Some("sticky_assignor"));
        all
    }

    /// Reads a file, and those of the modules in it; a path where the module is public.
    fn file(&mut self, file: &Path, folder: &Path, path: Option<&str>) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(syn::parse_file(&text).expect("Rust").items, folder, path);
    }

    /// Reads the items of a module.
    fn module(&mut self, items: Vec<Item>, folder: &Path, path: Option<&str>) {
        let macros: BTreeMap<String, TokenStream> = items.iter().filter_map(made_by).collect();
        for item in items.into_iter().flat_map(|item| expanded(item, &macros)) {
            match item {
                Item::Mod(module) if !is_for_tests(&module.attrs) => {
                    let name = module.ident.to_string();
                    let [file, folder] = [format!("{name}.rs"), name.clone()].map(|name| folder.join(name));
                    let file = if file.exists() { file } else { folder.join("mod.rs") };
                    let inner = path.filter(|_| is_public(&module.vis)).map(|path| format!("{path}::{name}"));
                    match module.content {
                        Some((_, items)) => self.module(items, &folder, inner.as_deref()),
                        None => self.file(&file, &folder, inner.as_deref()),
                    }
                }
                Item::Use(used) if is_public(&used.vis) => path.into_iter().for_each(|path| names(&used.tree, self.exported(path))),
                Item::Impl(implemented) if !is_for_tests(&implemented.attrs) => self.impls.push(implemented),
                Item::Trait(defined) if !is_public(&defined.vis) => drop(self.private_traits.insert(defined.ident.to_string())),
                item => {
                    let Some((name, item)) = public(item) else { continue };
                    path.into_iter().for_each(|path| self.exported(path).extend([name.trim_end_matches("()").to_string()]));
                    assert!(self.items.insert(name.clone(), item).is_none(), "two public items are called {name}");
                }
            }
        }
    }

    fn exported(&mut self, path: &str) -> &mut BTreeSet<String> {
        self.exports.entry(path.into()).or_default()
    }

    /// All of it, as Rust without bodies.
    fn listing(mut self) -> String {
        let exports =
            self.exports.iter().map(|(path, names)| format!("{path}\n    {}\n", names.iter().cloned().collect::<Vec<_>>().join("\n    ")));
        let mut listing: String = exports.collect::<Vec<_>>().join("\n");
        let mut impls = self.implemented();
        for (name, item) in std::mem::take(&mut self.items) {
            let items = std::iter::once(item).chain(impls.remove(&name).unwrap_or_default().into_values().map(Item::Impl)).collect();
            listing += "\n";
            listing += &prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items });
        }
        listing
    }

    /// What is implemented for each public type, by how the implementation begins.
    fn implemented(&mut self) -> BTreeMap<String, BTreeMap<String, ItemImpl>> {
        let mut all: BTreeMap<String, BTreeMap<String, ItemImpl>> = BTreeMap::new();
        for mut implemented in std::mem::take(&mut self.impls) {
            let Some(name) = type_name(&implemented.self_ty).filter(|name| self.items.contains_key(name)) else { continue };
            let of_trait = implemented.trait_.as_ref().and_then(|(path, _)| Some(path.segments.last()?.ident.to_string()));
            if of_trait.as_ref().is_some_and(|of_trait| self.private_traits.contains(of_trait)) {
                continue;
            }
            let is_inherent = of_trait.is_none();
            implemented.attrs.retain(is_told);
            implemented.items = implemented.items.into_iter().filter_map(|item| told(item, is_inherent)).collect();
            if is_inherent && implemented.items.is_empty() {
                continue;
            }
            let head = ItemImpl { items: Vec::new(), ..implemented.clone() }.to_token_stream().to_string();
            let merged = all.entry(name).or_default().entry(head).or_insert_with(|| ItemImpl { items: Vec::new(), ..implemented.clone() });
            merged.items.extend(implemented.items);
            merged.items.sort_by_key(|item| match item {
                ImplItem::Fn(function) => function.sig.ident.to_string(),
                _ => String::new(),
            });
        }
        all
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.to_token_stream().to_string() == "# [cfg (test)]")
}

/// Whether an attribute is of interest to users.
fn is_told(attribute: &Attribute) -> bool {
    ["derive", "non_exhaustive", "must_use", "cfg", "cfg_attr"].iter().any(|name| attribute.path().is_ident(name))
}

/// The names that a `use` brings.
fn names(tree: &UseTree, into: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => names(&path.tree, into),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, into)),
        UseTree::Name(name) => drop(into.insert(name.ident.to_string())),
        UseTree::Rename(rename) => drop(into.insert(rename.rename.to_string())),
        UseTree::Glob(_) => drop(into.insert("*".into())),
    }
}

/// The name of a public item, and the item without what is private.
fn public(item: Item) -> Option<(String, Item)> {
    Some(match item {
        Item::Struct(mut item) if is_public(&item.vis) => {
            item.attrs.retain(is_told);
            without_private(&mut item.fields);
            (item.ident.to_string(), Item::Struct(item))
        }
        Item::Enum(mut item) if is_public(&item.vis) => {
            item.attrs.retain(is_told);
            for variant in &mut item.variants {
                variant.attrs.retain(is_told);
                variant.fields.iter_mut().for_each(|field| field.attrs.retain(is_told));
            }
            (item.ident.to_string(), Item::Enum(item))
        }
        Item::Fn(mut item) if is_public(&item.vis) => {
            item.attrs.retain(is_told);
            *item.block = empty();
            (format!("{}()", item.sig.ident), Item::Fn(item))
        }
        Item::Type(mut item) if is_public(&item.vis) => {
            item.attrs.retain(is_told);
            (item.ident.to_string(), Item::Type(item))
        }
        Item::Const(mut item) if is_public(&item.vis) => {
            item.attrs.retain(is_told);
            (item.ident.to_string(), Item::Const(item))
        }
        Item::Trait(mut item) if is_public(&item.vis) => {
            item.attrs.retain(is_told);
            (item.ident.to_string(), Item::Trait(item))
        }
        item => {
            let begins = item.to_token_stream().to_string();
            assert!(!begins.starts_with("pub ") || begins.starts_with("pub ("), "a kind of item that is not listed: {begins}");
            return None;
        }
    })
}

/// Leaves of named fields those that are public; of others nothing where one is private.
fn without_private(fields: &mut Fields) {
    match fields {
        Fields::Named(named) => {
            let public = std::mem::take(&mut named.named).into_iter().filter(|field| is_public(&field.vis));
            named.named = public.map(|field| syn::Field { attrs: Vec::new(), ..field }).collect();
        }
        Fields::Unnamed(unnamed) if unnamed.unnamed.iter().all(|field| is_public(&field.vis)) => {
            unnamed.unnamed.iter_mut().for_each(|field| field.attrs.clear());
        }
        _ => *fields = Fields::Unit,
    }
}

/// What users see of an item of an implementation.
fn told(item: ImplItem, is_inherent: bool) -> Option<ImplItem> {
    match item {
        ImplItem::Fn(mut function) if is_inherent && is_public(&function.vis) => {
            function.attrs.retain(is_told);
            function.block = empty();
            Some(ImplItem::Fn(function))
        }
        ImplItem::Const(mut constant) if is_inherent && is_public(&constant.vis) => {
            constant.attrs.retain(is_told);
            Some(ImplItem::Const(constant))
        }
        ImplItem::Type(mut associated) if !is_inherent => {
            associated.attrs.retain(is_told);
            Some(ImplItem::Type(associated))
        }
        _ => None,
    }
}

fn empty() -> Block {
    Block { brace_token: syn::token::Brace::default(), stmts: Vec::new() }
}

/// The name of the type that something is implemented for.
fn type_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Type::Reference(reference) => type_name(&reference.elem),
        _ => None,
    }
}

/// The name of a macro with one name for its argument, and what it makes.
fn made_by(item: &Item) -> Option<(String, TokenStream)> {
    let Item::Macro(defined) = item else { return None };
    let name = defined.ident.as_ref()?.to_string();
    let rules: Vec<TokenTree> = defined.mac.tokens.clone().into_iter().collect();
    let [TokenTree::Group(argument), _, _, TokenTree::Group(made), ..] = &rules[..] else { return None };
    argument.to_string().starts_with("($ id : ident").then(|| (name, made.stream()))
}

/// An item, or what a macro of the same file makes in its place.
fn expanded(item: Item, macros: &BTreeMap<String, TokenStream>) -> Vec<Item> {
    let Item::Macro(called) = &item else { return vec![item] };
    let made = called.mac.path.get_ident().and_then(|name| macros.get(&name.to_string()));
    let Some(made) = made.filter(|_| called.ident.is_none()) else { return Vec::new() };
    let text = made.to_string().replace("$ id", &called.mac.tokens.to_string());
    syn::parse_file(&text).expect("items").items
}

#[test]
fn what_is_private_is_not_listed() {
    let text = "/// Told.\n#[derive(Clone)]\npub struct A { pub a: u8, b: u8 }\npub struct B(u8);\nimpl A { pub fn f(&self) -> u8 { 1 } fn g() {} }\n\
        impl Hidden for A {}\nimpl Clone for B { fn clone(&self) -> Self { B(0) } }\ntrait Hidden {}\nstruct C;";
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("interface-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join("lib.rs"), text).expect("it can be written");
    let mut all = Crate::default();
    all.file(&folder.join("lib.rs"), &folder, Some("it"));
    fs::remove_dir_all(folder).expect("it can be removed");
    let expected = "it\n    A\n    B\n\n#[derive(Clone)]\npub struct A {\n    pub a: u8,\n}\nimpl A {\n    pub fn f(&self) -> u8 {}\n}\n\n\
        pub struct B;\nimpl Clone for B {}\n";
    assert_eq!(all.listing(), expected);
}
