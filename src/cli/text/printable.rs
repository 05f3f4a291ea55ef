//! Names as a terminal may show them.

/// A name with the characters written out that a terminal would obey instead of showing them, or that would have it show something else.
pub(crate) fn printable(name: &str) -> String {
    let written = |character: char| if is_obeyed(character) { character.escape_debug().to_string() } else { character.to_string() };
    name.chars().map(written).collect()
}

/// Whether it controls (C0 and C1), breaks a line, turns the direction of text, or has no width and so makes two names look like one.
fn is_obeyed(character: char) -> bool {
    match character {
        '\u{2028}' | '\u{2029}' => true,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}' => true,
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => character.is_control(),
    }
}
