//! Where answers and complaints go: standard output, standard error, files; in which colours; and
//! why a command could not do its work.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use same_file::Handle;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use sticky_assignor::document::{is_unseen, printable};
use thiserror::Error;

use super::options::{Colour, Format, Shown};

/// Titles.
pub(crate) const HEADING: Style = Style::new().bold();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Remarks.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Has all text coloured, or none of it, on standard output and standard error alike. Left to
/// itself, text is coloured on a terminal, unless `NO_COLOR` is set.
pub(crate) fn heed(colour: Colour) {
    match colour {
        Colour::Auto => ColorChoice::Auto,
        Colour::Always => ColorChoice::Always,
        Colour::Never => ColorChoice::Never,
    }
    .write_global();
}

/// Standard output, buffered; colours are taken out of text where nobody would see them.
pub(crate) fn open(shown: &Shown) -> Box<dyn Write> {
    match shown.format {
        Format::Text if check_stdout().is_ok() => Box::new(BufWriter::new(AutoStream::auto(io::stdout().lock()))),
        _ => Box::new(BufWriter::new(stdout())),
    }
}

/// Standard output as it is; where it was closed when the program started, writing to it fails.
pub(crate) fn stdout() -> Box<dyn Write> {
    match check_stdout() {
        Ok(()) => Box::new(io::stdout().lock()),
        Err(_) => Box::new(ClosedStdout),
    }
}

/// Refuses a standard output that was closed when the program started.
pub(crate) fn check_stdout() -> io::Result<()> {
    match IS_STDOUT_CLOSED.load(Ordering::Relaxed) {
        false => Ok(()),
        true => Err(io::Error::new(ErrorKind::NotConnected, "standard output is closed")),
    }
}

