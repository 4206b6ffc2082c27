//! The store of a consumer's context, as one run of a process calls it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_delivery::{Attempt, AttemptEnd, ConsumerProgress, DeliveryState, DeliveryStore, PendingDelivery};
use message_bus::{Delivery, Unavailable};
use shared_kernel::Timestamp;

use crate::{
    fault::Fault,
    source_log::aggregate_of,
    trace::{About, What},
    world::{State, World},
};

/// The store.
pub(crate) struct Store {
    pub(crate) world: Arc<World>,
    pub(crate) consumer: usize,
    pub(crate) process: usize,
}

impl Store {
    fn about(&self, delivery: &Delivery) -> About {
        About::event(aggregate_of(delivery.aggregate_id), delivery.version.number())
            .at(self.consumer)
            .by(self.process)
    }
}

#[async_trait]
impl DeliveryStore for Store {
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable> {
        self.world
            .call(|state| state.contexts[self.consumer].kept.progress(delivery))
            .await
    }

    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable> {
        let (consumer, about) = (self.consumer, self.about(&pending.delivery));
        let (pending, attempt) = (pending.clone(), attempt.cloned());
        let hold = move |state: &mut State| {
            state.note(What::Pending, about);
            state.died_if(pending.state == DeliveryState::Dead, about);
            state.contexts[consumer].kept.hold(pending, attempt);
        };
        self.world.write(hold).await
    }

    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable> {
        let (consumer, about) = (self.consumer, self.about(&pending.delivery));
        let pending = pending.clone();
        let begin = move |state: &mut State| {
            let began = state.contexts[consumer]
                .kept
                .begin_attempt(&pending, began_at, again_at);
            if began {
                state.note(What::Began, about.with(i64::from(pending.attempts) + 1));
                if pending.interruptions > 0 {
                    state.happened(Fault::Interrupted, about);
                }
            }
            began
        };
        self.world.write(begin).await
    }

    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable> {
        let (consumer, about) = (self.consumer, self.about(delivery));
        let (delivery, end) = (*delivery, end.clone());
        let end = move |state: &mut State| {
            state.note(What::Ended, about.with(i64::from(number)));
            let decided = state.contexts[consumer].kept.end_attempt(&delivery, number, &end);
            state.died_if(decided && end.state == DeliveryState::Dead, about);
        };
        self.world.write(end).await
    }

    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        at: Timestamp,
        to: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable> {
        let (consumer, about) = (self.consumer, self.about(&pending.delivery));
        let (pending, error) = (pending.clone(), error.map(str::to_owned));
        let mark_outcome = move |state: &mut State| {
            state.note(What::OutcomeMarked, about);
            let decided = state.contexts[consumer]
                .kept
                .mark_outcome(&pending, at, to, error.as_deref());
            state.died_if(decided && to == DeliveryState::Dead, about);
            if decided && pending.interruptions > 0 && to == DeliveryState::Dead {
                state.happened(Fault::DiedOfInterruptions, about);
            }
        };
        self.world.write(mark_outcome).await
    }

    async fn due(
        &self,
        _: &'static str,
        longest_wait: Duration,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        self.world
            .call(|state| {
                state.contexts[self.consumer]
                    .kept
                    .due(state.now(), longest_wait, limit)
            })
            .await
    }

    async fn gaps(
        &self,
        _: &'static str,
        held_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        self.world
            .call(|state| state.contexts[self.consumer].kept.gaps(held_before, limit))
            .await
    }
}

impl State {
    fn died_if(&mut self, died: bool, about: About) {
        if died {
            self.happened(Fault::Died, about);
        }
    }
}
