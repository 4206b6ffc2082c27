//! What travels around an event. It maps one to one onto CloudEvents 1.0.

use schema::HasSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{CommandId, CorrelationId, EventId, IntegrationEvent, Timestamp, Version};
use uuid::Uuid;

use crate::{CommandMeta, Sampling, TraceContext};

/// Which consumers get an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every consumer that takes its type.
    Delivered,
    /// None outside the context: it is in the log and on the timeline.
    Private,
}

/// An event as a context's application layer hands it over, before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// Past-tense name.
    pub event_type: &'static str,
    /// Version of its JSON.
    pub schema_version: u16,
    /// Which consumers get it.
    pub audience: Audience,
    /// Kind of aggregate, in snake case.
    pub aggregate_type: &'static str,
    /// Which aggregate.
    pub aggregate_id: Uuid,
    /// The version that the event led to.
    pub aggregate_version: Version,
    /// Its data.
    pub data: Value,
}

impl NewEvent {
    /// An integration event about version `version` of aggregate `id`.
    ///
    /// # Errors
    /// When the event has no JSON form, which is a defect.
    pub fn delivered<E: IntegrationEvent>(
        event: &E,
        id: Uuid,
        version: Version,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            event_type: E::TYPE,
            schema_version: E::SCHEMA_VERSION,
            audience: Audience::Delivered,
            aggregate_type: E::AGGREGATE_TYPE,
            aggregate_id: id,
            aggregate_version: version,
            data: serde_json::to_value(event)?,
        })
    }

    /// An event that stays within its context.
    pub const fn private(
        event_type: &'static str,
        aggregate_type: &'static str,
        id: Uuid,
        version: Version,
        data: Value,
    ) -> Self {
        Self {
            event_type,
            schema_version: 1,
            audience: Audience::Private,
            aggregate_type,
            aggregate_id: id,
            aggregate_version: version,
            data,
        }
    }
}

/// An event with all its metadata.
///
/// | here | CloudEvents |
/// |---|---|
/// | `event_id` | `id` |
/// | `source` | `source` |
/// | `event_type`, `schema_version` | `type`, `dataschema` |
/// | `aggregate_type`/`aggregate_id` | `subject` |
/// | `occurred_at` | `time` |
/// | `aggregate_version` | `sequence` (extension) |
/// | `traceparent` | `traceparent` (extension) |
/// | the rest | extensions of the same name |
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Event", description = "An event, with what is known about it.")]
pub struct Envelope {
    /// This event.
    pub event_id: EventId,
    /// Past-tense name.
    pub event_type: String,
    /// Version of its JSON.
    #[schema(as_type = u64, minimum = 1)]
    pub schema_version: u16,
    /// The context that tells of it.
    pub source: String,
    /// Kind of aggregate, in snake case.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: Uuid,
    /// The version that the event led to.
    pub aggregate_version: Version,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The command that led to it.
    pub command_id: CommandId,
    /// All that one request set in motion.
    pub correlation_id: CorrelationId,
    /// The event that led to the command, if one did.
    pub causation_id: Option<EventId>,
    /// On whose behalf.
    pub actor: String,
    /// The W3C trace context of the span in which the command was carried out; nothing in rows of before there was one.
    pub traceparent: Option<String>,
    /// As the event's own schema has it.
    pub data: Value,
}

impl Envelope {
    /// Wraps an event of context `source` that the command of `meta` led to.
    pub fn new(event: NewEvent, event_id: EventId, source: &str, meta: &CommandMeta) -> Self {
        Self {
            event_id,
            event_type: event.event_type.to_owned(),
            schema_version: event.schema_version,
            source: source.to_owned(),
            aggregate_type: event.aggregate_type.to_owned(),
            aggregate_id: event.aggregate_id,
            aggregate_version: event.aggregate_version,
            occurred_at: meta.issued_at,
            command_id: meta.command_id,
            correlation_id: meta.correlation_id,
            causation_id: meta.causation_id,
            actor: meta.actor.to_string(),
            traceparent: Some(meta.trace.to_string()),
            data: event.data,
        }
    }

    /// The span that led to it. A missing one is derived from the event, the same each time, and not recorded.
    pub fn trace(&self) -> TraceContext {
        let told = self
            .traceparent
            .as_deref()
            .and_then(TraceContext::from_traceparent);
        told.unwrap_or_else(|| TraceContext::begin(self.event_id.uuid(), Sampling::NONE))
    }
}
