//! A consumer's limits of time, attempts and concurrency.

/// How long and how often an event is tried at a consumer before it is given up, and how many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Attempts until a delivery is dead, counted from when it was first tried or last replayed. At least 1.
    pub attempts: u32,
    /// Attempts in a row that ended with the process until a delivery is dead, so that a delivery that stops the process does
    /// not do so for ever.
    pub interruptions: u32,
    /// How long one attempt may take, in milliseconds. What its handler had handed to the committer by then may still be
    /// committed: the next attempt finds a duplicate.
    pub deadline_milliseconds: u64,
    /// The longest pause between two attempts, in milliseconds.
    pub longest_pause_milliseconds: u64,
    /// Deliveries that its handlers work on at the same time, each of another aggregate.
    pub at_once: usize,
}

/// For a handler that does nothing but commit in its own context: about an hour of attempts.
impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 120,
            interruptions: 5,
            deadline_milliseconds: 30_000,
            longest_pause_milliseconds: 60_000,
            at_once: 64,
        }
    }
}
