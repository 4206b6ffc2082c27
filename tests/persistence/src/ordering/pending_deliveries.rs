//! Pending deliveries: every attempt is counted when it begins, nothing overtakes, and operators decide about what is dead.

mod attempts;
mod examining;
mod operators;

use std::time::Duration;

use event_delivery::{AttemptEnd, DeliveryState, PendingDelivery};
use message_bus::{Delivery, Envelope, NewEvent};
use operations::{
    actions::{ActionKind, ActionOutcome, OperatorAction},
    records::{DeliveryKey, DeliveryRecord},
};
use shared_kernel::{EventId, Timestamp, UserId, Version, events::UserDeactivated};
use uuid::Uuid;

use crate::installation::Installation;

/// The longest time for which an attempt is planned ahead here.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
pub(super) const CONSUMER: &str = "test.users";

pub(super) struct Pending<'a> {
    here: &'a Installation,
    user: Uuid,
}

impl<'a> Pending<'a> {
    pub(super) async fn new(here: &'a Installation) -> Self {
        let operations = &here.ordering_database;
        here.ordering_database
            .record_beginning(CONSUMER, "accounts", 0)
            .await
            .unwrap();
        assert!(operations.dead_letters(None, 10).await.unwrap().is_empty());
        Self {
            here,
            user: here.ordering.seams.next_id(),
        }
    }

    pub(super) fn about_somebody_else(here: &'a Installation) -> Self {
        let user = here.ordering.seams.next_id();
        Self { here, user }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.here.ordering.seams.clock().now()
    }

    pub(super) fn delivery(&self, version: u32) -> PendingDelivery {
        let seams = &self.here.ordering.seams;
        let user_id = UserId::new(self.user);
        let version = Version::new(version);
        let event = NewEvent::delivered(&UserDeactivated { user_id }, self.user, version).unwrap();
        let event_id = EventId::new(seams.next_id());
        PendingDelivery {
            delivery: Delivery {
                consumer: CONSUMER,
                event_id,
                aggregate_id: self.user,
                version,
                previous_version: Version::new(version.number() - 1),
            },
            envelope: Envelope::new(event, event_id, "accounts", &seams.meta()),
            state: DeliveryState::Waiting,
            attempts: 0,
            attempts_before_replay: 0,
            interruptions: 0,
            held_at: self.now(),
            last_error: None,
        }
    }

    /// Holds the delivery of a version, waiting.
    pub(super) async fn hold(&self, version: u32) -> PendingDelivery {
        let pending = self.delivery(version);
        self.here.ordering_database.hold(&pending, None).await.unwrap();
        pending
    }

    pub(super) async fn begin(&self, pending: &PendingDelivery) -> bool {
        let (now, later) = (self.now(), self.now().plus_seconds(30));
        self.here
            .ordering_database
            .begin_attempt(pending, now, later)
            .await
            .unwrap()
    }

    pub(super) async fn end(&self, pending: &PendingDelivery, number: u32, state: DeliveryState) {
        let end = AttemptEnd {
            at: self.now(),
            error: (state != DeliveryState::Done).then(|| format!("permanent: attempt {number}")),
            state,
        };
        self.here
            .ordering_database
            .end_attempt(&pending.delivery, number, &end)
            .await
            .unwrap();
    }

    pub(super) async fn kill(&self, version: u32) -> PendingDelivery {
        let pending = self.hold(version).await;
        assert!(self.begin(&pending).await);
        self.end(&pending, 1, DeliveryState::Dead).await;
        pending
    }

    pub(super) async fn due(&self) -> Vec<PendingDelivery> {
        self.here
            .ordering_database
            .due(CONSUMER, LONGEST_WAIT, 10)
            .await
            .unwrap()
    }

    pub(super) async fn due_versions(&self) -> Vec<u32> {
        let due = self.due().await;
        due.iter()
            .map(|pending| pending.delivery.version.number())
            .collect()
    }

    /// Applies an event, as a handler's command does.
    pub(super) async fn apply(&self, pending: &PendingDelivery) {
        let mut meta = self.here.ordering.seams.meta();
        meta.delivery = Some(pending.delivery);
        let unit = self.here.ordering.begin(meta);
        unit.commit(None).await.unwrap();
    }

    pub(super) async fn record(&self, pending: &PendingDelivery) -> DeliveryRecord {
        let found = self.here.ordering_database.delivery(&key(pending)).await.unwrap();
        found.unwrap()
    }

    pub(super) async fn act(&self, kind: ActionKind) -> ActionOutcome {
        let action = OperatorAction {
            id: self.here.ordering.seams.next_id(),
            at: self.now(),
            by: "operator".to_owned(),
            reason: "because".to_owned(),
            consumer: CONSUMER.to_owned(),
            kind,
        };
        self.here.ordering_database.act(&action).await.unwrap()
    }

    pub(super) async fn replay(&self, pending: &PendingDelivery) -> ActionOutcome {
        let event_id = pending.delivery.event_id;
        self.act(ActionKind::Replay { event_id }).await
    }
}

pub(super) fn key(pending: &PendingDelivery) -> DeliveryKey {
    DeliveryKey {
        consumer: CONSUMER.to_owned(),
        event_id: pending.delivery.event_id,
    }
}
