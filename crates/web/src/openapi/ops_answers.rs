//! The schemas of what operators are answered. A test holds them against answers.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

use super::values::{Id, Time, Version};

/// How every context stands.
#[derive(ToSchema)]
pub(super) struct ContextStatusList {
    data: Vec<ContextStatus>,
    /// This list is never longer than one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// How one context stands.
#[derive(ToSchema)]
pub(super) struct ContextStatus {
    #[schema(example = "ordering")]
    context: String,
    /// Null when its database does not answer.
    #[schema(required)]
    work: Option<WorkLeft>,
}

/// What a context has left to do.
#[derive(ToSchema)]
pub(super) struct WorkLeft {
    /// Its events that not every consumer has, or holds, yet.
    #[schema(minimum = 0)]
    unpublished: u64,
    /// How long ago the first of these happened.
    #[schema(required, minimum = 0)]
    oldest_unpublished_seconds: Option<f64>,
    /// Deliveries to its consumers that go on by themselves.
    #[schema(minimum = 0)]
    unfinished: u64,
    consumers: Vec<ConsumerStatus>,
}

/// What one consumer holds.
#[derive(ToSchema)]
#[schema(example = json!({
    "consumer": "ordering.users", "source": "accounts", "paused": null,
    "waiting": {"count": 1, "oldest_seconds": 86.25}, "retrying": {"count": 0, "oldest_seconds": null},
    "dead": {"count": 1, "oldest_seconds": 90.5},
}))]
pub(super) struct ConsumerStatus {
    consumer: String,
    /// The context whose events it takes.
    source: String,
    /// Who paused it, if somebody did.
    #[schema(required)]
    paused: Option<Paused>,
    /// Behind another one, or for the consumer to be resumed.
    waiting: HeldStatus,
    /// To be tried again at a set time.
    retrying: HeldStatus,
    /// Given up.
    dead: HeldStatus,
}

/// How many deliveries are in a state.
#[derive(ToSchema)]
pub(super) struct HeldStatus {
    #[schema(minimum = 0)]
    count: u64,
    /// For how long the oldest of them is held.
    #[schema(required, minimum = 0)]
    oldest_seconds: Option<f64>,
}

/// Who paused a consumer, when and why.
#[derive(ToSchema)]
pub(super) struct Paused {
    at: Time,
    /// `user:` and an id, or `operator` for the command line.
    by: String,
    reason: String,
}

/// Part of the list of dead letters, the longest held first.
#[derive(ToSchema)]
pub(super) struct DeadLetterList {
    data: Vec<HeldDeliverySummary>,
    /// Gets the next page, as `cursor`; null when this is the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A delivery that did not succeed at once.
#[derive(ToSchema)]
pub(super) struct HeldDeliverySummary {
    /// The consumer's name and the event's id.
    #[schema(example = "ordering.users:0197b2c4-0000-7000-8000-0000000000e1")]
    id: String,
    event_type: String,
    /// The context that tells of the event.
    source: String,
    aggregate_type: String,
    aggregate_id: Id,
    aggregate_version: Version,
    state: DeliveryState,
    /// Since when.
    held_at: Time,
    #[schema(required)]
    next_attempt_at: Option<Time>,
    /// When it was done, or discarded.
    #[schema(required)]
    ended_at: Option<Time>,
    #[schema(minimum = 0)]
    attempts: u64,
    #[schema(required)]
    last_error: Option<String>,
}

/// Where a held delivery stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum DeliveryState {
    Retrying,
    Waiting,
    Dead,
    Done,
    Discarded,
}

/// All that is known about a held delivery.
#[derive(ToSchema)]
pub(super) struct HeldDelivery {
    #[schema(inline)]
    #[serde(flatten)]
    summary: HeldDeliverySummary,
    /// The first one first.
    attempt_history: Vec<Attempt>,
    /// The same consumer's deliveries of the same aggregate, in order.
    waiting_behind: Vec<Follower>,
    event: Event,
}

/// One attempt at a delivery.
#[derive(ToSchema)]
pub(super) struct Attempt {
    #[schema(minimum = 1)]
    number: u64,
    began_at: Time,
    /// Null while it lasts, and when the process ended before it did.
    #[schema(required)]
    ended_at: Option<Time>,
    /// Null when it succeeded, or has not ended.
    #[schema(required)]
    error: Option<String>,
}

/// A delivery that waits behind another one.
#[derive(ToSchema)]
pub(super) struct Follower {
    event_id: Id,
    event_type: String,
    aggregate_version: Version,
}

/// An event, with what is known about it.
#[derive(ToSchema)]
pub(super) struct Event {
    event_id: Id,
    event_type: String,
    #[schema(minimum = 1)]
    schema_version: u64,
    source: String,
    aggregate_type: String,
    aggregate_id: Id,
    aggregate_version: Version,
    occurred_at: Time,
    command_id: Id,
    correlation_id: Id,
    #[schema(required)]
    causation_id: Option<Id>,
    actor: String,
    #[schema(required)]
    traceparent: Option<String>,
    /// As the event's own schema has it.
    #[schema(value_type = Object)]
    data: (),
}

/// What operators did.
#[derive(ToSchema)]
pub(super) struct OperatorActionList {
    data: Vec<OperatorAction>,
    /// This list is never longer than one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Something that an operator did.
#[derive(ToSchema)]
pub(super) struct OperatorAction {
    id: Id,
    at: Time,
    /// `user:` and an id, or `operator` for the command line.
    by: String,
    /// Empty when none was given.
    reason: String,
    consumer: String,
    action: ActionName,
    /// The event of a replay or a discard; absent otherwise.
    #[schema(nullable = false)]
    event_id: Option<Id>,
}

/// What can be done.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum ActionName {
    Replay,
    Discard,
    Pause,
    Resume,
}

/// What an operator did just now.
#[derive(ToSchema)]
pub(super) struct Acted {
    #[schema(inline)]
    #[serde(flatten)]
    action: OperatorAction,
    /// What waited behind the delivery, and follows it now.
    freed: Vec<Follower>,
}
