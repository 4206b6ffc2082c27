//! How the server behaves, and what it has seen: shared by all its threads.

use std::{
    collections::{BTreeMap, HashMap},
    net::TcpStream,
    sync::{Condvar, Mutex, MutexGuard},
    time::Duration,
};

use crate::Received;

/// How long the server waits for anything before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The state, and a condition variable that is notified of every change.
#[derive(Default)]
pub(crate) struct HouseRules {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    /// No connection is accepted.
    pub(crate) is_down: bool,
    /// Answers are delayed.
    pub(crate) is_slow: bool,
    /// Answers are delayed from the next mail on, which is taken.
    pub(crate) is_slow_after_a_mail: bool,
    /// Callers that wait for an answer now.
    pub(crate) waiting: usize,
    /// Answers to `RCPT TO`, by address; others are accepted.
    pub(crate) refused: BTreeMap<String, String>,
    /// How many mails more are cut off in the middle.
    pub(crate) cuts: usize,
    /// The open connections, by a number of their own, so that they can be broken.
    pub(crate) connections: HashMap<u64, TcpStream>,
    /// How many connections there ever were.
    pub(crate) connections_so_far: u64,
    pub(crate) received: Vec<Received>,
}

impl State {
    /// Accepts a connection, under a number of its own, unless none is accepted.
    pub(crate) fn let_in(&mut self, stream: TcpStream) -> Option<u64> {
        if self.is_down {
            return None;
        }
        self.connections_so_far += 1;
        self.connections.insert(self.connections_so_far, stream);
        Some(self.connections_so_far)
    }

    /// Takes a mail.
    pub(crate) fn take(&mut self, mail: Received) {
        self.received.push(mail);
        self.is_slow |= std::mem::take(&mut self.is_slow_after_a_mail);
    }

    /// Whether the mail that begins now is one of those to be cut off.
    pub(crate) fn takes_a_cut(&mut self) -> bool {
        let left = self.cuts.checked_sub(1);
        self.cuts = left.unwrap_or(0);
        left.is_some()
    }
}

impl HouseRules {
    /// Changes something, and notifies the waiting threads.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.lock());
        self.changed.notify_all();
        changed
    }

    pub(crate) fn see<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Waits until `look` finds something.
    pub(crate) fn wait_for<T>(&self, what: &str, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut state = self.lock();
        loop {
            if let Some(found) = look(&state) {
                return found;
            }
            let (next, timeout) = self
                .changed
                .wait_timeout(state, PATIENCE)
                .expect("no thread panics here");
            assert!(!timeout.timed_out(), "waited too long for {what}");
            state = next;
        }
    }

    /// Before each answer: waits as long as the server is slow and the connection is open.
    pub(crate) fn hold_back(&self, connection: u64) {
        let mut state = self.lock();
        if !state.is_slow {
            return;
        }
        state.waiting += 1;
        self.changed.notify_all();
        while state.is_slow && state.connections.contains_key(&connection) {
            state = self.changed.wait(state).expect("no thread panics here");
        }
        state.waiting -= 1;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics here")
    }
}
