//! How our clients say what happens to them, and hear that they are to end.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

/// One line on standard output; where nobody reads it any more there is nothing left to say.
pub(crate) fn report(event: &Value) {
    let _ = writeln!(std::io::stdout(), "{event}");
}

/// Whether the standard input has ended.
pub(crate) fn ended() -> Arc<AtomicBool> {
    let ended = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&ended);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        set.store(true, Ordering::Relaxed);
    });
    ended
}
