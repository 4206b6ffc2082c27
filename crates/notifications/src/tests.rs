//! The context in memory: what its reactions send and store.

mod letters;
mod on_the_wire;
mod sending;

use std::sync::Arc;

use message_bus::{Actor, CommandMeta, Delivery, ReactsTo, UseCaseError};
use serde_json::Value;
use shared_kernel::{
    Clock, EventId, IdGenerator, IntegrationEvent, UserId, Version,
    events::{OrderCancelled, OrderConfirmed, OrderShipped, UserAccountCreated},
    in_memory::{CountingIds, ManualClock},
};

use crate::{
    Mail, Notifications,
    in_memory::{InMemoryMailer, InMemoryNotifications},
};

const CONFIRMED: &str = include_str!("../../shared_kernel/samples/OrderConfirmed.v1.json");
const SHIPPED: &str = include_str!("../../shared_kernel/samples/OrderShipped.v1.json");
const CANCELLED: &str = include_str!("../../shared_kernel/samples/OrderCancelled.v1.json");
/// The customer in these samples.
const ADA: &str = "0197b2c4-6d00-7000-8000-000000000001";

/// A sample of an event, which a test may change.
fn sample(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// Notifications, with a mailer that stores what it gets.
struct PostOffice {
    notifications: Notifications,
    store: Arc<InMemoryNotifications>,
    mailer: Arc<InMemoryMailer>,
    clock: ManualClock,
    ids: Arc<CountingIds>,
}

impl PostOffice {
    fn new() -> Self {
        let (store, mailer, ids) = (
            Arc::<InMemoryNotifications>::default(),
            Arc::<InMemoryMailer>::default(),
            Arc::<CountingIds>::default(),
        );
        Self {
            notifications: Notifications::new(
                store.clone(),
                mailer.clone(),
                "Orderly <orders@shop.example>".parse().unwrap(),
                ids.clone(),
            ),
            store,
            mailer,
            clock: ManualClock::default(),
            ids,
        }
    }

    /// One that has stored the address of the samples' customer.
    async fn that_knows_ada() -> Self {
        let office = Self::new();
        office.register("ada@example.com").await;
        office
    }

    async fn register(&self, email: &str) {
        let event = UserAccountCreated {
            user_id: ada(),
            email: email.parse().unwrap(),
        };
        let meta = self.delivery("notifications.users", 1, 0);
        self.notifications.react(event, meta).await.unwrap();
    }

    /// The meta of a reaction to version `version` of the samples' order or user.
    fn delivery(&self, consumer: &'static str, version: u32, previous: u32) -> CommandMeta {
        let event_id = EventId::new(self.ids.next_id());
        CommandMeta {
            causation_id: Some(event_id),
            delivery: Some(Delivery {
                consumer,
                event_id,
                aggregate_id: ada().uuid(),
                version: Version::new(version),
                previous_version: Version::new(previous),
            }),
            ..CommandMeta::new(Actor::Consumer(consumer), self.clock.now(), self.ids.as_ref())
        }
    }

    /// Reacts to an event, as its JSON has it.
    async fn react<E: IntegrationEvent>(&self, event: Value, meta: CommandMeta) -> Result<(), UseCaseError>
    where
        Notifications: ReactsTo<E>,
    {
        let event: E = serde_json::from_value(event).unwrap();
        self.notifications.react(event, meta).await
    }

    /// The one mail that reacting to an event leads to.
    async fn mail_about<E: IntegrationEvent>(&self, event: Value) -> Mail
    where
        Notifications: ReactsTo<E>,
    {
        let before = self.mailer.sent().len();
        let meta = CommandMeta {
            delivery: None,
            ..self.delivery("notifications.orders", 1, 0)
        };
        self.react(event, meta).await.unwrap();
        let sent = self.mailer.sent();
        assert_eq!(sent.len(), before + 1);
        sent[before].clone()
    }
}

fn ada() -> UserId {
    ADA.parse().unwrap()
}
