//! What all parts of a run share: the databases, the clock, chance, and the list of what happened. One lock guards it, and no task waits
//! while it holds that lock.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use message_bus::Unavailable;
use shared_kernel::{Clock, IdGenerator, Timestamp};
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use crate::{
    chance::Chance,
    context::Context,
    fault::{Counts, Fault},
    processes::Processes,
    source_log::LoggedEvents,
    subscribers,
    trace::{About, Trace, What},
};

/// 2026-01-01T00:00:00Z.
const BEGINNING_MICROSECONDS: i64 = 1_767_225_600_000_000;
/// Calls to stores after which a run counts as an endless loop.
const MOST_CALLS: u64 = 200_000;

/// A run's world.
pub(crate) struct World {
    state: Mutex<State>,
    began_at: Instant,
    /// For each process: it committed an event.
    pub(crate) committed: [Notify; Processes::MOST],
}

/// What is behind the lock.
pub(crate) struct State {
    /// Milliseconds of virtual time since the beginning.
    pub(crate) at: u64,
    pub(crate) chance: Chance,
    pub(crate) counts: Counts,
    pub(crate) trace: Trace,
    pub(crate) violation: Option<String>,
    pub(crate) log: LoggedEvents,
    pub(crate) contexts: [Context; subscribers::NAMES.len()],
    pub(crate) processes: Processes,
    /// How far the clock is from virtual time, in milliseconds.
    pub(crate) clock_offset: i64,
    /// Whether the last consumer has been added.
    pub(crate) last_joined: bool,
    calls: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let mut chance = Chance::new(seed);
        let last_joined = chance.once_in(2);
        let log = LoggedEvents::new(chance.aggregates());
        let contexts = std::array::from_fn(|consumer| Context::new(consumer, chance.aggregates()));
        Arc::new(Self {
            began_at: Instant::now(),
            committed: Default::default(),
            state: Mutex::new(State {
                at: 0,
                chance,
                counts: Counts::default(),
                trace: Trace::default(),
                violation: None,
                log,
                contexts,
                processes: Processes::default(),
                clock_offset: 0,
                last_joined,
                calls: 0,
            }),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap();
        state.at = u64::try_from(self.began_at.elapsed().as_millis()).unwrap();
        state
    }

    /// A call to a store: takes a while, is applied at one moment, and takes a while until it is answered. It can fail before and after.
    pub(crate) async fn call<T>(&self, apply: impl FnOnce(&mut State) -> T) -> Result<T, Unavailable> {
        let (before, fails_before) = self.state().begin_call();
        wait(before).await;
        if fails_before {
            return Err(Unavailable::dependency("a fault, before"));
        }
        let (answer, after) = {
            let mut state = self.state();
            let answer = apply(&mut state);
            (answer, state.end_call())
        };
        match after {
            Some(after) => {
                wait(after).await;
                Ok(answer)
            }
            None => Err(Unavailable::dependency("a fault, after")),
        }
    }

    /// A call that writes: besides, it may be applied long after its caller got an error, and after its process has ended.
    pub(crate) async fn write<T>(
        self: &Arc<Self>,
        apply: impl FnOnce(&mut State) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let late = self.state().late_write();
        let Some((told_after, applied_after)) = late else {
            return self.call(apply).await;
        };
        let world = Arc::clone(self);
        tokio::spawn(async move {
            wait(applied_after).await;
            apply(&mut world.state());
        });
        wait(told_after).await;
        Err(Unavailable::OutcomeUnknown)
    }
}

impl State {
    /// Writes down what happened.
    pub(crate) fn note(&mut self, what: What, about: About) {
        // After a violation, further lines would only push out those that led to it.
        if self.violation.is_none() {
            self.trace.add(self.at, what, about);
        }
    }

    /// Whether this kind of fault happens now. Writes it down if it does.
    pub(crate) fn happens(&mut self, fault: Fault, about: About) -> bool {
        let happens = self.chance.happens(fault);
        if happens {
            self.happened(fault, about);
        }
        happens
    }

    /// Writes a fault down.
    pub(crate) fn happened(&mut self, fault: Fault, about: About) {
        self.counts.add(fault);
        self.note(What::Fault(fault), about);
    }

    /// Reports something that must never happen. The first finding counts.
    pub(crate) fn violated(&mut self, finding: impl FnOnce() -> String) {
        if self.violation.is_none() {
            self.violation = Some(finding());
        }
    }

    /// The time by the clock.
    pub(crate) fn now(&self) -> Timestamp {
        let offset = i64::try_from(self.at).unwrap() + self.clock_offset;
        Timestamp::from_microseconds(BEGINNING_MICROSECONDS)
            .unwrap()
            .plus_milliseconds(offset)
    }

    fn begin_call(&mut self) -> (Duration, bool) {
        self.calls += 1;
        if self.calls > MOST_CALLS {
            self.violated(|| format!("more than {MOST_CALLS} calls to stores"));
        }
        (
            self.chance.latency(),
            self.happens(Fault::ErrorBefore, About::default()),
        )
    }

    /// How long the answer takes, unless it is a failure.
    fn end_call(&mut self) -> Option<Duration> {
        (!self.happens(Fault::ErrorAfter, About::default())).then(|| self.chance.latency())
    }

    fn late_write(&mut self) -> Option<(Duration, Duration)> {
        self.happens(Fault::WrittenLate, About::default()).then(|| {
            let told_after = self.chance.milliseconds(1..50);
            (told_after, told_after + self.chance.milliseconds(1..3000))
        })
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.state().now()
    }

    fn running_for(&self) -> Duration {
        self.began_at.elapsed()
    }
}

impl IdGenerator for World {
    fn next_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.state().chance.number()))
    }

    fn random_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.state().chance.number().to_le_bytes());
        bytes
    }
}

/// Waits in virtual time; not at all, rather than for nothing.
pub(crate) async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep_until(Instant::now() + time).await;
    }
}
