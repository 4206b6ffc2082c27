//! The relay: carries a context's committed events to their consumers, and tries again what was held.
//!
//! It wakes when something is committed, and each second for what another process committed. Correctness rests
//! on the log's own rows (`published_at` is set or is not) and on the consumers' positions, never on what the relay
//! remembers.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use message_bus::{Consumer, Courier, Delivery, Unavailable, courier::Outcome};
use tokio::sync::watch;

use crate::{EventLog, LoggedEvent};

/// Events taken from the log at a time.
const PAGE: u32 = 256;
/// Aggregates whose events are carried at the same time: enough for consumers to share commits.
const AGGREGATES_AT_ONCE: usize = 64;
/// How soon what another process committed is seen.
const POLL: Duration = Duration::from_secs(1);
/// How often held deliveries are looked at.
const RETRY_POLL: Duration = Duration::from_millis(200);

/// One consumer, where it began, and the courier of its context.
pub struct Route {
    /// The consumer.
    pub consumer: Arc<Consumer>,
    /// It takes events after this sequence.
    pub begins_after: i64,
    /// Keeps what cannot be delivered at once.
    pub courier: Courier,
}

/// Carries the events of one context.
pub struct Relay {
    log: Arc<dyn EventLog>,
    routes: Vec<Route>,
    /// Whether this process relayed when it last asked.
    leads: AtomicBool,
}

impl Relay {
    /// A relay for the events in `log` to the consumers of `routes`, all of which take from that log.
    pub fn new(log: Arc<dyn EventLog>, routes: Vec<Route>) -> Self {
        Self {
            log,
            routes,
            leads: AtomicBool::new(false),
        }
    }

    /// Relays until `stop` turns true; finishes what is under way.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        tokio::join!(self.publish_until(stop.clone()), self.retry_until(stop));
    }

    async fn publish_until(&self, mut stop: watch::Receiver<bool>) {
        let mut delivered = HashSet::new();
        while !*stop.borrow() {
            match self.publish_if_leading(&mut delivered).await {
                Ok(More::Waiting) => continue,
                Ok(More::Nothing) => {}
                Err(error) => {
                    tracing::warn!(source = self.log.source(), %error, "the event log could not be read");
                }
            }
            tokio::select! {
                () = self.log.committed() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn retry_until(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if self.leads.load(Ordering::Relaxed) {
                for route in &self.routes {
                    if let Err(error) = retry(route).await {
                        tracing::warn!(consumer = route.consumer.name(), %error, "held deliveries could not be tried");
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY_POLL) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// One pass, if this process is the one that relays.
    async fn publish_if_leading(&self, delivered: &mut HashSet<i64>) -> Result<More, Unavailable> {
        let leads = self.log.may_relay().await;
        self.leads.store(matches!(leads, Ok(true)), Ordering::Relaxed);
        if leads? {
            self.publish(delivered).await
        } else {
            // Whoever leads now marks what it delivers; nothing that was delivered from here counts any more.
            delivered.clear();
            Ok(More::Nothing)
        }
    }

    /// One pass over the oldest unpublished events. `delivered` holds those whose marks are not committed yet.
    async fn publish(&self, delivered: &mut HashSet<i64>) -> Result<More, Unavailable> {
        let unmarked = u32::try_from(delivered.len()).unwrap_or(u32::MAX);
        let events = self.log.unpublished(PAGE.saturating_add(unmarked)).await?;
        let found: HashSet<i64> = events.iter().map(|event| event.sequence).collect();
        // Whatever the log no longer lists has been marked.
        delivered.retain(|sequence| found.contains(sequence));
        let fresh: Vec<LoggedEvent> = events
            .into_iter()
            .filter(|event| !delivered.contains(&event.sequence))
            .collect();
        let full_page = fresh.len() >= PAGE as usize;
        let published: Vec<Vec<i64>> = stream::iter(by_aggregate(fresh))
            .map(|events| self.publish_in_order(events))
            .buffer_unordered(AGGREGATES_AT_ONCE)
            .collect()
            .await;
        let published: Vec<i64> = published.into_iter().flatten().collect();
        let more = if full_page && !published.is_empty() {
            More::Waiting
        } else {
            More::Nothing
        };
        if !published.is_empty() {
            delivered.extend(&published);
            self.log.mark_published(published);
        }
        Ok(more)
    }

    /// Publishes events of one aggregate, oldest first, and stops at the first that cannot be: those behind it are
    /// held back with it.
    async fn publish_in_order(&self, events: Vec<LoggedEvent>) -> Vec<i64> {
        let mut published = Vec::with_capacity(events.len());
        for event in events {
            match self.publish_one(&event).await {
                Ok(()) => published.push(event.sequence),
                Err(error) => {
                    tracing::warn!(event_id = %event.envelope.event_id, %error, "an event could not be published yet");
                    break;
                }
            }
        }
        published
    }

    async fn publish_one(&self, event: &LoggedEvent) -> Result<(), Unavailable> {
        let envelope = &event.envelope;
        let takers = || {
            self.routes.iter().filter(|route| {
                event.sequence > route.begins_after && route.consumer.takes(&envelope.event_type)
            })
        };
        if takers().next().is_none() {
            return Ok(());
        }
        let history = self
            .log
            .history(
                envelope.aggregate_type.clone(),
                envelope.aggregate_id,
                envelope.aggregate_version,
            )
            .await?;
        for route in takers() {
            let delivery = Delivery {
                consumer: route.consumer.name(),
                event_id: envelope.event_id,
                aggregate_id: envelope.aggregate_id,
                version: envelope.aggregate_version,
                previous_version: history.previous_version(&route.consumer, route.begins_after),
            };
            let outcome = route.courier.deliver(&route.consumer, envelope, delivery).await?;
            report(&route.consumer, &delivery, &outcome);
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    Waiting,
    Nothing,
}

/// Events grouped by aggregate, each group in the log's order.
fn by_aggregate(events: Vec<LoggedEvent>) -> Vec<Vec<LoggedEvent>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<LoggedEvent>> = Vec::new();
    for event in events {
        let key = (event.envelope.aggregate_type.clone(), event.envelope.aggregate_id);
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(event),
            None => groups.push(vec![event]),
        }
    }
    groups
}

async fn retry(route: &Route) -> Result<(), Unavailable> {
    let at_once = u32::try_from(AGGREGATES_AT_ONCE).unwrap_or(u32::MAX);
    let due = route.courier.due(&route.consumer, at_once).await?;
    // At most one delivery of each aggregate is due, so their order among each other means nothing.
    let outcomes: Vec<Result<(), Unavailable>> = stream::iter(due)
        .map(|held| async move {
            let delivery = held.delivery;
            let outcome = route.courier.retry(&route.consumer, held).await?;
            report(&route.consumer, &delivery, &outcome);
            Ok(())
        })
        .buffer_unordered(AGGREGATES_AT_ONCE)
        .collect()
        .await;
    outcomes.into_iter().collect()
}

fn report(consumer: &Consumer, delivery: &Delivery, outcome: &Outcome) {
    if let Outcome::Held { error: Some(error) } = outcome {
        tracing::warn!(
            consumer = consumer.name(),
            event_id = %delivery.event_id,
            aggregate_id = %delivery.aggregate_id,
            %error,
            "a delivery failed and is held"
        );
    }
}
