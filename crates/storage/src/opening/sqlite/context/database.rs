//! The port through which a context's database is run.

use std::{collections::HashSet, sync::PoisonError, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use message_bus::Unavailable;

use super::SqliteContext;
use crate::{
    CommitStatistics, ContextDatabase,
    columns::row_time,
    committing::sqlite::command_log,
    delivering::consumer_positions,
    event_log::sqlite as event_log,
    opening::{
        context::Engine,
        context_database::{ClockJump, Forgettable},
    },
    operating::{
        lived_time::microseconds,
        sqlite::{lived_time, retention},
    },
    sqlite::SqliteRows,
};

#[async_trait]
impl<R: SqliteRows> ContextDatabase for SqliteContext<R> {
    fn consumers_take(&self, event_types: HashSet<&'static str>) {
        // An error means that it was set before.
        let _ = self.inner.shared.taken.set(event_types);
    }

    async fn record_beginning(
        &self,
        consumer: &'static str,
        source: &'static str,
        begins_after: i64,
    ) -> Result<(), Unavailable> {
        let now = row_time(self.inner.clock.now());
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
        let count = self
            .upkeep(move |connection| Ok(event_log::publish_again(connection, &event_types, sequence)?))
            .await?;
        Ok(count as u64)
    }

    async fn live_on(&self, longest_kept: Duration) -> Result<Option<ClockJump>, Unavailable> {
        self.count_time(longest_kept).await
    }

    async fn forget_some(&self, what: Forgettable, kept: Duration, limit: u32) -> Result<u64, Unavailable> {
        let kept = microseconds(kept);
        #[cfg(debug_assertions)]
        let clock = row_time(self.inner.clock.now());
        let forgotten = self
            .upkeep(move |connection| {
                let before = lived_time::stored_before(connection, kept)?;
                #[cfg(debug_assertions)]
                let before = crate::canary::by_the_clock(before, clock, kept);
                let Some(before) = before else {
                    return Ok(0);
                };
                Ok(match what {
                    Forgettable::Commands => command_log::forget_before(connection, before, i64::from(limit)),
                    Forgettable::Deliveries => retention::forget_deliveries(connection, before, limit),
                    Forgettable::Events => retention::forget_events(connection, before, limit),
                }?)
            })
            .await?;
        Ok(forgotten as u64)
    }

    async fn close(&self) -> CommitStatistics {
        self.inner.queue.stop().await;
        // From here on the folder may be moved.
        let watch = self
            .inner
            .watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .inner
            .committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // It folds the log into the file, too.
            let joined = tokio::task::spawn_blocking(move || {
                let joined = thread.join();
                if let Some(watch) = watch {
                    watch.stop();
                }
                joined
            })
            .await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!(context = self.inner.name, "the committer ended in a panic");
            }
        }
        self.statistics()
    }
}
