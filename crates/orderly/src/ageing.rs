//! Installations that age: orders are placed and processed while retention deletes, servers stop and start, clocks are wrong, months pass without an
//! order, and everything moves to PostgreSQL. Whatever was acknowledged is there afterwards, each mail was sent once, each order is reserved once,
//! and the doctor finds nothing.
//!
//! What happens is drawn from a seed, which is printed when something does not hold. The engines, the adapters, the consumers and the doctor are those of a
//! real installation; time and mail are the test's own. The machine decides how relays and committers interleave, so a seed repeats the requests, but
//! not always their outcome. Deliberately not here: processes that are killed, and power losses; the torture tests have them.

mod asking;
mod beginning;
mod canaries;
mod history;
mod known;
mod looking;
mod postgres;
mod seeds;
mod world;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use tokio::runtime::Builder;

use self::{
    history::Told,
    seeds::{Counts, Sums},
};

/// How many histories run by default.
const HISTORIES: u64 = 12;
/// So many at the same time: each mostly waits for the disk.
const AT_ONCE: usize = 4;

#[test]
fn whatever_an_installation_lives_through_what_was_acknowledged_holds() {
    canaries::switch_on_if_asked_to();
    let seeds = seeds::to_live_through(HISTORIES);
    let (next, sums) = (AtomicU64::new(seeds.start), Mutex::new(Sums::default()));
    thread::scope(|scope| {
        let living = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return;
                }
                match live(seed) {
                    Ok(counts) => sums.lock().unwrap().add(&counts),
                    Err(found) => {
                        next.store(seeds.end, Ordering::Relaxed);
                        sums.lock().unwrap().found(found);
                    }
                }
            }
        };
        for _ in 0..AT_ONCE {
            scope.spawn(living);
        }
    });
    let sums = sums.into_inner().unwrap();
    println!("histories {} to {}: {sums}", seeds.start, seeds.end - 1);
    sums.hold();
}

/// Runs the history of this seed, in a runtime of its own. A violation is reported with everything that happened before.
fn live(seed: u64) -> Result<Counts, String> {
    let told = Told::default();
    // More than one thread: PostgreSQL's migrations block theirs.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let living = || runtime.block_on(history::live(seed, told.clone()));
    catch_unwind(AssertUnwindSafe(living)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("?");
        format!("seed {seed}: {text}\n\nuntil then:\n{told}")
    })
}
