//! Deliveries that have ended, however they did.

use event_delivery::{AttemptEnd, DeliveryState, DeliveryStore, PendingDelivery};
use message_bus::{Delivery, Envelope};
use operations::actions::{ActionKind, OperatorAction};
use shared_kernel::{EventId, IdGenerator};

use super::*;

fn pending(fixture: &Fixture, id: i64) -> PendingDelivery {
    let event_id = EventId::new(fixture.ids.next_id());
    let envelope = Envelope::new(event(id, 1), event_id, "things", &fixture.meta());
    PendingDelivery {
        delivery: Delivery {
            consumer: "test.things",
            event_id,
            aggregate_id: envelope.aggregate_id,
            version: Version::new(1),
            previous_version: Version::NEVER_STORED,
        },
        envelope,
        state: DeliveryState::Waiting,
        attempts: 0,
        attempts_before_replay: 0,
        interruptions: 0,
        held_at: fixture.clock.now(),
        last_error: None,
    }
}

#[tokio::test]
async fn deliveries_that_end_under_a_clock_that_is_behind_do_not_look_old() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture.clock.set_by_seconds(-40 * DAY);
    fixture.look_at_the_clock().await;
    let (context, now) = (&fixture.context, fixture.clock.now());
    let (tried, settled, discarded) = (pending(&fixture, 1), pending(&fixture, 2), pending(&fixture, 3));
    for delivery in [&tried, &settled, &discarded] {
        context.hold(delivery, None).await.unwrap();
    }
    context.begin_attempt(&tried, now, now).await.unwrap();
    let state = DeliveryState::Done;
    let end = AttemptEnd {
        at: now,
        error: None,
        state,
    };
    context.end_attempt(&tried.delivery, 1, &end).await.unwrap();
    context.mark_outcome(&settled, now, state, None).await.unwrap();
    context
        .mark_outcome(&discarded, now, DeliveryState::Dead, Some("given up"))
        .await
        .unwrap();
    let discard = OperatorAction {
        id: fixture.ids.next_id(),
        at: now,
        by: "operator".to_owned(),
        reason: "it is gone".to_owned(),
        consumer: "test.things".to_owned(),
        kind: ActionKind::Discard {
            event_id: discarded.delivery.event_id,
        },
    };
    context.act(&discard).await.unwrap();
    let ended = "SELECT count(*) AS number FROM deliveries, lived_time WHERE ended_at >= stamps_from";
    assert_eq!(fixture.number(ended).await, 3);
    fixture.live_for_days(29).await;
    assert_eq!(
        fixture.number("SELECT count(*) AS number FROM deliveries").await,
        3
    );
    // The clock was set back for good: what was stamped before is ahead of it until it gets there again.
    fixture.live_for_days(42).await;
    assert_eq!(
        fixture.number("SELECT count(*) AS number FROM deliveries").await,
        0
    );
}
