//! Names as a terminal may show them.

/// A name with its control characters (C0 and C1) written out: a terminal would obey them.
pub(crate) fn printable(name: &str) -> String {
    let written = |character: char| if character.is_control() { character.escape_debug().to_string() } else { character.to_string() };
    name.chars().map(written).collect()
}
