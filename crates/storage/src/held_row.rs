//! A held delivery's row, on any engine.

use diesel::Queryable;
use message_bus::{Delivery, DeliveryState, HeldDelivery};
use shared_kernel::EventId;

use crate::{
    ReadError,
    columns::{RowId, RowJson, RowTime},
    event_row::{to_time, to_version},
};

/// A row of `deliveries`. The fields stand in the order of the columns.
#[derive(Debug, Queryable)]
pub(crate) struct HeldRow {
    pub(crate) consumer: String,
    pub(crate) event_id: RowId,
    pub(crate) aggregate_id: RowId,
    pub(crate) aggregate_version: i64,
    pub(crate) previous_version: i64,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) next_attempt_at: Option<RowTime>,
    pub(crate) last_error: Option<String>,
    pub(crate) envelope: RowJson,
}

impl HeldRow {
    /// A held delivery as its row.
    pub(crate) fn new(held: &HeldDelivery) -> Result<Self, serde_json::Error> {
        Ok(Self {
            consumer: held.delivery.consumer.to_owned(),
            event_id: RowId(held.delivery.event_id.uuid()),
            aggregate_id: RowId(held.delivery.aggregate_id),
            aggregate_version: i64::from(held.delivery.version.number()),
            previous_version: i64::from(held.delivery.previous_version.number()),
            state: held.state.name().to_owned(),
            attempts: i64::from(held.attempts),
            next_attempt_at: match held.state {
                DeliveryState::Retrying { next_attempt_at } => {
                    Some(RowTime(next_attempt_at.as_microseconds()))
                }
                DeliveryState::Done | DeliveryState::Waiting | DeliveryState::Dead => None,
            },
            last_error: held.last_error.clone(),
            envelope: RowJson(serde_json::to_string(&held.envelope)?),
        })
    }

    /// The held delivery, of this consumer.
    pub(crate) fn into_held(self, consumer: &'static str) -> Result<HeldDelivery, ReadError> {
        let state = match (self.state.as_str(), self.next_attempt_at) {
            ("retrying", Some(time)) => DeliveryState::Retrying {
                next_attempt_at: to_time(time)?,
            },
            ("waiting", None) => DeliveryState::Waiting,
            ("dead", None) => DeliveryState::Dead,
            ("done", None) => DeliveryState::Done,
            (other, _) => return Err(ReadError::corrupt(format!("delivery state {other:?}"))),
        };
        Ok(HeldDelivery {
            delivery: Delivery {
                consumer,
                event_id: EventId::new(self.event_id.0),
                aggregate_id: self.aggregate_id.0,
                version: to_version(self.aggregate_version)?,
                previous_version: to_version(self.previous_version)?,
            },
            envelope: serde_json::from_str(&self.envelope.0).map_err(ReadError::corrupt)?,
            attempts: u32::try_from(self.attempts).map_err(ReadError::corrupt)?,
            state,
            last_error: self.last_error,
        })
    }
}
