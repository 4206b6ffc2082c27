//! The port over the data in memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use message_bus::{Delivery, Unavailable};
use shared_kernel::{Clock, Timestamp};

use super::ConsumerState;
use crate::{Attempt, AttemptEnd, ConsumerProgress, DeliveryState, DeliveryStore, PendingDelivery};

/// The store of a context's consumers.
pub struct DeliveriesInMemory {
    consumers: Mutex<BTreeMap<&'static str, ConsumerState>>,
    clock: Arc<dyn Clock>,
}

impl DeliveriesInMemory {
    /// An empty store.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            consumers: Mutex::default(),
            clock,
        }
    }

    /// Reads or changes the data of one consumer, in one step.
    pub fn with<T>(&self, consumer: &'static str, act: impl FnOnce(&mut ConsumerState) -> T) -> T {
        act(self.consumers().entry(consumer).or_default())
    }

    fn consumers(&self) -> MutexGuard<'_, BTreeMap<&'static str, ConsumerState>> {
        self.consumers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl DeliveryStore for DeliveriesInMemory {
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable> {
        Ok(self.with(delivery.consumer, |state| state.progress(delivery)))
    }

    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable> {
        self.with(pending.delivery.consumer, |state| {
            state.hold(pending.clone(), attempt.cloned());
        });
        Ok(())
    }

    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable> {
        Ok(self.with(pending.delivery.consumer, |state| {
            state.begin_attempt(pending, began_at, again_at)
        }))
    }

    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable> {
        self.with(delivery.consumer, |state| {
            state.end_attempt(delivery, number, end)
        });
        Ok(())
    }

    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        at: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable> {
        self.with(pending.delivery.consumer, |consumer| {
            consumer.mark_outcome(pending, at, state, error)
        });
        Ok(())
    }

    async fn due(
        &self,
        consumer: &'static str,
        longest_wait: Duration,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        let now = self.clock.now();
        Ok(self.with(consumer, |state| state.due(now, longest_wait, limit)))
    }

    async fn gaps(
        &self,
        consumer: &'static str,
        held_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        Ok(self.with(consumer, |state| state.gaps(held_before, limit)))
    }
}
