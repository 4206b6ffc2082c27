//! A pending delivery's row, on any engine, with its attempts and the operators' actions.

use diesel::QueryableByName;
use event_delivery::{DeliveryState, PendingDelivery};
use message_bus::{Delivery, Envelope};
use operations::{
    actions::{ActionKind, OperatorAction},
    records::{AttemptRecord, DeliveryKey, DeliverySummary, Follower},
};
use shared_kernel::EventId;

use crate::{
    ReadError,
    columns::{RowId, RowJson, RowTime, to_count},
    event_log::event_row::{to_time, to_version},
};

pub(crate) use crate::columns::row_time;

/// A row of `deliveries`.
#[derive(Debug, QueryableByName)]
#[diesel(table_name = crate::schema::deliveries)]
pub(crate) struct PendingDeliveryRow {
    pub(crate) consumer: String,
    pub(crate) event_id: RowId,
    pub(crate) aggregate_id: RowId,
    pub(crate) aggregate_version: i64,
    pub(crate) previous_version: i64,
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) attempts_before_replay: i64,
    pub(crate) interruptions: i64,
    pub(crate) held_at: RowTime,
    pub(crate) next_attempt_at: Option<RowTime>,
    pub(crate) ended_at: Option<RowTime>,
    pub(crate) last_error: Option<String>,
    pub(crate) envelope: RowJson,
}

/// Of deliveries that are due for two reasons, the oldest ones.
pub(crate) fn longest_pending(
    mut rows: Vec<PendingDeliveryRow>,
    others: Vec<PendingDeliveryRow>,
    limit: u32,
) -> impl Iterator<Item = PendingDeliveryRow> {
    rows.extend(others);
    rows.sort_by_key(|row| row.held_at.0);
    rows.into_iter().take(limit as usize)
}

/// When a delivery in this state is tried again.
pub(crate) const fn next_attempt_at(state: DeliveryState) -> Option<RowTime> {
    match state {
        DeliveryState::Retrying { next_attempt_at } => Some(row_time(next_attempt_at)),
        DeliveryState::Waiting | DeliveryState::Dead | DeliveryState::Done | DeliveryState::Discarded => None,
    }
}

/// Whether a delivery in this state has ended.
pub(crate) const fn has_ended(state: DeliveryState) -> bool {
    match state {
        DeliveryState::Done | DeliveryState::Discarded => true,
        DeliveryState::Retrying { .. } | DeliveryState::Waiting | DeliveryState::Dead => false,
    }
}

impl PendingDeliveryRow {
    /// A pending delivery, which has not ended, as its row.
    pub(crate) fn new(pending: &PendingDelivery) -> Result<Self, serde_json::Error> {
        Ok(Self {
            consumer: pending.delivery.consumer.to_owned(),
            event_id: RowId(pending.delivery.event_id.uuid()),
            aggregate_id: RowId(pending.delivery.aggregate_id),
            aggregate_version: i64::from(pending.delivery.version.number()),
            previous_version: i64::from(pending.delivery.previous_version.number()),
            state: pending.state.name().to_owned(),
            attempts: i64::from(pending.attempts),
            attempts_before_replay: i64::from(pending.attempts_before_replay),
            interruptions: i64::from(pending.interruptions),
            held_at: row_time(pending.held_at),
            next_attempt_at: next_attempt_at(pending.state),
            ended_at: has_ended(pending.state).then(|| row_time(pending.held_at)),
            last_error: pending.last_error.clone(),
            envelope: RowJson(serde_json::to_string(&pending.envelope)?),
        })
    }

