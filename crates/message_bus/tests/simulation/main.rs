//! Delivery in virtual time: the real publisher, courier and rules, over stores, a transport, clocks and processes that fail in every
//! way there is, repeatably from a seed. What must hold is checked at each effect and at the end.
//!
//! Deliberately not here: a database. What the stores promise is stated in `context.rs` and `source_log.rs`; that the real ones keep it,
//! the contract suite shows.

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
use seeds::{number_from_environment, run_all};

/// Runs in `make test`.
const RUNS: u64 = 2_000;

/// Runs within which a known bug must be found.
const CANARY_RUNS: u64 = 200;

#[test]
fn every_event_has_its_effect_once_and_in_order_whatever_happens() {
    if let Some(seed) = number_from_environment("ORDERLY_SIMULATION_SEED") {
        let run = run(seed, None);
        if let Some(finding) = run.finding {
            panic!("{finding}");
        }
        println!("seed {seed} found nothing: {} events", run.lines);
        return;
    }
    let runs = number_from_environment("ORDERLY_SIMULATION_SEEDS").unwrap_or(RUNS);
    let sums = run_all(0..runs, None, true);
    if let Some(finding) = sums.finding {
        panic!("{finding}");
    }
    for (fault, count) in sums.counts.each() {
        println!("{fault:<20?} {count:>12}");
    }
}

#[test]
fn a_seed_repeats_its_run() {
    for seed in 0..20 {
        assert_eq!(run(seed, None).sum, run(seed, None).sum, "seed {seed}");
        assert_ne!(run(seed, None).sum, run(seed + 1, None).sum, "seed {seed}");
    }
}

#[test]
fn each_known_bug_is_found() {
    for canary in Canary::ALL {
        let sums = run_all(0..CANARY_RUNS, Some(canary), false);
        let finding = sums
            .finding
            .unwrap_or_else(|| panic!("{canary:?} was not found in {CANARY_RUNS} runs"));
        println!("{canary:?}: {}", finding.in_short());
    }
}
