//! Ctrl-C: the first says that it is enough, the second ends the program.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// The exit status of what was interrupted, as shells have it.
pub(super) const INTERRUPTED: u8 = 130;

/// How often whoever waits for work looks whether to go on waiting.
const GLANCE: Duration = Duration::from_millis(50);

/// Whether to stop.
#[derive(Clone)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Told by Ctrl-C from now on. Where that cannot be listened for, Ctrl-C ends the program as it
    /// always does.
    pub(super) fn listen() -> Self {
        let stop = Self(Arc::new(AtomicBool::new(false)));
        let told = stop.clone();
        let _ = ctrlc::set_handler(move || {
            if told.0.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        });
        stop
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What some work comes to, unless it is told to stop before.
    pub(super) fn unless<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.gather(move |done| drop(done.send(work()))).pop()
    }

    /// What some work sends until it ends, or until it is told to stop. Then the work, which may
    /// have no place to look at this for a long time, is left to itself and ends with the program.
    pub(super) fn gather<T: Send + 'static>(&self, work: impl FnOnce(Sender<T>) + Send + 'static) -> Vec<T> {
        let (sender, receiver) = mpsc::channel();
        let worker = thread::spawn(move || work(sender));
        let mut received = Vec::new();
        loop {
            match receiver.recv_timeout(GLANCE) {
                Ok(item) => received.push(item),
                Err(RecvTimeoutError::Timeout) if self.is_told() => return received,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        received
    }
}
