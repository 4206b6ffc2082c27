//! The port through which a context's database is run.

use std::{collections::HashSet, sync::PoisonError, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use message_bus::Unavailable;

use super::PostgresContext;
use crate::{
    CommitStatistics, ContextDatabase,
    committing::postgres::command_log,
    delivering::consumer_positions,
    event_log::{postgres as event_log, postgres::lease},
    opening::{
        context::Engine,
        context_database::{ClockJump, Forgettable},
    },
    operating::{
        lived_time::microseconds,
        postgres::{lived_time, retention},
    },
    postgres::PostgresRows,
};

#[async_trait]
impl<R: PostgresRows> ContextDatabase for PostgresContext<R> {
    fn consumers_take(&self, event_types: HashSet<&'static str>) {
        // An error means that it was set before.
        let _ = self.inner.state.taken.set(event_types);
    }

    async fn record_beginning(
        &self,
        consumer: &'static str,
        source: &'static str,
        begins_after: i64,
    ) -> Result<(), Unavailable> {
        let now = self.now();
        self.inner
            .change(move |connection| {
                consumer_positions::begin(connection, consumer, source, begins_after, now).boxed()
            })
            .await
    }

    async fn begin_with_the_first(&self, consumer: &'static str) -> Result<(), Unavailable> {
        self.inner
            .change(move |connection| consumer_positions::begin_with_the_first(connection, consumer).boxed())
            .await
    }

    async fn publish_again_up_to(&self, event_types: Vec<String>, sequence: i64) -> Result<u64, Unavailable> {
        let event_types = &event_types;
        let count = self
            .upkeep(|connection| async move {
                Ok(event_log::publish_again(&connection, event_types, sequence).await?)
            })
            .await?;
        Ok(count as u64)
    }

    async fn live_on(&self, longest_kept: Duration) -> Result<Option<ClockJump>, Unavailable> {
        self.count_time(longest_kept).await
    }

    async fn forget_some(&self, what: Forgettable, kept: Duration, limit: u32) -> Result<u64, Unavailable> {
        let kept = microseconds(kept);
        let forgotten = self
            .upkeep(|connection| async move {
                let Some(before) = lived_time::stored_before(&connection, kept).await? else {
                    return Ok(0);
                };
                Ok(match what {
                    Forgettable::Commands => {
                        command_log::forget_before(&connection, before, i64::from(limit)).await
                    }
                    Forgettable::Deliveries => retention::forget_deliveries(&connection, before, limit).await,
                    Forgettable::Events => retention::forget_events(&connection, before, limit).await,
                }?)
            })
            .await?;
        Ok(forgotten as u64)
    }

    async fn close(&self) -> CommitStatistics {
        self.inner.queue.stop().await;
        let committers = std::mem::take(
            &mut *self
                .inner
                .committers
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for committer in committers {
            if let Err(error) = committer.await {
                tracing::error!(context = self.inner.name, %error, "a committer ended in a panic");
            }
        }
        self.mark_the_rest().await;
        if self.inner.lease.borrow().is_some() {
            let holder = self.inner.holder;
            let given_back = self
                .upkeep(|connection| async move { Ok(lease::give_back(&connection, holder).await?) })
                .await;
            if let Err(error) = given_back {
                tracing::warn!(context = self.inner.name, %error, "the relay's lease expires by itself");
            }
        }
        self.statistics()
    }
}
