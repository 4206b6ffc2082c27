//! An order's story. Whose order it is learns what happened; who works here also learns by whom, by which command, and what went wrong.

use message_bus::Actor;
use operations::{
    records::AttemptRecord,
    timeline::{TimelineDelivery, TimelineEntry},
};
use serde::Serialize;
use shared_kernel::{CommandId, CorrelationId, EventId, Timestamp};
use uuid::Uuid;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    orders,
    problem::Problem,
    request::Request,
};

/// Kind of aggregate that an order is, as its events name it.
pub(crate) const ORDER: &str = "order";

/// GET /orders/{order_id}/timeline
pub(crate) async fn of_order(request: Request, caller: Caller) -> Handled {
    let order_id = orders::order_id(&request)?;
    let actor = caller.actor();
    // Who may not see the order learns nothing of its story either.
    request.ordering().order(order_id, &actor).await?;
    let timeline = request.state().timelines.of(ORDER, order_id.uuid()).await;
    let timeline = timeline.map_err(Problem::from)?;
    let entries = timeline.entries.into_iter().map(|entry| Told::to(&actor, entry));
    Answer::ok(&Story {
        entries: entries.collect(),
        cut: timeline.cut,
    })
}

#[derive(Serialize)]
struct Story {
    entries: Vec<Told>,
    cut: bool,
}

/// An event, as somebody may know of it.
#[derive(Serialize)]
struct Told {
    event_id: EventId,
    event_type: String,
    context: String,
    aggregate_type: String,
    aggregate_id: Uuid,
    aggregate_version: u32,
    occurred_at: Timestamp,
    caused_by: Option<EventId>,
    by: String,
    deliveries: Vec<ToldDelivery>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    for_staff: Option<ForStaff>,
}

#[derive(Serialize)]
struct ForStaff {
    command_id: CommandId,
    correlation_id: CorrelationId,
    traceparent: Option<String>,
    private: bool,
    published_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct ToldDelivery {
    consumer: String,
    state: String,
    led_to: Vec<EventId>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    for_staff: Option<AttemptsForStaff>,
}

#[derive(Serialize)]
struct AttemptsForStaff {
    next_attempt_at: Option<Timestamp>,
    attempts: Vec<AttemptRecord>,
}

impl Told {
    fn to(actor: &Actor, entry: TimelineEntry) -> Self {
        let is_staff = actor.is_staff();
        let by = if is_staff {
            entry.actor
        } else if entry.actor == actor.to_string() {
            "you".to_owned()
        } else {
            "shop".to_owned()
        };
        Self {
            event_id: entry.event_id,
            event_type: entry.event_type,
            context: entry.context,
            aggregate_type: entry.aggregate_type,
            aggregate_id: entry.aggregate_id,
            aggregate_version: entry.aggregate_version,
            occurred_at: entry.occurred_at,
            caused_by: entry.caused_by,
            by,
            deliveries: entry
                .deliveries
                .into_iter()
                .map(|delivery| ToldDelivery::to(is_staff, delivery))
                .collect(),
            for_staff: is_staff.then_some(ForStaff {
                command_id: entry.command_id,
                correlation_id: entry.correlation_id,
                traceparent: entry.traceparent,
                private: entry.private,
                published_at: entry.published_at,
            }),
        }
    }
}

impl ToldDelivery {
    fn to(is_staff: bool, delivery: TimelineDelivery) -> Self {
        Self {
            consumer: delivery.consumer,
            state: delivery.state,
            led_to: delivery.led_to,
            for_staff: is_staff.then_some(AttemptsForStaff {
                next_attempt_at: delivery.next_attempt_at,
                attempts: delivery.attempts,
            }),
        }
    }
}
