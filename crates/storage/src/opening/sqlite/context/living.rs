//! The lived time of a context.

use std::time::Duration;

use message_bus::Unavailable;

use super::{SqliteContext, SqliteEngine};
use crate::{
    delivering::pending_delivery_row::row_time,
    opening::context_database::ClockJump,
    operating::{
        lived_time::{LivedTime, microseconds},
        sqlite::lived_time,
    },
    sqlite::SqliteRows,
};

impl<R: SqliteRows> SqliteContext<R> {
    /// Adds the time since this was last called.
    pub(super) async fn count_time(&self, longest_kept: Duration) -> Result<Option<ClockJump>, Unavailable> {
        let context = self.clone();
        let (row, jump, running_for) = self
            .upkeep(move |connection| {
                let SqliteEngine { clock, own_life, .. } = &*context.inner;
                let (now, running_for) = (row_time(clock.now()), clock.running_for());
                let Some(found) = lived_time::find(connection)? else {
                    let row = LivedTime::beginning(now);
                    lived_time::begin(connection, row)?;
                    return Ok((row, None, running_for));
                };
                let (row, jump) = own_life.go_on(found, running_for, now)?;
                lived_time::go_on(connection, found, row, microseconds(longest_kept))?;
                Ok((row, jump, running_for))
            })
            .await?;
        self.inner.own_life.has_written(Some(row), running_for);
        Ok(jump)
    }
}
