//! Publishes a context's events to their consumers and attempts pending deliveries, over ports, so that the same code runs in
//! virtual time. The relay decides when.

mod gaps;
mod publishing;

use std::sync::Arc;

use futures_util::{StreamExt, future::join_all, stream};
use message_bus::{Consumer, Delivery, DeliveryMode, Unavailable};

use self::publishing::Read;
pub use self::publishing::{Look, Publishing};
use crate::{Dispatcher, EventLog, LoggedEvent, Transport, dispatcher::Outcome};

/// Events taken from the log at a time.
const PAGE: u32 = 256;

/// One consumer, where it began, its delivery port, and the dispatcher of its context.
pub struct Subscription {
    /// The consumer.
    pub consumer: Arc<Consumer>,
    /// It takes events after this sequence.
    pub begins_after: i64,
    /// Hands events over.
    pub transport: Arc<dyn Transport>,
    /// Attempts pending deliveries.
    pub dispatcher: Dispatcher,
}

/// Publishes the events of one context.
pub struct Publisher {
    log: Arc<dyn EventLog>,
    subscriptions: Vec<Subscription>,
}

/// Whether another pass makes sense at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// The pass took as many as it may at a time, and made progress.
    Waiting,
    /// Not before something is committed or due.
    Nothing,
}

impl Publisher {
    /// A publisher of the events in `log` to the consumers of `subscriptions`, all of which take from that log.
    pub fn new(log: Arc<dyn EventLog>, subscriptions: Vec<Subscription>) -> Self {
        Self { log, subscriptions }
    }

    /// The log.
    pub fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    /// The consumers' subscriptions.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// The oldest events that are to be published, and the end of the backlog at the start, unless that is known.
    async fn read(&self, backlog_end: Option<i64>, limit: u32) -> Result<Read, Unavailable> {
        let backlog_end = match backlog_end {
            Some(backlog_end) => backlog_end,
            None => self.log.last_sequence().await?,
        };
        let events = self.log.unpublished(limit).await?;
        Ok(Read {
            backlog_end,
            full_page: events.len() >= limit as usize,
            events,
        })
    }

    /// Attempts one consumer's pending deliveries that are due. Returns whether there may be more at once.
    ///
    /// # Errors
    /// [`Unavailable`], when the consumer's context does not answer.
    pub async fn work_off(&self, subscription: &Subscription) -> Result<More, Unavailable> {
        let at_once = subscription.consumer.limits().at_once.max(1);
        let limit = u32::try_from(at_once).unwrap_or(u32::MAX);
        let due = subscription.dispatcher.due(&subscription.consumer, limit).await?;
        let full = due.len() >= at_once;
        // At most one delivery of each aggregate is due, so their order among each other means nothing.
        let outcomes: Vec<Result<Outcome, Unavailable>> = stream::iter(due)
            .map(|pending| async move {
                subscription
                    .dispatcher
                    .retry(&subscription.consumer, &pending)
                    .await
            })
            .buffer_unordered(at_once)
            .collect()
            .await;
        let mut applied = false;
        for outcome in outcomes {
            applied |= outcome? == Outcome::Applied;
        }
        // What was applied may have unblocked later deliveries.
        Ok(if full || applied {
            More::Waiting
        } else {
            More::Nothing
        })
    }

    /// Publishes events of one aggregate, oldest first, and stops at the first that cannot be published: the ones
    /// behind it wait.
    async fn publish_in_order(&self, events: Vec<LoggedEvent>, backlog_end: i64) -> Vec<Published> {
        let mut published = Vec::with_capacity(events.len());
        for event in events {
            match self.publish_one(&event, backlog_end).await {
                Ok(pending) => published.push(Published {
                    sequence: event.sequence,
                    pending,
                }),
                Err(error) => {
                    tracing::warn!(
                        trace_id = event.envelope.trace().trace_id().as_str(),
                        event_id = %event.envelope.event_id,
                        %error,
                        "an event could not be published yet"
                    );
                    break;
                }
            }
        }
        published
    }

    /// Hands one event to its consumers concurrently: a consumer that is slow, or unreachable, delays no other. Returns whether one of
    /// them stored a pending delivery.
    async fn publish_one(&self, event: &LoggedEvent, backlog_end: i64) -> Result<bool, Unavailable> {
        let envelope = &event.envelope;
        let takers: Vec<&Subscription> = self
            .subscriptions
            .iter()
            .filter(|subscription| {
                event.sequence > subscription.begins_after
                    && subscription.consumer.takes(&envelope.event_type)
            })
            .collect();
        if takers.is_empty() {
            return Ok(false);
        }
        let history = self
            .log
            .history(
                envelope.aggregate_type.clone(),
                envelope.aggregate_id,
                envelope.aggregate_version,
            )
            .await?;
        let handed_over = takers.into_iter().map(|subscription| {
            let delivery = Delivery {
                consumer: subscription.consumer.name(),
                event_id: envelope.event_id,
                aggregate_id: envelope.aggregate_id,
                version: envelope.aggregate_version,
                previous_version: history.previous_version(&subscription.consumer, subscription.begins_after),
            };
            let mode = if event.sequence <= backlog_end {
                DeliveryMode::Persisted
            } else {
                subscription.consumer.mode()
            };
            subscription
                .transport
                .hand_over(&subscription.consumer, envelope, delivery, mode)
        });
        // Every answer is awaited before an error is returned: so nothing of this event is under way when it is tried again.
        let mut pending = false;
        for outcome in join_all(handed_over).await {
            pending |= matches!(outcome?, Outcome::Pending { .. });
        }
        Ok(pending)
    }
}

/// An event that was published.
struct Published {
    sequence: i64,
    /// A consumer stored a pending delivery of it.
    pending: bool,
}

#[cfg(test)]
mod tests;
