//! A consumer's pending deliveries, as rows on any engine.

use std::collections::HashMap;

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable, Text},
};
use operations::records::{ConsumerBacklog, Paused, PendingCount};

use crate::{
    ReadError,
    columns::{RowId, RowTime, UtcTime},
    event_log::event_row::to_time,
};

/// How many deliveries go on by themselves: retrying or waiting, not behind a dead one, of a consumer that is not paused. Dead ones are
/// looked up once here, and not for each pending one.
pub(crate) const COUNT_UNFINISHED: &str = "SELECT count(*) AS number FROM deliveries
     WHERE ended_at IS NULL
       AND consumer NOT IN (SELECT consumer FROM consumers WHERE paused_at IS NOT NULL)
       AND (consumer, aggregate_id) NOT IN (SELECT consumer, aggregate_id FROM deliveries WHERE state = 'dead')";

/// A row of `consumer_positions`.
#[derive(Debug, QueryableByName)]
#[diesel(table_name = crate::schema::consumer_positions)]
pub(crate) struct PositionRow {
    pub(crate) consumer: String,
    pub(crate) aggregate_id: RowId,
    pub(crate) position: i64,
}

/// How many deliveries of a consumer are in a state, and since when the oldest is pending.
#[derive(Debug, QueryableByName)]
pub(crate) struct PendingCountRow {
    #[diesel(sql_type = Text)]
    consumer: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<UtcTime>)]
    oldest: Option<RowTime>,
}

/// The same, by consumer and state.
pub(crate) type PendingCounts = HashMap<(String, String), PendingCount>;

impl PendingCountRow {
    /// The count, by consumer and state.
    pub(crate) fn into_count(self) -> Result<((String, String), PendingCount), ReadError> {
        let pending = PendingCount {
            count: u64::try_from(self.count).map_err(ReadError::corrupt)?,
            oldest_held_at: self.oldest.map(to_time).transpose()?,
        };
        Ok(((self.consumer, self.state), pending))
    }
}

/// A row of `consumers`, as far as operators see it.
#[derive(Debug, QueryableByName)]
#[diesel(table_name = crate::schema::consumers)]
pub(crate) struct ConsumerRow {
    consumer: String,
    source: String,
    paused_at: Option<RowTime>,
    paused_by: Option<String>,
    pause_reason: Option<String>,
}

impl ConsumerRow {
    pub(crate) fn into_backlog(self, counts: &PendingCounts) -> Result<ConsumerBacklog, ReadError> {
        let pending = |state: &str| {
            let key = (self.consumer.clone(), state.to_owned());
            counts.get(&key).copied().unwrap_or_default()
        };
        let (waiting, retrying, dead) = (pending("waiting"), pending("retrying"), pending("dead"));
        let paused = match self.paused_at {
            Some(at) => Some(Paused {
                at: to_time(at)?,
                by: self.paused_by.unwrap_or_default(),
                reason: self.pause_reason.unwrap_or_default(),
            }),
            None => None,
        };
        Ok(ConsumerBacklog {
            consumer: self.consumer,
            source: self.source,
            paused,
            waiting,
            retrying,
            dead,
        })
    }
}