/// Whether standard output was closed when the program started. Before `main`, Rust's runtime opens
/// the null device in the place of what is closed; what is written would be lost and nobody told.
static IS_STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Looks at standard output before `main`, where the system lists what is open.
#[cfg(unix)]
#[ctor::ctor]
fn look_at_stdout() {
    let open = Path::new("/dev/fd");
    let is_closed = open.is_dir() && fs::symlink_metadata(open.join("1")).is_err();
    IS_STDOUT_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// What cannot be written to.
struct ClosedStdout;

impl Write for ClosedStdout {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        check_stdout().map(|()| 0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A document on a line of its own.
pub(crate) fn line(out: &mut dyn Write, document: &impl Serialize) -> Result<(), Failure> {
    Ok(try_line(out, document)?)
}

/// The same, where the failure is not that of standard output.
pub(crate) fn try_line(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, SeenFormatter);
    document.serialize(&mut serializer)?;
    writeln!(out)
}

/// Writes JSON in which names hold no character that a terminal would obey, or that is not seen:
/// those are escaped.
struct SeenFormatter;

impl Formatter for SeenFormatter {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((place, unseen)) = rest.char_indices().find(|(_, character)| is_unseen(*character)) {
            CompactFormatter.write_string_fragment(writer, &rest[..place])?;
            unseen.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))?;
            rest = &rest[place + unseen.len_utf8()..];
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

/// Says on standard error why a command failed.
pub(crate) fn complain(failure: &Failure) {
    if !failure.is_broken_pipe() {
        say(format_args!("{BAD}{HEADING}error:{HEADING:#}{BAD:#} {}", printable(&failure.to_string())));
    }
}

/// Says something on standard error, in a line of bounded length. Where even that cannot be
/// written, nothing is left to do.
pub(crate) fn say(message: impl std::fmt::Display) {
    let _ = writeln!(AutoStream::auto(io::stderr().lock()), "{}", bounded(message.to_string()));
}

/// A bar on standard error, if that is a terminal; without a length it says how far it has come.
pub(crate) fn bar(length: Option<u64>, template: &str) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// As many notes of a kind are said.
const NOTES_SAID: usize = 20;

/// Says these notes; of many only the first, and how many more there are.
pub(crate) fn say_notes(notes: impl IntoIterator<Item = String>) {
    let mut notes = notes.into_iter();
    notes.by_ref().take(NOTES_SAID).for_each(|note| say(format_args!("note: {note}")));
    match notes.count() {
        0 => {}
        more => say(format_args!("note: and {more} more")),
    }
}

/// The longest line that is said, in characters.
const LONGEST_SAID: usize = 1000;

/// A line of which, where it is too long, the middle is left out: what matters stands at its ends.
fn bounded(line: String) -> String {
    let length = line.chars().count();
    match length > LONGEST_SAID {
        false => line,
        true => {
            let half = LONGEST_SAID / 2;
            let (first, last) = (line.chars().take(half), line.chars().skip(length - half));
            first.chain(" … ".chars()).chain(last).collect()
        }
    }
}

/// Refuses a file that cannot be written, before the work whose answer goes there. What is in it
/// stays.
pub(crate) fn check_writable(file: &Path) -> Result<(), Failure> {
    try_opening(file).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

fn try_opening(file: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(_) => fs::remove_file(file),
        // A pipe or a device is not opened: that could wait for a reader, or end what it reads.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => match fs::metadata(file) {
            Ok(found) if found.is_file() || found.is_dir() => OpenOptions::new().append(true).open(file).map(drop),
            found => found.map(drop),
        },
        Err(error) => Err(error),
    }
}

/// Writes a file, all of it or nothing: what is there stays until the new text is complete.
pub(crate) fn write_file<T>(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T, Failure> {
    try_write_file(file, write).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

fn try_write_file<T>(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    let target = resolved(file)?;
    let found = fs::metadata(&target).ok();
    let is_special = found.as_ref().is_some_and(|found| !found.is_file());
    let permissions = found.map_or_else(usual_permissions, |found| found.permissions());
    let beside = tempfile::Builder::new().permissions(permissions).tempfile_in(target.parent().unwrap_or(Path::new("/")));
    match beside {
        Ok(beside) if !is_special => {
            let mut out = BufWriter::new(beside);
            let written = write(&mut out)?;
            out.into_inner()?.persist(&target)?;
            Ok(written)
        }
        // A pipe or a device, or a file in a folder where no other may be made.
        _ => {
            let mut out = BufWriter::new(File::create(&target)?);
            let written = write(&mut out)?;
            out.flush()?;
            Ok(written)
        }
    }
}

/// Of a file that is new: what the process gives to all its files.
fn usual_permissions() -> Permissions {
    #[cfg(unix)]
    return std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(not(unix))]
    return tempfile::tempfile().and_then(|file| Ok(file.metadata()?.permissions())).expect("a temporary file has permissions");
}

/// Whether two paths lead to one file, under whatever name; it need not exist yet.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let by_name = matches!((resolved(one), resolved(other)), (Ok(one), Ok(other)) if one == other);
    by_name || handle(one).zip(handle(other)).is_some_and(|(one, other)| one == other)
}

/// Whether a file to write is what standard input reads from.
pub(crate) fn is_standard_input(file: &Path) -> bool {
    handle(file).zip(Handle::stdin().ok()).is_some_and(|(file, stdin)| file == stdin)
}

/// What a file is to the system, if it is one: a pipe is not opened.
fn handle(file: &Path) -> Option<Handle> {
    fs::metadata(file).ok().filter(|found| found.is_file())?;
    Handle::from_path(file).ok()
}

fn resolved(file: &Path) -> io::Result<PathBuf> {
    file.canonicalize().or_else(|_| {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(folder.canonicalize()?.join(file.file_name().unwrap_or_default()))
    })
}

/// What ends a command early.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A source cannot be opened or read.
    #[error("{source_name}: {}", said(error))]
    Unreadable { source_name: String, error: io::Error },
    /// What was read is not what it should be.
    #[error("{place}: {reason}")]
    Input { place: String, reason: String },
    /// An event of a log cannot have happened.
    #[error("{place}: {reason}")]
    Impossible { place: String, reason: String },
    /// What is asked for is not there.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be written.
    #[error("{file}: {}", said(error))]
    Unwritable { file: String, error: io::Error },
    /// The answer cannot be written.
    #[error("cannot write: {}", said(.0))]
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// The exit status it ends the program with.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Impossible { .. } => 3,
            // As the platform's tools end, which the signal of a broken pipe kills.
            _ if cfg!(unix) && self.is_broken_pipe() => 128 + 13,
            _ => 2,
        }
    }

    /// Whether whoever read the output has gone, of which nobody needs to be told.
    fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// What the system says, without the number it says it by.
fn said(error: &io::Error) -> String {
    let said = error.to_string();
    match error.raw_os_error().and_then(|number| said.strip_suffix(&format!(" (os error {number})"))) {
        Some(words) => words.into(),
        None => said,
    }
}
