//! Notifications: the address book is kept up to date, and each mail is on the list once, with its consumer's position.

mod addresses;
mod mails;

use std::sync::Arc;

use event_delivery::DeliveryStore;
use message_bus::{Actor, CommandMeta, Delivery, ReactsTo, UseCaseError};
use notifications::{Notifications, NotificationsStore, in_memory::InMemoryMailer};
use shared_kernel::{
    CustomerId, EmailAddress, EventId, IntegrationEvent, OrderId, UserId, Version,
    events::{OrderCancelled, OrderShipped, UserAccountCreated, UserEmailChanged},
};
use uuid::Uuid;

use crate::seams::Seams;

/// Notifications on some engine, with a mailer that stores what it gets.
pub(crate) struct NotificationsOn {
    pub(crate) store: Arc<dyn NotificationsStore>,
    deliveries: Option<Arc<dyn DeliveryStore>>,
    pub(crate) mailer: Arc<InMemoryMailer>,
    pub(crate) seams: Seams,
    face: Notifications,
    _ground: Box<dyn Send>,
}

impl NotificationsOn {
    /// `ground` is what the store is in: the folder or the database that is removed after the store.
    pub(crate) fn new(
        store: Arc<dyn NotificationsStore>,
        deliveries: Option<Arc<dyn DeliveryStore>>,
        seams: Seams,
        ground: impl Send + 'static,
    ) -> Self {
        let mailer = Arc::<InMemoryMailer>::default();
        let sender = "Orderly <orders@shop.example>".parse().unwrap();
        Self {
            face: Notifications::new(Arc::clone(&store), mailer.clone(), sender, seams.ids()),
            store,
            deliveries,
            mailer,
            seams,
            _ground: Box::new(ground),
        }
    }

    pub(crate) async fn react<E: IntegrationEvent>(
        &self,
        event: E,
        meta: &CommandMeta,
    ) -> Result<(), UseCaseError>
    where
        Notifications: ReactsTo<E>,
    {
        self.face.react(event, meta.clone()).await
    }

    /// The meta of a reaction to version `version` of something, after version `previous`.
    pub(crate) fn delivery(
        &self,
        consumer: &'static str,
        aggregate_id: Uuid,
        (version, previous): (u32, u32),
    ) -> CommandMeta {
        let event_id = EventId::new(self.seams.next_id());
        CommandMeta {
            actor: Actor::Consumer(consumer),
            causation_id: Some(event_id),
            delivery: Some(Delivery {
                consumer,
                event_id,
                aggregate_id,
                version: Version::new(version),
                previous_version: Version::new(previous),
            }),
            ..self.seams.meta()
        }
    }

    /// The position of this delivery's consumer; in memory it cannot be read.
    pub(crate) async fn position(&self, meta: &CommandMeta) -> Option<Version> {
        let deliveries = self.deliveries.as_ref()?;
        let delivery = meta.delivery.expect("it is a reaction");
        Some(deliveries.progress(&delivery).await.unwrap().position)
    }

    /// A new user, whose address is stored.
    pub(crate) async fn user(&self, email: &str) -> UserId {
        let user_id = UserId::new(self.seams.next_id());
        let meta = self.delivery("notifications.users", user_id.uuid(), (1, 0));
        let email = email.parse().unwrap();
        self.react(UserAccountCreated { user_id, email }, &meta)
            .await
            .unwrap();
        user_id
    }

    /// They change their address with version `version`, the next one that notifications gets after `previous`.
    pub(crate) async fn move_to(
        &self,
        user_id: UserId,
        email: &str,
        versions: (u32, u32),
    ) -> Result<(), UseCaseError> {
        let meta = self.delivery("notifications.users", user_id.uuid(), versions);
        let email = email.parse().unwrap();
        self.react(UserEmailChanged { user_id, email }, &meta).await
    }

    /// Their address, as it is spelled.
    pub(crate) async fn address(&self, user_id: UserId) -> Option<String> {
        let address = self.store.address(user_id).await.unwrap();
        address.as_ref().map(EmailAddress::as_str).map(str::to_owned)
    }
}

pub(crate) fn shipped(order_id: OrderId, user_id: UserId) -> OrderShipped {
    OrderShipped {
        order_id,
        reference: "7K3M-9QXD".to_owned(),
        customer_id: CustomerId::from(user_id),
        carrier: "Royal Mail".to_owned(),
        tracking_number: "RM123456789GB".to_owned(),
    }
}

pub(crate) fn cancelled(order_id: OrderId, user_id: UserId) -> OrderCancelled {
    OrderCancelled {
        order_id,
        reference: "7K3M-9QXD".to_owned(),
        customer_id: CustomerId::from(user_id),
        code: Some("on_request".to_owned()),
        reason: "on_request".to_owned(),
        shortages: Vec::new(),
    }
}
