//! An order's timeline, for its owner and for staff; and the doctor's findings.

use async_trait::async_trait;
use message_bus::{Envelope, Unavailable};
use operations::{
    ConsumerDescription, ContextTraces, ReachedPosition, TracedEvent,
    records::{AttemptRecord, DeliveryKey, DeliveryRecord, DeliverySummary},
};
use serde_json::{Value, json};
use shared_kernel::{CommandId, CorrelationId, EventId, Timestamp, Version};
use uuid::Uuid;

use super::shop::{By, Shop, an_order, post};

/// A member of staff confirmed every order, and a mail about that was refused.
pub(crate) struct Story;

/// The consumer that sends that mail.
pub(crate) fn told_to() -> ConsumerDescription {
    ConsumerDescription {
        consumer: "notifications.orders",
        context: "notifications",
        source: "ordering",
        event_types: vec!["OrderConfirmed"],
    }
}

fn confirmed(order: Uuid) -> Envelope {
    Envelope {
        event_id: EventId::new(Uuid::from_u128(1)),
        event_type: "OrderConfirmed".to_owned(),
        schema_version: 1,
        source: "ordering".to_owned(),
        aggregate_type: "order".to_owned(),
        aggregate_id: order,
        aggregate_version: Version::new(2),
        occurred_at: Timestamp::from_microseconds(0).unwrap(),
        command_id: CommandId::new(Uuid::from_u128(2)),
        correlation_id: CorrelationId::new(Uuid::from_u128(3)),
        causation_id: None,
        actor: "user:0197b2c4-0000-7000-8000-00000000beef".to_owned(),
        traceparent: None,
        data: json!({}),
    }
}

#[async_trait]
impl ContextTraces for Story {
    async fn events_of(&self, _: &str, order: Uuid) -> Result<Vec<TracedEvent>, Unavailable> {
        let event = |envelope, private| TracedEvent {
            envelope,
            private,
            published_at: Some(Timestamp::from_microseconds(0).unwrap()),
        };
        let mut line_added = confirmed(order);
        line_added.event_id = EventId::new(Uuid::from_u128(9));
        line_added.event_type = "OrderLineAdded".to_owned();
        line_added.aggregate_version = Version::new(1);
        Ok(vec![event(line_added, true), event(confirmed(order), false)])
    }

    async fn events_caused_by(&self, _: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable> {
        Ok(vec![])
    }

    async fn deliveries_of(&self, _: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable> {
        let event = confirmed(Uuid::nil());
        let at = event.occurred_at;
        Ok(vec![DeliveryRecord {
            summary: DeliverySummary {
                key: DeliveryKey {
                    consumer: told_to().consumer.to_owned(),
                    event_id: event.event_id,
                },
                event_type: event.event_type.clone(),
                source: event.source.clone(),
                aggregate_type: event.aggregate_type.clone(),
                aggregate_id: event.aggregate_id,
                aggregate_version: 2,
                state: "dead".to_owned(),
                held_at: at,
                next_attempt_at: None,
                ended_at: None,
                attempts: 1,
                last_error: Some("permanent: 550 no such mailbox".to_owned()),
            },
            attempt_history: vec![AttemptRecord {
                number: 1,
                began_at: at,
                ended_at: Some(at),
                error: Some("permanent: 550 no such mailbox".to_owned()),
            }],
            waiting_behind: vec![],
            event,
        }])
    }

    async fn positions_of(&self, _: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable> {
        Ok(vec![])
    }
}

#[actix_web::test]
async fn staff_are_told_by_whom_and_what_went_wrong_and_the_owner_what_happened() {
    let shop = Shop::open();
    let (owner, other, staff) = (
        shop.customer("ada").await,
        shop.customer("eve").await,
        shop.staff().await,
    );
    let order = shop.post(&owner, "/orders", an_order()).await.json();
    let path = format!("/orders/{}/timeline", order["id"].as_str().unwrap());

    let told = shop.get(&staff, &path).await;
    assert_eq!(told.status, 200, "{told:?}");
    let entry = told.json()["entries"][1].clone();
    assert_eq!(entry["by"], "user:0197b2c4-0000-7000-8000-00000000beef");
    assert_eq!(entry["private"], false);
    let delivery = &entry["deliveries"][0];
    assert_eq!(
        (&delivery["consumer"], &delivery["state"]),
        (&json!("notifications.orders"), &json!("dead"))
    );
    assert_eq!(delivery["attempts"][0]["error"], "permanent: 550 no such mailbox");

    let told = shop.get(&owner, &path).await;
    assert_eq!(told.json()["entries"].as_array().unwrap().len(), 2);
    let entry = told.json()["entries"][1].clone();
    assert_eq!(
        (&entry["event_type"], &entry["by"]),
        (&json!("OrderConfirmed"), &json!("shop"))
    );
    assert_eq!(
        entry["deliveries"],
        json!([{"consumer": "notifications.orders", "state": "dead", "led_to": []}])
    );
    for hidden in [
        "command_id",
        "correlation_id",
        "traceparent",
        "private",
        "published_at",
    ] {
        assert_eq!(entry.get(hidden), None::<&Value>, "{hidden}");
    }

    let told = shop.get(&other, &path).await;
    assert_eq!(
        (told.status.as_u16(), &told.json()["code"]),
        (404, &json!("order_not_found"))
    );
}

#[actix_web::test]
async fn the_doctor_says_what_was_not_checked() {
    let shop = Shop::open();
    let admin = shop.admin().await;
    let examined = shop.send(post("/ops/invariants").by(&admin)).await;
    assert_eq!(
        examined.json(),
        json!({"sound": true, "examinations": [{
            "invariant": "delivered", "at": "notifications.orders",
            "not_checked": "one of its contexts is not there", "findings": [],
        }]})
    );
    let refused = shop
        .post(&admin, "/ops/invariants", json!({"repair": true}))
        .await;
    assert_eq!(refused.status, 422, "{refused:?}");
}
