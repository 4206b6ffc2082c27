//! Delivery in virtual time: the real relay, publisher, dispatcher and rules, over stores, a transport, clocks and processes that fail in every
//! way there is, repeatably from a seed. What must hold is checked at each effect and at the end.
//!
//! Deliberately not here: a database. What the stores guarantee is written in `context.rs` and `source_log.rs`; the contract suite shows
//! that the real ones do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "everything here is test code, stops at the first thing that is not as it says, and tells what it did"
)]

mod canaries;
mod chance;
mod context;
mod fault;
mod handler;
mod model;
mod process;
mod processes;
mod run;
mod seeds;
mod source_log;
mod store;
mod subscribers;
mod surroundings;
mod trace;
mod transport;
mod world;

use canaries::Canary;
use run::run;
use seeds::{fresh_seed, from_environment, run_all};

/// Runs in `make test`.
const RUNS: u64 = 2_000;
/// How often, at least, each kind of fault happens in as many runs: a fault that never happened proves nothing.
const LEAST_COUNT: u64 = 1_000;
/// Runs within which a known bug must be found.
const CANARY_RUNS: u64 = 200;

#[test]
fn every_event_has_its_effect_once_and_in_order_whatever_happens() {
    let seed = from_environment("ORDERLY_SIMULATION_SEED");
    let runs = from_environment("ORDERLY_SIMULATION_SEEDS");
    let (first, runs) = match (seed, runs) {
        (Some(seed), runs) => (seed, runs.unwrap_or(1)),
        (None, Some(runs)) => (fresh_seed(), runs),
        (None, None) => (0, RUNS),
    };
    println!("{runs} runs, from seed {first} on");
    let began = std::time::Instant::now();
    let sums = run_all(first..first + runs, None);
    if let Some(finding) = sums.finding {
        panic!("{finding}");
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{runs} runs took {seconds:.1} s; {} things happened, among them",
        sums.lines
    );
    let expected = LEAST_COUNT * (runs / RUNS);
    for (fault, count) in sums.counts.each() {
        println!("{count:>12} {fault:?}");
        assert!(
            count >= expected,
            "{fault:?} happened {count} times, expected at least {expected}"
        );
    }
}

#[test]
fn a_seed_repeats_its_run() {
    let sums: Vec<u64> = (0..10).map(|seed| run(seed, None).sum).collect();
    let again: Vec<u64> = (0..10).map(|seed| run(seed, None).sum).collect();
    assert_eq!(sums, again);
    let different: std::collections::HashSet<u64> = sums.into_iter().collect();
    assert_eq!(different.len(), 10, "runs of different seeds are the same");
}

#[test]
fn each_known_bug_is_found_and_its_seed_shows_it_again() {
    for canary in Canary::ALL {
        let finding = run_all(0..CANARY_RUNS, Some(canary)).finding;
        let finding = finding.unwrap_or_else(|| panic!("{canary:?} was not found in {CANARY_RUNS} runs"));
        println!("{canary:?} was found by seed {}: {}", finding.seed, finding.what);
        let again = run(finding.seed, Some(canary)).finding;
        assert_eq!(again.map(|again| again.to_string()), Some(finding.to_string()));
    }
}
