//! What operators see of consumers and of their pending deliveries.

use std::{fmt, str::FromStr};

use message_bus::Envelope;
use schema::{Components, HasSchema, Value, json};
use serde::{Serialize, Serializer};
use shared_kernel::{EventId, Timestamp, Version};
use uuid::Uuid;

/// What one consumer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsumerBacklog {
    /// Its name.
    pub consumer: String,
    /// The context whose events it takes.
    pub source: String,
    /// Who paused it, when and why, if somebody did.
    pub paused: Option<Paused>,
    /// Deliveries that wait behind another, or for the consumer to be resumed.
    pub waiting: PendingCount,
    /// Deliveries that are to be tried again at a set time.
    pub retrying: PendingCount,
    /// Deliveries that were given up.
    pub dead: PendingCount,
}

/// How many deliveries are in a state, and since when the oldest of them is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PendingCount {
    /// How many.
    pub count: u64,
    /// When the one that is held longest was first held.
    pub oldest_held_at: Option<Timestamp>,
}

/// Who paused a consumer, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct Paused {
    /// Since when.
    pub at: Timestamp,
    /// `user:` and an id, or `operator` for the command line.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Names a delivery: which event to which consumer. Written `consumer:event_id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveryKey {
    /// The consumer's name.
    pub consumer: String,
    /// The event.
    pub event_id: EventId,
}

/// The text names no delivery.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no delivery; expected consumer:event_id, as in notifications.orders:0197b2c4-6d00-7000-8000-000000000001"
)]
pub struct InvalidDeliveryKey {
    /// What was given.
    pub found: String,
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.consumer, self.event_id)
    }
}

impl FromStr for DeliveryKey {
    type Err = InvalidDeliveryKey;

    fn from_str(text: &str) -> Result<Self, InvalidDeliveryKey> {
        text.split_once(':')
            .filter(|(consumer, _)| !consumer.is_empty())
            .and_then(|(consumer, id)| {
                Some(Self {
                    consumer: consumer.to_owned(),
                    event_id: EventId::new(Uuid::try_parse(id).ok()?),
                })
            })
            .ok_or_else(|| InvalidDeliveryKey {
                found: text.to_owned(),
            })
    }
}

impl HasSchema for DeliveryKey {
    fn schema(_: &mut Components) -> Value {
        json!({"type": "string", "example": "ordering.users:0197b2c4-0000-7000-8000-0000000000e1"})
    }
}

impl Serialize for DeliveryKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A delivery that did not succeed at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
#[schema(name = "HeldDeliverySummary")]
pub struct DeliverySummary {
    /// The consumer's name and the event's id.
    #[serde(rename = "id")]
    pub key: DeliveryKey,
    /// The event's type.
    pub event_type: String,
    /// The context that tells of the event.
    pub source: String,
    /// Kind of aggregate.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: Uuid,
    /// The version that the event led to.
    #[schema(as_type = Version)]
    pub aggregate_version: u32,
    /// Where it stands.
    #[schema(with = delivery_state)]
    pub state: String,
    /// Since when.
    pub held_at: Timestamp,
    /// When it is tried again, if it is.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was done, or discarded.
    pub ended_at: Option<Timestamp>,
    /// How often it was attempted, begun attempts included.
    #[schema(as_type = u64)]
    pub attempts: u32,
    /// What the last attempt that ended failed with.
    pub last_error: Option<String>,
}

/// All that is known about a pending delivery.
#[derive(Clone, Debug, PartialEq, Serialize, HasSchema)]
#[schema(name = "HeldDelivery")]
pub struct DeliveryRecord {
    /// What a list shows of it.
    #[serde(flatten)]
    pub summary: DeliverySummary,
    /// The first one first.
    pub attempt_history: Vec<AttemptRecord>,
    /// The same consumer's deliveries of the same aggregate, in order.
    pub waiting_behind: Vec<Follower>,
    /// The event.
    pub event: Envelope,
}

/// One attempt at a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
#[schema(name = "Attempt")]
pub struct AttemptRecord {
    /// Its number, from 1.
    #[schema(as_type = u64, minimum = 1)]
    pub number: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// Null while it lasts, and when the process ended before it did.
    pub ended_at: Option<Timestamp>,
    /// Null when it succeeded, or has not ended.
    pub error: Option<String>,
}

/// A delivery that waits behind another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct Follower {
    /// The event.
    pub event_id: EventId,
    /// Its type.
    pub event_type: String,
    /// The version that it led to.
    #[schema(as_type = Version)]
    pub aggregate_version: u32,
}

fn delivery_state(components: &mut Components) -> Value {
    let names = ["retrying", "waiting", "dead", "done", "discarded"];
    components.names("DeliveryState", "Where a pending delivery stands.", names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_named_by_consumer_and_event() {
        let key = DeliveryKey {
            consumer: "test.users".to_owned(),
            event_id: EventId::new(Uuid::from_u128(7)),
        };
        assert_eq!(key.to_string(), "test.users:00000000-0000-0000-0000-000000000007");
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn other_text_names_none() {
        for text in [
            "",
            "test.users",
            "test.users:7",
            ":00000000-0000-0000-0000-000000000007",
        ] {
            let error = text.parse::<DeliveryKey>().unwrap_err();
            assert_eq!(error.found, text);
        }
    }
}
