//! Fenced blocks of a Markdown document, and what is put in their place.

use std::fs;
use std::path::{Path, PathBuf};

/// A document beside the crate's manifest, by lines.
pub(super) struct Page {
    file: PathBuf,
    lines: Vec<String>,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub(super) struct Fence {
    /// What stands behind the opening fence, word by word: the language, and the kind of document.
    pub(super) info: Vec<String>,
    /// The place of its first line in the page.
    pub(super) start: usize,
    pub(super) lines: Vec<String>,
}

impl Fence {
    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }
}

/// Whether documents are to say what is so, not to be held against it.
pub(super) fn is_to_be_rewritten() -> bool {
    std::env::var_os("REWRITE_DOCUMENTS").is_some()
}

/// Lines of a page, and what should stand there instead.
pub(super) struct Correction {
    pub(super) start: usize,
    pub(super) shown: Vec<String>,
    pub(super) right: Vec<String>,
}

impl Page {
    pub(super) fn read(name: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let lines = fs::read_to_string(&file).expect("the document is here").lines().map(String::from).collect();
        Self { file, lines }
    }

    /// Its fenced blocks, in their order.
    pub(super) fn fences(&self) -> Vec<Fence> {
        let mut fences: Vec<Fence> = Vec::new();
        let mut open = false;
        for (place, line) in self.lines.iter().enumerate() {
            match (line.strip_prefix("```"), open) {
                (Some(info), false) => {
                    let info = info.split_whitespace().map(String::from).collect();
                    fences.push(Fence { info, start: place + 1, lines: Vec::new() });
                    open = true;
                }
                (Some(_), true) => open = false,
                (None, true) => fences.last_mut().into_iter().for_each(|fence| fence.lines.push(line.clone())),
                (None, false) => {}
            }
        }
        fences
    }

    /// Complains of what should stand there instead; with the variable `REWRITE_DOCUMENTS` set,
    /// writes it there.
    pub(super) fn settle(mut self, corrections: Vec<Correction>) {
        if is_to_be_rewritten() {
            for Correction { start, shown, right } in corrections.into_iter().rev() {
                self.lines.splice(start..start + shown.len(), right);
            }
            fs::write(self.file, self.lines.join("\n") + "\n").expect("the document can be written");
            return;
        }
        let complaint = |Correction { start, shown, right }: &Correction| {
            let file = self.file.file_name().unwrap_or_default().display();
            format!("{file}:{}: shown is\n{}\nand it is\n{}\n", start + 1, shown.join("\n"), right.join("\n"))
        };
        let complaints: String = corrections.iter().map(complaint).collect();
        assert!(corrections.is_empty(), "{complaints}\nREWRITE_DOCUMENTS=1 cargo test --test proptests documents:: writes what it is");
    }
}
