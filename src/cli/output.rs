//! Where answers and complaints go.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;
use sticky_assignor::document::printable;

use super::failure::Failure;
use super::options::{Colour, Format, Shown};
use super::style::{BAD, HEADING};

/// Standard output, buffered; colours are taken out of text where nobody would see them.
pub(crate) fn open(shown: &Shown) -> Box<dyn Write> {
    let stdout = io::stdout().lock();
    match (shown.format, shown.color) {
        (Format::Json, _) => Box::new(BufWriter::new(stdout)),
        (Format::Text, Colour::Auto) => Box::new(BufWriter::new(AutoStream::auto(stdout))),
        (Format::Text, Colour::Always) => Box::new(BufWriter::new(AutoStream::new(stdout, ColorChoice::Always))),
        (Format::Text, Colour::Never) => Box::new(BufWriter::new(AutoStream::new(stdout, ColorChoice::Never))),
    }
}

/// A document on a line of its own.
pub(crate) fn line(out: &mut dyn Write, document: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, document).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// Says on standard error why a command failed.
pub(crate) fn complain(failure: &Failure) {
    if !failure.is_broken_pipe() {
        say(format_args!("{BAD}{HEADING}error:{HEADING:#}{BAD:#} {}", printable(&failure.to_string())));
    }
}

/// Says something on standard error. Where even that cannot be written, nothing is left to do.
pub(crate) fn say(message: impl std::fmt::Display) {
    let _ = writeln!(AutoStream::auto(io::stderr().lock()), "{message}");
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

/// Writes a file.
pub(crate) fn write_file(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text).map_err(|error| Failure::Unwritable { file: file.display().to_string(), error })
}

/// Whether two paths lead to one file, which need not exist yet.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((resolved(one), resolved(other)), (Ok(one), Ok(other)) if one == other)
}

fn resolved(file: &Path) -> io::Result<PathBuf> {
    file.canonicalize().or_else(|_| {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(folder.canonicalize()?.join(file.file_name().unwrap_or_default()))
    })
}
