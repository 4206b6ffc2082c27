//! The lived time of a context.

use std::time::Duration;

use message_bus::Unavailable;

use super::PostgresContext;
use crate::{
    opening::context_database::ClockJump,
    operating::{
        lived_time::{LivedTime, microseconds},
        postgres::lived_time,
    },
    postgres::PostgresRows,
};

impl<R: PostgresRows> PostgresContext<R> {
    /// Adds the time since this was last called, if this process relays.
    pub(super) async fn count_time(&self, longest_kept: Duration) -> Result<Option<ClockJump>, Unavailable> {
        let (clock, found) = self
            .upkeep(|connection| async move { Ok(lived_time::find(&connection).await?) })
            .await?;
        let running_for = self.inner.clock.running_for();
        let Some(found) = found else {
            let row = LivedTime::beginning(clock);
            self.upkeep(|connection| async move { Ok(lived_time::begin(&connection, row).await?) })
                .await?;
            return Ok(None);
        };
        let (row, jump) = self.inner.own_life.go_on(found, running_for, clock)?;
        let relays = self.inner.lease.borrow().is_some();
        let has_written = relays
            && self
                .upkeep(|connection| async move {
                    Ok(lived_time::go_on(&connection, found, row, microseconds(longest_kept)).await?)
                })
                .await?;
        let row = has_written.then_some(row);
        self.inner.own_life.has_written(row, running_for);
        Ok(jump)
    }
}
