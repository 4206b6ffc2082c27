//! An order's timeline. Its owner sees what happened; staff also see by whom, by which command, and what failed.

use message_bus::Actor;
use operations::{
    records::AttemptRecord,
    timeline::{TimelineDelivery, TimelineEntry},
};
use schema::{Components, HasSchema, Value};
use serde::Serialize;
use shared_kernel::{CommandId, CorrelationId, EventId, Timestamp, Version};
use uuid::Uuid;

use super::order_id;
use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    codes,
    endpoint::{Endpoint, GET, owner},
    problem::Problem,
    request::Request,
};

/// Kind of aggregate that an order is, as its events name it.
pub(crate) const ORDER: &str = "order";

pub(crate) fn get_order_timeline() -> Endpoint {
    owner(GET, "/api/v1/orders/{order_id}/timeline", of_order)
        .named("getOrderTimeline", "An order's story")
        .saying(
            "What happened to the order, what became of each event at its consumers, and what they did about it. Staff are told more.",
        )
        .answering("The story, causes before their effects.")
        .refusing(&[codes::ORDER_NOT_FOUND])
}

async fn of_order(request: Request, caller: Caller) -> Handled<Story> {
    let order_id = order_id(&request)?;
    let actor = caller.actor();
    // A caller who may not see the order may not see its timeline either.
    request.ordering().order(order_id, &actor).await?;
    let timeline = request.state().timelines.of(ORDER, order_id.uuid()).await;
    let timeline = timeline.map_err(Problem::from)?;
    let entries = timeline.entries.into_iter().map(|entry| Told::to(&actor, entry));
    Answer::ok(&Story {
        entries: entries.collect(),
        cut: timeline.cut,
    })
}

/// An order's story: what happened, causes before their effects.
#[derive(Serialize, HasSchema)]
#[schema(name = "Timeline")]
struct Story {
    entries: Vec<Told>,
    /// Whether there is more than is told.
    cut: bool,
}

/// One event, and what became of it. The fields that are not required are for staff.
#[derive(Serialize, HasSchema)]
#[schema(name = "TimelineEntry")]
struct Told {
    event_id: EventId,
    #[schema(example = "OrderConfirmed")]
    event_type: String,
    /// The context that tells of it.
    context: String,
    /// What changed, in any context.
    aggregate_type: String,
    aggregate_id: Uuid,
    /// The version that it came to.
    #[schema(as_type = Version)]
    aggregate_version: u32,
    occurred_at: Timestamp,
    /// The event that led to it, if one did.
    caused_by: Option<EventId>,
    /// For the order's owner `you` or `shop`; for staff `user:` and an id, `consumer:` and its name, or `operator`.
    by: String,
    deliveries: Vec<ToldDelivery>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    for_staff: Option<ForStaff>,
}

#[derive(Serialize, HasSchema)]
#[schema(inline)]
struct ForStaff {
    command_id: CommandId,
    /// All that one request set in motion shares it.
    correlation_id: CorrelationId,
    /// The caller's W3C trace context.
    traceparent: Option<String>,
    /// Whether it stays within its context.
    private: bool,
    /// When all its consumers had applied or held it.
    published_at: Option<Timestamp>,
}

/// An event at one consumer. The fields that are not required are for staff.
#[derive(Serialize, HasSchema)]
#[schema(name = "TimelineDelivery")]
struct ToldDelivery {
    #[schema(example = "notifications.orders")]
    consumer: String,
    #[schema(with = delivery_state)]
    state: String,
    /// The events that the consumer's reaction led to.
    led_to: Vec<EventId>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    for_staff: Option<AttemptsForStaff>,
}

#[derive(Serialize, HasSchema)]
#[schema(inline)]
struct AttemptsForStaff {
    next_attempt_at: Option<Timestamp>,
    /// Those that were made if it did not succeed at once.
    attempts: Vec<AttemptRecord>,
}

fn delivery_state(components: &mut Components) -> Value {
    let names = ["applied", "pending", "retrying", "waiting", "dead", "discarded"];
    components.names("TimelineState", "Where a delivery stands.", names)
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
