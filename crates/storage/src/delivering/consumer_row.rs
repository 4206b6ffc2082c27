//! What a consumer holds, as rows on any engine.

use std::collections::HashMap;

use diesel::{
    Queryable, QueryableByName,
    sql_types::{BigInt, Bool},
};
use operations::{
    invariants::RecordedBeginning,
    records::{ConsumerBacklog, Paused, PendingCount},
};

use crate::{ReadError, columns::RowTime, event_log::event_row::to_time};

/// How many deliveries may go on by themselves: retrying or waiting, not behind a dead one, of a consumer that is not paused. In its own
/// words, since what is dead is to be found once, and not for each that is held.
pub(crate) const COUNT_UNFINISHED: &str = "SELECT count(*) AS count FROM deliveries
     WHERE ended_at IS NULL
       AND consumer NOT IN (SELECT consumer FROM consumers WHERE paused_at IS NOT NULL)
       AND (consumer, aggregate_id) NOT IN (SELECT consumer, aggregate_id FROM deliveries WHERE state = 'dead')";

/// Whether an event log was numbered from 1 again after a consumer began after sequence `$1` at time `$2`. It was if it no longer reaches
/// as far as that; or if it was pruned, and the first of the events up to there happened later than the consumer began. A log that
/// was never pruned has lost no number: there, such times come from a clock that was set back.
pub(crate) const BEGAN_AGAIN: &str = "SELECT coalesce((SELECT max(sequence) FROM event_log), 0) < $1
     OR (EXISTS (SELECT 1 FROM log_pruning) AND coalesce(
         (SELECT occurred_at FROM event_log WHERE sequence <= $1 ORDER BY sequence LIMIT 1) > $2, false)) AS found";

/// What [`BEGAN_AGAIN`] found.
#[derive(Debug, QueryableByName)]
pub(crate) struct Found {
    #[diesel(sql_type = Bool)]
    pub(crate) found: bool,
}

/// What [`COUNT_UNFINISHED`] found.
#[derive(Debug, QueryableByName)]
pub(crate) struct Counted {
    #[diesel(sql_type = BigInt)]
    pub(crate) count: i64,
}

/// A beginning, as a row holds it.
pub(crate) fn recorded_beginning(
    (begins_after, recorded_at): (i64, RowTime),
) -> Result<RecordedBeginning, ReadError> {
    Ok(RecordedBeginning {
        begins_after,
        recorded_at: to_time(recorded_at)?,
    })
}

/// How many deliveries of a consumer are in a state, and since when the oldest is held.
pub(crate) type PendingCountRow = (String, String, i64, Option<RowTime>);

/// The same, by consumer and state.
pub(crate) type PendingCounts = HashMap<(String, String), PendingCount>;

/// One count, by consumer and state.
pub(crate) fn pending(
    (consumer, state, count, oldest): PendingCountRow,
) -> Result<((String, String), PendingCount), ReadError> {
    let pending = PendingCount {
        count: u64::try_from(count).map_err(ReadError::corrupt)?,
        oldest_held_at: oldest.map(to_time).transpose()?,
    };
    Ok(((consumer, state), pending))
}

/// A row of `consumers`, as far as operators see it.
#[derive(Debug, Queryable)]
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
