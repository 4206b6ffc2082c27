//! The schemas of an order's story, and of what the doctor finds. A test holds them against answers.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

use super::{
    ops_answers::Attempt,
    values::{Id, Time, Version},
};

/// An order's story: what happened, causes before their effects.
#[derive(ToSchema)]
pub(super) struct Timeline {
    entries: Vec<TimelineEntry>,
    /// Whether there is more than is told.
    cut: bool,
}

/// One event, and what became of it. The fields that are not required are for staff.
#[derive(ToSchema)]
pub(super) struct TimelineEntry {
    event_id: Id,
    #[schema(example = "OrderConfirmed")]
    event_type: String,
    /// The context that tells of it.
    context: String,
    /// What changed, in any context.
    aggregate_type: String,
    aggregate_id: Id,
    /// The version that it came to.
    aggregate_version: Version,
    occurred_at: Time,
    /// The event that led to it, if one did.
    #[schema(required)]
    caused_by: Option<Id>,
    /// For the order's owner `you` or `shop`; for staff `user:` and an id, `consumer:` and its name, or `operator`.
    by: String,
    deliveries: Vec<TimelineDelivery>,
    command_id: Option<Id>,
    /// All that one request set in motion shares it.
    correlation_id: Option<Id>,
    /// The caller's W3C trace context.
    traceparent: Option<String>,
    /// Whether it stays within its context.
    private: Option<bool>,
    /// When all its consumers had applied or held it.
    published_at: Option<Time>,
}

/// An event at one consumer. The fields that are not required are for staff.
#[derive(ToSchema)]
pub(super) struct TimelineDelivery {
    #[schema(example = "notifications.orders")]
    consumer: String,
    state: TimelineState,
    /// The events that the consumer's reaction led to.
    led_to: Vec<Id>,
    next_attempt_at: Option<Time>,
    /// Those that were made if it did not succeed at once.
    attempts: Option<Vec<Attempt>>,
}

/// Where a delivery stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum TimelineState {
    Applied,
    Pending,
    Retrying,
    Waiting,
    Dead,
    Discarded,
}

/// What the doctor found.
#[derive(ToSchema)]
pub(super) struct Examined {
    /// Whether nothing was found. What could not be checked says so for itself.
    sound: bool,
    examinations: Vec<Examination>,
}

/// How one invariant was found to be in one place.
#[derive(ToSchema)]
pub(super) struct Examination {
    invariant: Invariant,
    /// A context, or a consumer.
    #[schema(example = "ordering")]
    at: String,
    /// Why it was not checked, if it was not.
    #[schema(required)]
    not_checked: Option<String>,
    /// At most 100.
    findings: Vec<Finding>,
}

/// What must hold.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Invariant {
    StateAndEvents,
    Published,
    Delivered,
    InOrder,
    SoundFiles,
    SafeSettings,
    Stock,
    Agreement,
}

/// Something that does not hold.
#[derive(ToSchema)]
pub(super) struct Finding {
    subject: String,
    /// What was found and what was expected.
    detail: String,
}
