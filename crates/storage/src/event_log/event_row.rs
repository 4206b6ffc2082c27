//! An event's row, on any engine.

use diesel::{Queryable, QueryableByName};
use event_delivery::LoggedEvent;
use message_bus::Envelope;
use operations::TracedEvent;
use shared_kernel::{CommandId, CorrelationId, EventId};

use crate::{
    ReadError,
    columns::{RowId, RowJson, RowTime},
};

pub(crate) use crate::columns::{to_time, to_version};

/// A row of `event_log`, as far as it is an event.
#[derive(Debug, Queryable, QueryableByName)]
#[diesel(table_name = crate::schema::event_log)]
pub(crate) struct EventRow {
    pub(crate) sequence: i64,
    pub(crate) event_id: RowId,
    pub(crate) event_type: String,
    pub(crate) schema_version: i32,
    pub(crate) aggregate_type: String,
    pub(crate) aggregate_id: RowId,
    pub(crate) aggregate_version: i64,
    pub(crate) occurred_at: RowTime,
    pub(crate) command_id: RowId,
    pub(crate) correlation_id: RowId,
    pub(crate) causation_id: Option<RowId>,
    pub(crate) actor: String,
    pub(crate) traceparent: Option<String>,
    pub(crate) data: RowJson,
}

impl EventRow {
    /// The event, from the log of the context named `source`.
    pub(crate) fn into_logged_event(self, source: &str) -> Result<LoggedEvent, ReadError> {
        Ok(LoggedEvent {
            sequence: self.sequence,
            envelope: Envelope {
                event_id: EventId::new(self.event_id.0),
                event_type: self.event_type,
                schema_version: u16::try_from(self.schema_version).map_err(ReadError::corrupt)?,
                source: source.to_owned(),
                aggregate_type: self.aggregate_type,
                aggregate_id: self.aggregate_id.0,
                aggregate_version: to_version(self.aggregate_version)?,
                occurred_at: to_time(self.occurred_at)?,
                command_id: CommandId::new(self.command_id.0),
                correlation_id: CorrelationId::new(self.correlation_id.0),
                causation_id: self.causation_id.map(|id| EventId::new(id.0)),
                actor: self.actor,
                traceparent: self.traceparent,
                data: serde_json::from_str(&self.data.0).map_err(ReadError::corrupt)?,
            },
        })
    }
}

/// A row of `event_log` with whether it is private and when it was published.
#[derive(Debug, QueryableByName)]
#[diesel(table_name = crate::schema::event_log)]
pub(crate) struct TracedRow {
    #[diesel(embed)]
    event: EventRow,
    private: bool,
    published_at: Option<RowTime>,
}

impl TracedRow {
    /// The event, from the log of the context named `source`.
    pub(crate) fn into_traced(self, source: &str) -> Result<TracedEvent, ReadError> {
        Ok(TracedEvent {
            envelope: self.event.into_logged_event(source)?.envelope,
            private: self.private,
            published_at: self.published_at.map(to_time).transpose()?,
        })
    }
}
