//! The history of one aggregate: who asked for what, which events that led to, and how each of them was handled at its
//! consumers. Made from what contexts store anyway.

use std::{collections::HashSet, sync::Arc};

use futures_util::future::try_join_all;
use message_bus::{Consumer, Unavailable};
use serde::Serialize;
use shared_kernel::{CommandId, CorrelationId, EventId, Timestamp};
use uuid::Uuid;

use crate::{ContextTraces, TracedEvent, records::AttemptRecord};

/// Events in one timeline, at most: a longer one is cut, and says so.
const LONGEST: usize = 1_000;

/// Who takes which events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerDescription {
    /// The consumer's name.
    pub consumer: &'static str,
    /// Its context.
    pub context: &'static str,
    /// The context whose events it takes.
    pub source: &'static str,
    /// The types that it takes.
    pub event_types: Vec<&'static str>,
}

impl From<&Consumer> for ConsumerDescription {
    fn from(consumer: &Consumer) -> Self {
        Self {
            consumer: consumer.name(),
            context: consumer.context(),
            source: consumer.source(),
            event_types: consumer.event_types().collect(),
        }
    }
}

/// Makes timelines.
#[derive(Clone)]
pub struct Timelines {
    contexts: Vec<Arc<dyn ContextTraces>>,
    subscriptions: Vec<ConsumerDescription>,
}

/// The timeline of one aggregate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// What happened, causes before their effects.
    pub entries: Vec<TimelineEntry>,
    /// Whether there is more than is told.
    pub cut: bool,
}

/// One event: the command behind it, and how its consumers handled it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// The event.
    pub event_id: EventId,
    /// Its type.
    pub event_type: String,
    /// The context that tells of it.
    pub context: String,
    /// Kind of aggregate that changed.
    pub aggregate_type: String,
    /// Which.
    pub aggregate_id: Uuid,
    /// To which version.
    pub aggregate_version: u32,
    /// When.
    pub occurred_at: Timestamp,
    /// By which command.
    pub command_id: CommandId,
    /// All that one request set in motion shares this.
    pub correlation_id: CorrelationId,
    /// The event that led to the command, if one did.
    pub caused_by: Option<EventId>,
    /// On whose behalf.
    pub actor: String,
    /// The W3C trace context of the span in which the command was carried out.
    pub traceparent: Option<String>,
    /// Whether it stays within its context.
    pub private: bool,
    /// When all its consumers had applied or held it.
    pub published_at: Option<Timestamp>,
    /// How each of its consumers handled it.
    pub deliveries: Vec<TimelineDelivery>,
}

/// An event at one consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineDelivery {
    /// The consumer's name.
    pub consumer: String,
    /// `applied` (at once, or after all), `pending` (on its way), `retrying`, `waiting`, `dead` or `discarded`.
    pub state: String,
    /// When it is tried again, if it is.
    pub next_attempt_at: Option<Timestamp>,
    /// The attempts, if it did not succeed at once.
    pub attempts: Vec<AttemptRecord>,
    /// The events that the consumer's reaction led to.
    pub led_to: Vec<EventId>,
}

impl Timelines {
    /// Timelines of these contexts, whose consumers take what `subscriptions` says.
    pub fn new(contexts: Vec<Arc<dyn ContextTraces>>, subscriptions: Vec<ConsumerDescription>) -> Self {
        Self {
            contexts,
            subscriptions,
        }
    }

    /// The timeline of an aggregate; without entries when nothing is stored about it.
    ///
    /// # Errors
    /// [`Unavailable`] when a context does not answer.
    pub async fn of(&self, aggregate_type: &str, aggregate_id: Uuid) -> Result<Timeline, Unavailable> {
        let (events, cut) = self.events(aggregate_type, aggregate_id).await?;
        let ids: Vec<EventId> = events.iter().map(|event| event.envelope.event_id).collect();
        let aggregates: HashSet<Uuid> = events.iter().map(|event| event.envelope.aggregate_id).collect();
        let aggregates: Vec<Uuid> = aggregates.into_iter().collect();
        let pending = try_join_all(self.contexts.iter().map(|context| context.deliveries_of(&ids))).await?;
        let reached = try_join_all(
            self.contexts
                .iter()
                .map(|context| context.positions_of(&aggregates)),
        )
        .await?;
        let (pending, reached) = (pending.concat(), reached.concat());
        let entries = in_causal_order(&events)
            .into_iter()
            .map(|event| {
                let deliveries = self
                    .subscriptions
                    .iter()
                    .filter(|subscription| subscription.takes(event))
                    .filter_map(|subscription| {
                        let row = pending.iter().find(|record| {
                            record.summary.key.event_id == event.envelope.event_id
                                && record.summary.key.consumer == subscription.consumer
                        });
                        let has_reached_it = reached.iter().any(|reached| {
                            reached.consumer == subscription.consumer
                                && reached.aggregate_id == event.envelope.aggregate_id
                                && reached.position >= event.envelope.aggregate_version
                        });
                        let (state, next_attempt_at, attempts) = match row {
                            Some(row) if row.summary.state == "done" => {
                                ("applied", None, row.attempt_history.clone())
                            }
                            Some(row) => (
                                row.summary.state.as_str(),
                                row.summary.next_attempt_at,
                                row.attempt_history.clone(),
                            ),
                            None if has_reached_it => ("applied", None, Vec::new()),
                            None if event.published_at.is_none() => ("pending", None, Vec::new()),
                            // It happened before the consumer began.
                            None => return None,
                        };
                        Some(TimelineDelivery {
                            consumer: subscription.consumer.to_owned(),
                            state: state.to_owned(),
                            next_attempt_at,
                            attempts,
                            led_to: subscription.led_to(event, &events),
                        })
                    })
                    .collect();
                entry(event, deliveries)
            })
            .collect();
        Ok(Timeline { entries, cut })
    }

