//! Known bugs, each another implementation of a port. If the simulation did not find them, it would not find a real one either.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_delivery::{
    Attempt, AttemptEnd, ConsumerProgress, DeliveryState, DeliveryStore, EventLog, History, LoggedEvent,
    Missing, PendingDelivery, in_memory::ConsumerState,
};
use message_bus::{CommandMeta, Consumer, Delivery, ReactsTo, Unavailable, UseCaseError};
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use crate::{
    handler::{Handler, after_commit, befalls},
    processes::Life,
    source_log::SourceLog,
    store::Store,
    subscribers::{self, Changed, Kind, Opened},
    world::{State, World},
};

/// The known bugs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Canary {
    /// Treats as unpublished what comes after the last published event.
    Cursor,
    /// Commits a handler's effect and its position in two steps.
    TwoSteps,
    /// A store that ignores dead deliveries, so that later ones overtake them.
    BlindToDead,
    /// Counts attempts when they end.
    CountedAtTheEnd,
    /// Marks events before they are handed over.
    MarkedBefore,
    /// Retention empties the log, which is numbered from 1 again: consumers that began later skip what comes.
    NumberedAgain,
}

impl Canary {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Cursor,
        Self::TwoSteps,
        Self::BlindToDead,
        Self::CountedAtTheEnd,
        Self::MarkedBefore,
        Self::NumberedAgain,
    ];

    pub(crate) fn log(canary: Option<Self>, world: &Arc<World>, life: Life) -> Arc<dyn EventLog> {
        let log = SourceLog {
            world: Arc::clone(world),
            life,
        };
        match canary {
            Some(Self::Cursor) => Arc::new(FaultyLog {
                log,
                marks_before: false,
            }),
            Some(Self::MarkedBefore) => Arc::new(FaultyLog {
                log,
                marks_before: true,
            }),
            _ => Arc::new(log),
        }
    }

    pub(crate) fn store(
        canary: Option<Self>,
        world: &Arc<World>,
        process: usize,
        consumer: usize,
    ) -> Arc<dyn DeliveryStore> {
        let store = Store {
            world: Arc::clone(world),
            consumer,
            process,
        };
        match canary {
            Some(Self::BlindToDead) => Arc::new(FaultyStore {
                store,
                counts_late: false,
            }),
            Some(Self::CountedAtTheEnd) => Arc::new(FaultyStore {
                store,
                counts_late: true,
            }),
            _ => Arc::new(store),
        }
    }

    pub(crate) fn consumer(canary: Option<Self>, world: &Arc<World>, life: Life, number: usize) -> Consumer {
        let handler = Handler {
            world: Arc::clone(world),
            consumer: number,
            life,
        };
        match canary {
            Some(Self::TwoSteps) => subscribers::consumer(number, &Arc::new(TwoSteps(handler))),
            _ => subscribers::consumer(number, &Arc::new(handler)),
        }
    }
}

/// A log that uses a cursor, or marks too early.
struct FaultyLog {
    log: SourceLog,
    marks_before: bool,
}

#[async_trait]
impl EventLog for FaultyLog {
    fn source(&self) -> &'static str {
        self.log.source()
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        self.log.may_relay().await
    }

    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
        let mut events = self.log.unpublished(limit).await?;
        if self.marks_before {
            self.log
                .mark_published(events.iter().map(|event| event.sequence).collect());
        } else {
            let state = self.log.world.state();
            let published = state
                .log
                .events()
                .iter()
                .filter(|logged| logged.published_at.is_some() && logged.kind != Kind::Private);
            let last_seen = published.map(|logged| logged.event.sequence).max();
            events.retain(|event| Some(event.sequence) > last_seen);
        }
        Ok(events)
    }

    async fn history(&self, kind: String, id: Uuid, version: Version) -> Result<History, Unavailable> {
        self.log.history(kind, id, version).await
    }

    fn mark_published(&self, sequences: Vec<i64>) {
        self.log.mark_published(sequences);
    }

    async fn committed(&self) {
        self.log.committed().await;
    }

    async fn last_sequence(&self) -> Result<i64, Unavailable> {
        self.log.last_sequence().await
    }

    async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable> {
        self.log.publish_again(event_types).await
    }

    async fn republish_gap(&self, missing: Missing) -> Result<bool, Unavailable> {
        self.log.republish_gap(missing).await
    }
}

/// A handler that has its effect before it moves the position.
struct TwoSteps(Handler);

impl TwoSteps {
    async fn handle(&self, meta: CommandMeta) -> Result<(), UseCaseError> {
        let delivery = meta.delivery.expect("a reaction answers a delivery");
        let (consumer, world) = (self.0.consumer, &self.0.world);
        let fate = world.state().call_of(consumer, &delivery, self.0.life);
        if befalls(fate, consumer).await?.is_none() {
            return Ok(());
        }
        let effect = |state: &mut State| {
            // Its effect on the position is tried, and not kept.
            state.contexts[consumer].kept.clone().apply(&delivery)?;
            state.check_effect(consumer, &delivery);
            Ok(())
        };
        after_commit(world.call(effect).await?)?;
        let move_on = |state: &mut State| state.contexts[consumer].kept.apply(&delivery);
        after_commit(world.call(move_on).await?)
    }
}

impl ReactsTo<Opened> for TwoSteps {
    async fn react(&self, _: Opened, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(meta).await
    }
}

impl ReactsTo<Changed> for TwoSteps {
    async fn react(&self, _: Changed, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(meta).await
    }
}

/// A store that does not see the dead, or counts attempts too late.
struct FaultyStore {
    store: Store,
    counts_late: bool,
}

impl FaultyStore {
    /// The context's answer when dead deliveries are not seen.
    async fn blindly<T>(&self, ask: impl FnOnce(&ConsumerState, Timestamp) -> T) -> Result<T, Unavailable> {
        let consumer = self.store.consumer;
        let see = |state: &mut State| {
            let now = state.now();
            let mut seen = state.contexts[consumer].kept.clone();
            if !self.counts_late {
                seen.retain(|row| row.pending.state != DeliveryState::Dead);
            }
            ask(&seen, now)
        };
        self.store.world.call(see).await
    }
}

#[async_trait]
impl DeliveryStore for FaultyStore {
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable> {
        self.blindly(|kept, _| kept.progress(delivery)).await
    }

    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable> {
        self.store.hold(pending, attempt).await
    }

    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable> {
        if !self.counts_late {
            return self.store.begin_attempt(pending, began_at, again_at).await;
        }
        Ok(true)
    }

    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable> {
        if self.counts_late {
            let consumer = self.store.consumer;
            let begin = |state: &mut State| {
                let kept = &mut state.contexts[consumer].kept;
                let row = kept.row(delivery.aggregate_id, delivery.version);
                if let Some(pending) = row.map(|row| row.pending.clone()) {
                    kept.begin_attempt(&pending, end.at, end.at);
                }
            };
            self.store.world.call(begin).await?;
        }
        self.store.end_attempt(delivery, number, end).await
    }

    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        at: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable> {
        self.store.mark_outcome(pending, at, state, error).await
    }

    async fn due(
        &self,
        _: &'static str,
        longest_wait: Duration,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        self.blindly(|kept, now| kept.due(now, longest_wait, limit)).await
    }

    async fn gaps(
        &self,
        consumer: &'static str,
        held_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        self.store.gaps(consumer, held_before, limit).await
    }
}
