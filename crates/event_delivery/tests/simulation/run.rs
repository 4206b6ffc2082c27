//! One run: a world, everything that happens in it, and the findings at the end.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    canaries::Canary,
    fault::Counts,
    process::live,
    processes::Processes,
    surroundings::{self, commit_last_events},
    trace::{About, What},
    world::{World, wait},
};

/// How often it is checked whether a run is finished.
const LOOK: Duration = Duration::from_millis(500);
/// Faults stop after this time, in milliseconds, or when everything was committed.
const FAULTS_STOP_AT: u64 = 30_000;
/// Without faults, everything must be done within this time, in milliseconds: the clock was set back by 4 minutes at most, and a minute
/// is the longest pause.
const DONE_WITHIN: u64 = 600_000;

/// What a run came to.
pub(crate) struct Run {
    pub(crate) counts: Counts,
    /// The same in two runs only if the same happened in both.
    pub(crate) sum: u64,
    /// Lines of the trace: what happened, in all.
    pub(crate) lines: u64,
    pub(crate) finding: Option<Finding>,
}

/// Something that must never happen.
pub(crate) struct Finding {
    pub(crate) seed: u64,
    pub(crate) what: String,
    trace: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the end of the run of seed {}:\n{}seed {}: {}\nto see it again: ORDERLY_SIMULATION_SEED={} cargo test --package message_bus --test simulation every",
            self.seed, self.trace, self.seed, self.what, self.seed
        )
    }
}

/// Runs the world of this seed to its end.
pub(crate) fn run(seed: u64, canary: Option<Canary>) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let world = runtime.block_on(async {
        let world = World::new(seed);
        begin(&world, canary);
        until_quiet(&world).await;
        world
    });
    drop(runtime);
    let mut state = world.state();
    let what = state.violation.take();
    Run {
        counts: state.counts.clone(),
        sum: state.trace.sum(),
        lines: state.trace.lines(),
        finding: what.map(|what| Finding {
            seed,
            what,
            trace: state.trace.to_string(),
        }),
    }
}

fn begin(world: &Arc<World>, canary: Option<Canary>) {
    let (aggregates, processes) = {
        let mut state = world.state();
        state.log.numbers_again = canary == Some(Canary::NumberedAgain);
        let alone = state.chance.once_in(4);
        (state.chance.aggregates(), if alone { 1 } else { Processes::MOST })
    };
    for aggregate in 0..aggregates {
        let count = 2 + world.state().chance.below(6);
        tokio::spawn(surroundings::commit_events(Arc::clone(world), aggregate, count));
    }
    for process in 0..processes {
        tokio::spawn(live(Arc::clone(world), process, canary));
        tokio::spawn(surroundings::crash(Arc::clone(world), process));
    }
    tokio::spawn(surroundings::deploy(Arc::clone(world)));
    tokio::spawn(surroundings::set_clock(Arc::clone(world)));
    tokio::spawn(surroundings::lapse(Arc::clone(world)));
    tokio::spawn(surroundings::prune(Arc::clone(world)));
    tokio::spawn(surroundings::operate(Arc::clone(world)));
}

async fn until_quiet(world: &Arc<World>) {
    let mut faults_stopped_at = None;
    loop {
        wait(LOOK).await;
        let mut state = world.state();
        if state.violation.is_some() {
            return;
        }
        let Some(stopped_at) = faults_stopped_at else {
            if state.log.writers == 0 && state.at >= FAULTS_STOP_AT {
                faults_stopped_at = Some(state.at);
                state.note(What::FaultsStop, About::default());
                state.chance.calm_down();
                let lies = state.chance.transport_lies();
                drop(state);
                if lies {
                    commit_last_events(world);
                }
            }
            continue;
        };
        state.clean_up();
        match state.left() {
            None => return,
            Some(left) if state.at > stopped_at + DONE_WITHIN => {
                state.violated(|| format!("long after the faults have stopped, {left}"));
            }
            Some(_) => {}
        }
    }
}