    /// The events of the aggregate, and all that they led to, wherever that was.
    async fn events(
        &self,
        aggregate_type: &str,
        aggregate_id: Uuid,
    ) -> Result<(Vec<TracedEvent>, bool), Unavailable> {
        let own = self
            .contexts
            .iter()
            .map(|context| context.events_of(aggregate_type, aggregate_id));
        let mut fresh = try_join_all(own).await?.concat();
        let mut known: HashSet<EventId> = fresh.iter().map(|event| event.envelope.event_id).collect();
        let mut events = Vec::new();
        while !fresh.is_empty() {
            let causes: Vec<EventId> = fresh.iter().map(|event| event.envelope.event_id).collect();
            events.append(&mut fresh);
            if events.len() >= LONGEST {
                events.truncate(LONGEST);
                return Ok((events, true));
            }
            let caused = self
                .contexts
                .iter()
                .map(|context| context.events_caused_by(&causes));
            fresh = try_join_all(caused).await?.concat();
            fresh.retain(|event| known.insert(event.envelope.event_id));
        }
        Ok((events, false))
    }
}

impl ConsumerDescription {
    fn takes(&self, event: &TracedEvent) -> bool {
        !event.private
            && event.envelope.source == self.source
            && self.event_types.contains(&event.envelope.event_type.as_str())
    }

    /// What this consumer's reaction to an event led to.
    fn led_to(&self, cause: &TracedEvent, events: &[TracedEvent]) -> Vec<EventId> {
        events
            .iter()
            .filter(|event| event.envelope.causation_id == Some(cause.envelope.event_id))
            .filter(|event| event.envelope.actor == format!("consumer:{}", self.consumer))
            .map(|event| event.envelope.event_id)
            .collect()
    }
}

/// By time; but an event's effects come after it, and an aggregate's versions in their order, whatever the clocks said.
fn in_causal_order(events: &[TracedEvent]) -> Vec<&TracedEvent> {
    let mut rest: Vec<&TracedEvent> = events.iter().collect();
    rest.sort_by_key(|event| (event.envelope.occurred_at, event.envelope.aggregate_version));
    let mut told: HashSet<EventId> = HashSet::with_capacity(rest.len());
    let mut order = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let is_next = |event: &&TracedEvent| {
            let envelope = &event.envelope;
            let waits_for = |other: &&TracedEvent| {
                let other = &other.envelope;
                let is_cause = envelope.causation_id == Some(other.event_id);
                let is_earlier_version = other.aggregate_id == envelope.aggregate_id
                    && other.aggregate_type == envelope.aggregate_type
                    && other.aggregate_version < envelope.aggregate_version;
                !told.contains(&other.event_id) && (is_cause || is_earlier_version)
            };
            !rest.iter().any(waits_for)
        };
        // Were there a circle, which no clock and no command can make, the earliest would come first.
        let next = rest.iter().position(is_next).unwrap_or(0);
        let event = rest.remove(next);
        told.insert(event.envelope.event_id);
        order.push(event);
    }
    order
}

fn entry(event: &TracedEvent, deliveries: Vec<TimelineDelivery>) -> TimelineEntry {
    let envelope = &event.envelope;
    TimelineEntry {
        event_id: envelope.event_id,
        event_type: envelope.event_type.clone(),
        context: envelope.source.clone(),
        aggregate_type: envelope.aggregate_type.clone(),
        aggregate_id: envelope.aggregate_id,
        aggregate_version: envelope.aggregate_version.number(),
        occurred_at: envelope.occurred_at,
        command_id: envelope.command_id,
        correlation_id: envelope.correlation_id,
        caused_by: envelope.causation_id,
        actor: envelope.actor.clone(),
        traceparent: envelope.traceparent.clone(),
        private: event.private,
        published_at: event.published_at,
        deliveries,
    }
}

#[cfg(test)]
mod tests;
