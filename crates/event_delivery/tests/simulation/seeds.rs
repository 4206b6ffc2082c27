//! Many runs: which seeds, on all processors, and their results together.

use std::{
    env,
    hash::{BuildHasher, RandomState},
    ops::Range,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use crate::{
    canaries::Canary,
    fault::Counts,
    run::{Finding, run},
};

/// The results of many runs.
#[derive(Default)]
pub(crate) struct Sums {
    pub(crate) runs: u64,
    pub(crate) lines: u64,
    pub(crate) counts: Counts,
    pub(crate) finding: Option<Finding>,
}

/// Runs these seeds, until one finds something. Prints each time that another tenth of them is done.
pub(crate) fn run_all(seeds: Range<u64>, canary: Option<Canary>) -> Sums {
    let count = seeds.end - seeds.start;
    let next = AtomicU64::new(seeds.start);
    let found = AtomicBool::new(false);
    let sums = Mutex::new(Sums::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while !found.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let run = run(seed, canary);
                    let mut sums = sums.lock().unwrap();
                    sums.runs += 1;
                    sums.lines += run.lines;
                    sums.counts.add_all(&run.counts);
                    if canary.is_none() && sums.runs * 10 / count > (sums.runs - 1) * 10 / count {
                        println!("{} of {count} runs are done", sums.runs);
                    }
                    if let Some(finding) = run.finding {
                        found.store(true, Ordering::Relaxed);
                        // A thread that works on an earlier seed finishes it, so that the first finding is the same each time.
                        if sums
                            .finding
                            .as_ref()
                            .is_none_or(|first| finding.seed < first.seed)
                        {
                            sums.finding = Some(finding);
                        }
                    }
                }
            });
        }
    });
    sums.into_inner().unwrap()
}

/// A seed that differs from run to run, and is short enough to be typed.
pub(crate) fn fresh_seed() -> u64 {
    RandomState::new().hash_one("seed") % 1_000_000_000_000
}

/// A number that the environment gives.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment how much to do"
)]
pub(crate) fn from_environment(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    let number = value.parse().ok();
    Some(number.unwrap_or_else(|| panic!("{variable} is {value:?}, expected a number")))
}
