//! Which histories run, and their results together.

use std::{
    collections::BTreeMap,
    env, fmt,
    hash::{BuildHasher, RandomState},
    ops::Range,
};

/// How many histories.
pub(super) const COUNT: &str = "ORDERLY_AGEING_SEEDS";
/// The seed of the first one.
pub(super) const FIRST: &str = "ORDERLY_AGEING_FIRST_SEED";

/// The seeds, from one that differs from run to run unless the environment names it.
pub(super) fn to_live_through(count: u64) -> Range<u64> {
    let first = from_environment(FIRST).map_or_else(fresh_seed, |text| number(FIRST, &text));
    let count = from_environment(COUNT).map_or(count, |text| number(COUNT, &text));
    first..first + count
}

fn fresh_seed() -> u64 {
    RandomState::new().hash_one("seed") % 1_000_000_000
}

fn number(variable: &str, text: &str) -> u64 {
    text.parse()
        .unwrap_or_else(|_| panic!("{variable} is {text:?}, expected a number"))
}

/// A setting of the tests' own.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment how much to do"
)]
pub(super) fn from_environment(variable: &str) -> Option<String> {
    env::var(variable).ok()
}

/// How often each kind of thing happened.
pub(super) type Counts = BTreeMap<&'static str, u64>;

/// The results of many histories.
#[derive(Default)]
pub(super) struct Sums {
    counts: Counts,
    found: Vec<String>,
}

impl Sums {
    pub(super) fn add(&mut self, counts: &Counts) {
        for (what, count) in counts {
            *self.counts.entry(what).or_default() += count;
        }
    }

    pub(super) fn found(&mut self, what_does_not_hold: String) {
        self.found.push(what_does_not_hold);
    }

    /// Everything held. A test in which nothing happens finds nothing: each kind of step must have happened.
    pub(super) fn hold(&self) {
        assert!(self.found.is_empty(), "{}", self.found.join("\n\n"));
        for what in [
            "orders placed",
            "quiet months",
            "restarts",
            "clocks set",
            "keys repeated",
            "mails",
        ] {
            assert!(self.counts.get(what) > Some(&0), "no {what}: {self}");
        }
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self
            .counts
            .iter()
            .map(|(what, count)| format!("{what} {count}"))
            .collect();
        formatter.write_str(&told.join(", "))
    }
}