    /// The pending delivery, of this consumer.
    pub(crate) fn into_pending(self, consumer: &'static str) -> Result<PendingDelivery, ReadError> {
        let state = match (self.state.as_str(), self.next_attempt_at) {
            ("retrying", Some(time)) => DeliveryState::Retrying {
                next_attempt_at: to_time(time)?,
            },
            ("waiting", None) => DeliveryState::Waiting,
            ("dead", None) => DeliveryState::Dead,
            ("done", None) => DeliveryState::Done,
            ("discarded", None) => DeliveryState::Discarded,
            (other, _) => return Err(ReadError::corrupt(format!("delivery state {other:?}"))),
        };
        Ok(PendingDelivery {
            delivery: Delivery {
                consumer,
                event_id: EventId::new(self.event_id.0),
                aggregate_id: self.aggregate_id.0,
                version: to_version(self.aggregate_version)?,
                previous_version: to_version(self.previous_version)?,
            },
            envelope: serde_json::from_str(&self.envelope.0).map_err(ReadError::corrupt)?,
            state,
            attempts: to_count(self.attempts)?,
            attempts_before_replay: to_count(self.attempts_before_replay)?,
            interruptions: to_count(self.interruptions)?,
            held_at: to_time(self.held_at)?,
            last_error: self.last_error,
        })
    }

    /// What an operator sees of it, and the event.
    pub(crate) fn into_summary(self) -> Result<(DeliverySummary, Envelope), ReadError> {
        let envelope: Envelope = serde_json::from_str(&self.envelope.0).map_err(ReadError::corrupt)?;
        let summary = DeliverySummary {
            key: DeliveryKey {
                consumer: self.consumer,
                event_id: EventId::new(self.event_id.0),
            },
            event_type: envelope.event_type.clone(),
            source: envelope.source.clone(),
            aggregate_type: envelope.aggregate_type.clone(),
            aggregate_id: self.aggregate_id.0,
            aggregate_version: to_count(self.aggregate_version)?,
            state: self.state,
            held_at: to_time(self.held_at)?,
            next_attempt_at: self.next_attempt_at.map(to_time).transpose()?,
            ended_at: self.ended_at.map(to_time).transpose()?,
            attempts: to_count(self.attempts)?,
            last_error: self.last_error,
        };
        Ok((summary, envelope))
    }

    /// The same, as part of the delivery that it waits behind.
    pub(crate) fn into_follower(self) -> Result<Follower, ReadError> {
        let (summary, _) = self.into_summary()?;
        Ok(Follower {
            event_id: summary.key.event_id,
            event_type: summary.event_type,
            aggregate_version: summary.aggregate_version,
        })
    }
}

/// A row of `delivery_attempts`, without its key.
#[derive(Debug, QueryableByName)]
#[diesel(table_name = crate::schema::delivery_attempts)]
pub(crate) struct AttemptRow {
    number: i64,
    began_at: RowTime,
    ended_at: Option<RowTime>,
    error: Option<String>,
}

impl AttemptRow {
    pub(crate) fn into_attempt(self) -> Result<AttemptRecord, ReadError> {
        Ok(AttemptRecord {
            number: to_count(self.number)?,
            began_at: to_time(self.began_at)?,
            ended_at: self.ended_at.map(to_time).transpose()?,
            error: self.error,
        })
    }
}

/// A row of `operator_actions`.
#[derive(Debug, QueryableByName)]
#[diesel(table_name = crate::schema::operator_actions)]
pub(crate) struct ActionRow {
    id: RowId,
    acted_at: RowTime,
    actor: String,
    reason: String,
    consumer: String,
    action: String,
    event_id: Option<RowId>,
}

impl ActionRow {
    pub(crate) fn into_action(self) -> Result<OperatorAction, ReadError> {
        let event_id = self.event_id.map(|id| EventId::new(id.0));
        let kind = match (self.action.as_str(), event_id) {
            ("replay", Some(event_id)) => ActionKind::Replay { event_id },
            ("discard", Some(event_id)) => ActionKind::Discard { event_id },
            ("pause", None) => ActionKind::Pause,
            ("resume", None) => ActionKind::Resume,
            (other, _) => return Err(ReadError::corrupt(format!("operator action {other:?}"))),
        };
        Ok(OperatorAction {
            id: self.id.0,
            at: to_time(self.acted_at)?,
            by: self.actor,
            reason: self.reason,
            consumer: self.consumer,
            kind,
        })
    }
}
