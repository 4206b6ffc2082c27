//! The lines that a process writes, and waiting for one of them rather than for some time.

use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long anything that has to happen may take. Generous: other suites may keep the machine busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lines written so far.
#[derive(Clone, Default)]
pub struct Lines(Arc<(Mutex<Written>, Condvar)>);

#[derive(Default)]
struct Written {
    lines: Vec<String>,
    ended: bool,
}

impl Written {
    fn line_with(&self, text: &str) -> Option<String> {
        self.lines.iter().find(|line| line.contains(text)).cloned()
    }
}

impl Lines {
    /// Collects the output on a thread of its own, to its end.
    pub(crate) fn collect(&self, from: impl Read + Send + 'static) -> JoinHandle<()> {
        let lines = self.clone();
        thread::spawn(move || {
            let (written, changed) = &*lines.0;
            // A process that is killed may leave half a character behind: that is an end as well.
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                written.lock().unwrap().lines.push(line);
                changed.notify_all();
            }
            written.lock().unwrap().ended = true;
            changed.notify_all();
        })
    }

    /// All of them.
    pub fn so_far(&self) -> Vec<String> {
        self.0.0.lock().unwrap().lines.clone()
    }

    /// Waits for one that contains `text`.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_for_line_or_end(text)
            .unwrap_or_else(|| panic!("no line came with {text:?}, only:\n{}", self.so_far().join("\n")))
    }

    /// Waits for one that contains `text`, or for the end, which leaves none.
    pub(crate) fn wait_for_line_or_end(&self, text: &str) -> Option<String> {
        self.wait_while(|written| written.line_with(text).is_none() && !written.ended);
        self.0.0.lock().unwrap().line_with(text)
    }

    /// Waits until no more can come; false, if that takes too long.
    pub(crate) fn wait_for_end(&self) -> bool {
        self.wait_while(|written| !written.ended)
    }

    fn wait_while(&self, condition: impl Fn(&Written) -> bool) -> bool {
        let (written, changed) = &*self.0;
        let guard = written.lock().unwrap();
        let (_guard, waited) = changed
            .wait_timeout_while(guard, PATIENCE, |written| condition(written))
            .unwrap();
        !waited.timed_out()
    }
}
