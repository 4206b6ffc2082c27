//! Dead letters for a fake.

use message_bus::Envelope;
use serde_json::json;
use shared_kernel::{CommandId, CorrelationId, EventId, Timestamp, Version};
use uuid::Uuid;

use crate::records::{AttemptRecord, DeliveryKey, DeliveryRecord, DeliverySummary, Follower};

/// What the one attempt at each of them failed with.
pub const ERROR: &str = "permanent: unreadable UserEmailChanged: missing field `email`";

/// A delivery to this consumer that died at its only attempt at this time, with another one waiting behind it. Its numbers are
/// its event's id and its aggregate's.
pub fn a_dead_letter(consumer: &str, number: u128, held_at: Timestamp) -> DeliveryRecord {
    let event_id = EventId::new(Uuid::from_u128(number));
    let aggregate_id = Uuid::from_u128(0xA000 + number);
    let event = Envelope {
        event_id,
        event_type: "UserEmailChanged".to_owned(),
        schema_version: 1,
        source: "accounts".to_owned(),
        aggregate_type: "user".to_owned(),
        aggregate_id,
        aggregate_version: Version::new(2),
        occurred_at: held_at,
        command_id: CommandId::new(Uuid::from_u128(0xC000 + number)),
        correlation_id: CorrelationId::new(Uuid::from_u128(0xC000 + number)),
        causation_id: None,
        actor: format!("user:{aggregate_id}"),
        traceparent: None,
        data: json!({"user_id": aggregate_id, "e-mail": "<ada@example.com>"}),
    };
    DeliveryRecord {
        summary: DeliverySummary {
            key: DeliveryKey {
                consumer: consumer.to_owned(),
                event_id,
            },
            event_type: event.event_type.clone(),
            source: event.source.clone(),
            aggregate_type: event.aggregate_type.clone(),
            aggregate_id,
            aggregate_version: 2,
            state: "dead".to_owned(),
            held_at,
            next_attempt_at: None,
            ended_at: None,
            attempts: 1,
            last_error: Some(ERROR.to_owned()),
        },
        attempt_history: vec![AttemptRecord {
            number: 1,
            began_at: held_at,
            ended_at: Some(held_at.plus_milliseconds(3)),
            error: Some(ERROR.to_owned()),
        }],
        waiting_behind: vec![Follower {
            event_id: EventId::new(Uuid::from_u128(0xF000 + number)),
            event_type: "UserDeactivated".to_owned(),
            aggregate_version: 3,
        }],
        event,
    }
}
