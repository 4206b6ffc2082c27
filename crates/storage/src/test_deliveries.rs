//! Pending deliveries for the tests of both engines.

use event_delivery::{AttemptEnd, DeliveryState, DeliveryStore, PendingDelivery};
use message_bus::{CommandMeta, Delivery, Envelope, NewEvent};
use operations::{
    ContextOperations,
    actions::{ActionKind, OperatorAction},
};
use shared_kernel::{EventId, Version};
use uuid::Uuid;

pub(crate) const CONSUMER: &str = "test.things";

/// The first event of an aggregate, held from when its command was issued and not tried yet.
pub(crate) fn waiting(event: NewEvent, event_id: Uuid, meta: &CommandMeta) -> PendingDelivery {
    let event_id = EventId::new(event_id);
    let envelope = Envelope::new(event, event_id, "things", meta);
    PendingDelivery {
        delivery: Delivery {
            consumer: CONSUMER,
            event_id,
            aggregate_id: envelope.aggregate_id,
            version: Version::FIRST,
            previous_version: Version::NEVER_STORED,
        },
        envelope,
        state: DeliveryState::Waiting,
        attempts: 0,
        attempts_before_replay: 0,
        interruptions: 0,
        held_at: meta.issued_at,
        last_error: None,
    }
}

/// Ends three deliveries at the time at which they are held: by an attempt, by what was found out, and by an operator.
pub(crate) async fn end_each_in_its_own_way(
    context: &(impl DeliveryStore + ContextOperations),
    deliveries: &[PendingDelivery; 3],
) {
    let [tried, settled, discarded] = deliveries;
    let (at, state) = (tried.held_at, DeliveryState::Done);
    for delivery in deliveries {
        context.hold(delivery, None).await.unwrap();
    }
    context.begin_attempt(tried, at, at).await.unwrap();
    let error = None;
    let end = AttemptEnd { at, error, state };
    context.end_attempt(&tried.delivery, 1, &end).await.unwrap();
    context.mark_outcome(settled, at, state, None).await.unwrap();
    context
        .mark_outcome(discarded, at, DeliveryState::Dead, Some("given up"))
        .await
        .unwrap();
    let event_id = discarded.delivery.event_id;
    let discard = OperatorAction {
        id: event_id.uuid(),
        at,
        by: "operator".to_owned(),
        reason: "it is gone".to_owned(),
        consumer: CONSUMER.to_owned(),
        kind: ActionKind::Discard { event_id },
    };
    context.act(&discard).await.unwrap();
}
