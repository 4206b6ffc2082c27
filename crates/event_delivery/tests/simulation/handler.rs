//! Handlers: effect and position in one step, and everything that can go wrong around it.

use std::{future::pending, panic::resume_unwind, sync::Arc, time::Duration};

use message_bus::{
    CommandMeta, CommitError, Conflict, Delivery, NotFound, ReactsTo, Unavailable, UseCaseError,
};
use tokio::sync::oneshot;

use crate::{
    fault::Fault,
    processes::Life,
    source_log::aggregate_of,
    subscribers::{Changed, Nature, Opened, limits},
    trace::{About, What},
    world::{State, World, wait},
};

tokio::task_local! {
    /// Set while an event is handed over, so that a handler that is called then can tell that no row led to it.
    pub(crate) static DIRECTLY: ();
}

/// How one call of a handler proceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Transient,
    Refused,
    Conflict,
    Panics,
    Kills,
    /// Does nothing before the deadline.
    Stalls,
    /// Commits, so late that the deadline may be over.
    CommitsAfter(Duration),
}

/// A consumer's handler, in one process.
pub(crate) struct Handler {
    pub(crate) world: Arc<World>,
    pub(crate) consumer: usize,
    pub(crate) life: Life,
}

impl ReactsTo<Opened> for Handler {
    async fn react(&self, _: Opened, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(meta).await
    }
}

impl ReactsTo<Changed> for Handler {
    async fn react(&self, _: Changed, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(meta).await
    }
}

impl Handler {
    async fn handle(&self, meta: CommandMeta) -> Result<(), UseCaseError> {
        let delivery = meta.delivery.expect("a reaction answers a delivery");
        let (fate, survives) = {
            let mut state = self.world.state();
            let fate = state.call_of(self.consumer, &delivery, self.life);
            (fate, state.chance.once_in(2))
        };
        let Some(landing) = befalls(fate, self.consumer).await? else {
            return Ok(());
        };
        // The committer owns the write set: it is committed after the deadline too and, in one of two cases, after the end of the process.
        let (answer, answered) = oneshot::channel();
        let (world, consumer, life) = (Arc::clone(&self.world), self.consumer, self.life);
        tokio::spawn(async move {
            wait(landing).await;
            let commit = |state: &mut State| {
                if survives || state.processes.goes_on(life) {
                    state.commit_effect(consumer, &delivery)
                } else {
                    Err(Unavailable::dependency("the process has ended").into())
                }
            };
            let committed = world.call(commit).await;
            // The caller may be gone.
            let _ = answer.send(committed.unwrap_or_else(|error| Err(error.into())));
        });
        let committed = answered.await.expect("the committer answers");
        after_commit(committed)
    }
}

/// What a handler makes of its commit's answer.
pub(crate) fn after_commit(committed: Result<(), CommitError>) -> Result<(), UseCaseError> {
    match committed {
        Ok(()) | Err(CommitError::AlreadyApplied) => Ok(()),
        Err(CommitError::Unavailable(error)) => Err(error.into()),
        Err(error) => Err(Unavailable::dependency(error).into()),
    }
}

/// Executes the handler's fate. If it commits, returns after what time.
pub(crate) async fn befalls(fate: Fate, consumer: usize) -> Result<Option<Duration>, UseCaseError> {
    match fate {
        Fate::Transient => Err(Unavailable::dependency("a fault in the handler").into()),
        Fate::Refused => Err(NotFound { what: "fault" }.into()),
        Fate::Conflict => Err(Conflict::OthersWereFaster.into()),
        // Unlike a panic, this wakes no hook that would print it.
        Fate::Panics => resume_unwind(Box::new("a fault")),
        Fate::Kills => pending().await,
        Fate::Stalls => {
            let deadline = limits(consumer).deadline_milliseconds;
            wait(Duration::from_millis(deadline * 2)).await;
            Ok(None)
        }
        Fate::CommitsAfter(landing) => Ok(Some(landing)),
    }
}

impl State {
    /// A handler is called: draws how it proceeds.
    pub(crate) fn call_of(&mut self, consumer: usize, delivery: &Delivery, life: Life) -> Fate {
        let directly = DIRECTLY.try_with(|()| ()).is_ok();
        let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
        let about = About::event(aggregate, version).at(consumer).by(life.process);
        self.note(What::HandlerCalled, about.with(i64::from(directly)));
        self.check_call(consumer, delivery, directly);
        if self.processes.lost_lease(life.process, self.at) {
            self.happened(Fault::LeaseOutlived, about);
        }
        let fate = self.fate(consumer, aggregate, version, about);
        if fate == Fate::Kills {
            self.check_kill(consumer, delivery, directly);
            self.kill(life.process, Fault::KilledByEvent, about);
        } else if !directly {
            self.contexts[consumer]
                .killed_by_row
                .remove(&(aggregate, version));
        }
        fate
    }

    fn fate(&mut self, consumer: usize, aggregate: usize, version: u32, about: About) -> Fate {
        let nature = self.log.version_mut(aggregate, version).natures[consumer];
        let deadline = Duration::from_millis(limits(consumer).deadline_milliseconds);
        if self.chance.is_calm() {
            return Fate::CommitsAfter(self.chance.latency());
        }
        match nature {
            Nature::Kills => return Fate::Kills,
            Nature::Refused => {
                self.happened(Fault::Permanent, about);
                return Fate::Refused;
            }
            Nature::Panics => {
                self.happened(Fault::Panic, about);
                return Fate::Panics;
            }
            Nature::Harmless => {}
        }
        for (fault, fate) in [
            (Fault::Transient, Fate::Transient),
            (Fault::Permanent, Fate::Refused),
            (Fault::Conflict, Fate::Conflict),
            (Fault::Panic, Fate::Panics),
            (Fault::Stall, Fate::Stalls),
        ] {
            if self.happens(fault, about) {
                return fate;
            }
        }
        if self.happens(Fault::CommittedLate, about) {
            return Fate::CommitsAfter(deadline + self.chance.milliseconds(1..2_000));
        }
        Fate::CommitsAfter(self.chance.latency())
    }

    fn commit_effect(&mut self, consumer: usize, delivery: &Delivery) -> Result<(), CommitError> {
        let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
        let applied = self.contexts[consumer].kept.apply(delivery);
        match &applied {
            Ok(()) => self.check_effect(consumer, delivery),
            Err(CommitError::AlreadyApplied) => {
                self.note(What::AppliedBefore, About::event(aggregate, version).at(consumer));
            }
            Err(_) => self.note(What::Gap, About::event(aggregate, version).at(consumer)),
        }
        applied
    }
}
