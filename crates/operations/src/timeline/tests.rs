//! Timelines of contexts in memory.

use async_trait::async_trait;
use message_bus::Envelope;
use shared_kernel::Version;

use super::*;
use crate::{
    ReachedPosition,
    records::{DeliveryKey, DeliveryRecord, DeliverySummary},
};

const ORDER: Uuid = Uuid::from_u128(1);
const RESERVATION: Uuid = Uuid::from_u128(2);

#[derive(Default)]
struct Context {
    events: Vec<TracedEvent>,
    pending: Vec<DeliveryRecord>,
    reached: Vec<ReachedPosition>,
}

#[async_trait]
impl ContextTraces for Context {
    async fn events_of(&self, aggregate_type: &str, id: Uuid) -> Result<Vec<TracedEvent>, Unavailable> {
        let of = |event: &&TracedEvent| {
            event.envelope.aggregate_id == id && event.envelope.aggregate_type == aggregate_type
        };
        Ok(self.events.iter().filter(of).cloned().collect())
    }

    async fn events_caused_by(&self, causes: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable> {
        let caused = |event: &&TracedEvent| {
            event
                .envelope
                .causation_id
                .is_some_and(|cause| causes.contains(&cause))
        };
        Ok(self.events.iter().filter(caused).cloned().collect())
    }

    async fn deliveries_of(&self, events: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable> {
        let of = |record: &&DeliveryRecord| events.contains(&record.summary.key.event_id);
        Ok(self.pending.iter().filter(of).cloned().collect())
    }

    async fn positions_of(&self, aggregates: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable> {
        let of = |reached: &&ReachedPosition| aggregates.contains(&reached.aggregate_id);
        Ok(self.reached.iter().filter(of).cloned().collect())
    }
}

fn id(number: u128) -> EventId {
    EventId::new(Uuid::from_u128(number))
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_microseconds(seconds * 1_000_000).unwrap()
}

fn event(number: u128, kind: (&str, Uuid), version: u32, at: i64, cause: Option<u128>) -> TracedEvent {
    let source = if kind.0 == "order" {
        "ordering"
    } else {
        "inventory"
    };
    TracedEvent {
        envelope: Envelope {
            event_id: id(number),
            event_type: format!("{}{version}", kind.0),
            schema_version: 1,
            source: source.to_owned(),
            aggregate_type: kind.0.to_owned(),
            aggregate_id: kind.1,
            aggregate_version: Version::new(version),
            occurred_at: time(at),
            command_id: CommandId::new(Uuid::from_u128(number + 100)),
            correlation_id: CorrelationId::new(Uuid::from_u128(9)),
            causation_id: cause.map(id),
            actor: cause.map_or("operator".to_owned(), |_| {
                format!("consumer:{}", consumer_in(source))
            }),
            traceparent: None,
            data: serde_json::Value::Null,
        },
        private: false,
        published_at: Some(time(at)),
    }
}

fn consumer_in(context: &str) -> &'static str {
    if context == "ordering" {
        "ordering.stock"
    } else {
        "inventory.orders"
    }
}

fn subscriptions() -> Vec<ConsumerDescription> {
    let subscription = |consumer, context, source, event_types: &[&'static str]| ConsumerDescription {
        consumer,
        context,
        source,
        event_types: event_types.to_vec(),
    };
    vec![
        subscription("inventory.orders", "inventory", "ordering", &["order2"]),
        subscription("ordering.stock", "ordering", "inventory", &["reservation1"]),
        subscription("notifications.orders", "notifications", "ordering", &["order2"]),
    ]
}

fn reached(consumer: &str, aggregate_id: Uuid, position: u32) -> ReachedPosition {
    ReachedPosition {
        consumer: consumer.to_owned(),
        aggregate_id,
        position: Version::new(position),
    }
}

fn conversation() -> (Context, Context) {
    let order = ("order", ORDER);
    let ordering = Context {
        // The machine that reserved the stock had a clock behind the others'.
        events: vec![
            event(1, order, 1, 10, None),
            event(2, order, 2, 20, None),
            event(4, order, 3, 15, Some(3)),
        ],
        reached: vec![reached("ordering.stock", RESERVATION, 1)],
        ..Context::default()
    };
    let inventory = Context {
        events: vec![event(3, ("reservation", RESERVATION), 1, 21, Some(2))],
        reached: vec![reached("inventory.orders", ORDER, 2)],
        ..Context::default()
    };
    (ordering, inventory)
}

async fn told(contexts: Vec<Context>) -> Timeline {
    let contexts = contexts
        .into_iter()
        .map(|context| Arc::new(context) as _)
        .collect();
    Timelines::new(contexts, subscriptions())
        .of("order", ORDER)
        .await
        .unwrap()
}

fn numbers(ids: impl IntoIterator<Item = EventId>) -> Vec<u128> {
    ids.into_iter().map(|id| id.uuid().as_u128()).collect()
}

#[tokio::test]
async fn causes_come_before_their_effects_across_contexts_whatever_the_clocks_say() {
    let (ordering, inventory) = conversation();
    let timeline = told(vec![inventory, ordering]).await;
    assert_eq!(
        numbers(timeline.entries.iter().map(|entry| entry.event_id)),
        [1, 2, 3, 4]
    );
    assert!(!timeline.cut);
    let confirmed = &timeline.entries[1];
    assert_eq!(
        confirmed.deliveries.len(),
        1,
        "the third consumer began later: {confirmed:?}"
    );
    assert_eq!(confirmed.deliveries[0].state, "applied");
    assert_eq!(numbers(confirmed.deliveries[0].led_to.clone()), [3]);
    assert_eq!(numbers(timeline.entries[2].deliveries[0].led_to.clone()), [4]);
}

#[tokio::test]
async fn what_is_on_its_way_is_pending_and_what_is_held_says_how_it_stands() {
    let (mut ordering, mut inventory) = conversation();
    ordering.events.truncate(2);
    ordering.events[1].published_at = None;
    let envelope = ordering.events[1].envelope.clone();
    inventory.events.clear();
    inventory.reached.clear();
    inventory.pending.push(DeliveryRecord {
        summary: DeliverySummary {
            key: DeliveryKey {
                consumer: "inventory.orders".to_owned(),
                event_id: id(2),
            },
            event_type: envelope.event_type.clone(),
            source: "ordering".to_owned(),
            aggregate_type: "order".to_owned(),
            aggregate_id: ORDER,
            aggregate_version: 2,
            state: "retrying".to_owned(),
            held_at: time(20),
            next_attempt_at: Some(time(30)),
            ended_at: None,
            attempts: 1,
            last_error: Some("transient: down".to_owned()),
        },
        attempt_history: vec![AttemptRecord {
            number: 1,
            began_at: time(20),
            ended_at: Some(time(21)),
            error: Some("transient: down".to_owned()),
        }],
        waiting_behind: vec![],
        event: envelope,
    });
    let timeline = told(vec![ordering, inventory]).await;
    let states: Vec<_> = timeline.entries[1]
        .deliveries
        .iter()
        .map(|delivery| {
            (
                delivery.consumer.as_str(),
                delivery.state.as_str(),
                delivery.attempts.len(),
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            ("inventory.orders", "retrying", 1),
            ("notifications.orders", "pending", 0)
        ]
    );
    assert_eq!(timeline.entries[1].deliveries[0].next_attempt_at, Some(time(30)));
}

#[tokio::test]
async fn nothing_is_told_of_what_nobody_knows() {
    let timeline = told(vec![Context::default()]).await;
    assert!(timeline.entries.is_empty() && !timeline.cut);
}
