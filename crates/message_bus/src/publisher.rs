//! Publishes a context's events to their consumers and works off what they hold: one pass at a time, over ports, so that the
//! same code runs in virtual time. Who calls the passes, and when, is the relay's business.

mod gaps;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream};
use tokio::time::Instant;

use crate::{
    Consumer, Courier, Delivery, EventLog, Handing, LoggedEvent, Transport, Unavailable, courier::Outcome,
};

/// Events taken from the log at a time.
const PAGE: u32 = 256;
/// Aggregates whose events are carried at the same time: enough for consumers to share commits.
const AGGREGATES_AT_ONCE: usize = 64;

/// How long an event that was delivered may go unmarked until it is delivered again.
const MARK_PATIENCE: Duration = Duration::from_secs(5);

/// One consumer, where it began, what brings events to it, and the courier of its context.
pub struct Route {
    /// The consumer.
    pub consumer: Arc<Consumer>,
    /// It takes events after this sequence.
    pub begins_after: i64,
    /// Brings events.
    pub transport: Arc<dyn Transport>,
    /// Tries again what is held.
    pub courier: Courier,
}

/// Carries the events of one context.
pub struct Publisher {
    log: Arc<dyn EventLog>,
    routes: Vec<Route>,
}

/// What a pass over the log has to remember until the next one. Correctness does not rest on it: the log's own rows and the
/// consumers' positions say what was done.
#[derive(Debug, Default)]
pub struct Progress {
    /// Published, and since when, but the marks may not be committed yet.
    delivered: HashMap<i64, Instant>,
    /// Events up to here were found when this process began to lead: one of them may have stopped the process that led before.
    found: Option<i64>,
    /// A consumer was given rows in the last pass.
    held_something: bool,
}

/// Whether another pass makes sense at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// The pass took as much as it may at a time, and got on.
    Waiting,
    /// Not before something happens.
    Nothing,
}

impl Progress {
    /// Whether the last pass left rows to be worked off.
    pub const fn held_something(&self) -> bool {
        self.held_something
    }
}

impl Publisher {
    /// A publisher of the events in `log` to the consumers of `routes`, all of which take from that log.
    pub fn new(log: Arc<dyn EventLog>, routes: Vec<Route>) -> Self {
        Self { log, routes }
    }

    /// The log.
    pub fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    /// The consumers' routes.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// One pass over the oldest unpublished events, if this process is the one that publishes.
    ///
    /// # Errors
    /// [`Unavailable`], when the log does not answer. Nothing is lost.
    pub async fn publish(&self, leads: bool, progress: &mut Progress) -> Result<More, Unavailable> {
        if !leads {
            // Whoever leads now marks what it delivers; nothing that was delivered from here counts any more.
            *progress = Progress::default();
            return Ok(More::Nothing);
        }
        let found = match progress.found {
            Some(found) => found,
            None => self.log.last_sequence().await?,
        };
        progress.found = Some(found);
        progress.held_something = false;
        let unmarked = u32::try_from(progress.delivered.len()).unwrap_or(u32::MAX);
        let events = self.log.unpublished(PAGE.saturating_add(unmarked)).await?;
        let listed: HashSet<i64> = events.iter().map(|event| event.sequence).collect();
        // Whatever the log no longer lists has been marked. What it lists for long has lost its mark, or was driven again after it.
        progress
            .delivered
            .retain(|sequence, since| listed.contains(sequence) && since.elapsed() < MARK_PATIENCE);
        let fresh: Vec<LoggedEvent> = events
            .into_iter()
            .filter(|event| !progress.delivered.contains_key(&event.sequence))
            .collect();
        let full_page = fresh.len() >= PAGE as usize;
        let published: Vec<Vec<Published>> = stream::iter(by_aggregate(fresh))
            .map(|events| self.publish_in_order(events, found))
            .buffer_unordered(AGGREGATES_AT_ONCE)
            .collect()
            .await;
        let published: Vec<Published> = published.into_iter().flatten().collect();
        progress.held_something = published.iter().any(|event| event.held);
        let sequences: Vec<i64> = published.iter().map(|event| event.sequence).collect();
        if sequences.is_empty() {
            return Ok(More::Nothing);
        }
        let now = Instant::now();
        progress
            .delivered
            .extend(sequences.iter().map(|sequence| (*sequence, now)));
        self.log.mark_published(sequences);
        Ok(if full_page { More::Waiting } else { More::Nothing })
    }

    /// Tries what one consumer holds and may be tried now. Says whether there may be more at once.
    ///
    /// # Errors
    /// [`Unavailable`], when the consumer's context does not answer.
    pub async fn work_off(&self, route: &Route) -> Result<More, Unavailable> {
        let at_once = route.consumer.limits().at_once.max(1);
        let limit = u32::try_from(at_once).unwrap_or(u32::MAX);
        let due = route.courier.due(&route.consumer, limit).await?;
        let full = due.len() >= at_once;
        // At most one delivery of each aggregate is due, so their order among each other means nothing.
        let outcomes: Vec<Result<Outcome, Unavailable>> = stream::iter(due)
            .map(|held| async move { route.courier.retry(&route.consumer, &held).await })
            .buffer_unordered(at_once)
            .collect()
            .await;
        let mut applied = false;
        for outcome in outcomes {
            applied |= outcome? == Outcome::Applied;
        }
        // What was applied may have freed what waited behind it.
        Ok(if full || applied {
            More::Waiting
        } else {
            More::Nothing
        })
    }

    /// Publishes events of one aggregate, oldest first, and stops at the first that cannot be: those behind it are
    /// held back with it.
    async fn publish_in_order(&self, events: Vec<LoggedEvent>, found: i64) -> Vec<Published> {
        let mut published = Vec::with_capacity(events.len());
        for event in events {
            match self.publish_one(&event, found).await {
                Ok(held) => published.push(Published {
                    sequence: event.sequence,
                    held,
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

    /// Hands one event to its consumers, side by side: one that takes its time, or cannot be reached, keeps no other waiting. Says whether
    /// one of them holds it.
    async fn publish_one(&self, event: &LoggedEvent, found: i64) -> Result<bool, Unavailable> {
        let envelope = &event.envelope;
        let takers: Vec<&Route> = self
            .routes
            .iter()
            .filter(|route| event.sequence > route.begins_after && route.consumer.takes(&envelope.event_type))
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
        let handed_over = takers.into_iter().map(|route| {
            let delivery = Delivery {
                consumer: route.consumer.name(),
                event_id: envelope.event_id,
                aggregate_id: envelope.aggregate_id,
                version: envelope.aggregate_version,
                previous_version: history.previous_version(&route.consumer, route.begins_after),
            };
            let handing = if event.sequence <= found {
                Handing::ByRow
            } else {
                route.consumer.handing()
            };
            route
                .transport
                .hand_over(&route.consumer, envelope, delivery, handing)
        });
        // Every answer is awaited before one of them is refused: nothing of this event is under way when it is tried again.
        let mut held = false;
        for outcome in join_all(handed_over).await {
            held |= matches!(outcome?, Outcome::Held { .. });
        }
        Ok(held)
    }
}

/// An event that was published.
struct Published {
    sequence: i64,
    /// A consumer holds it.
    held: bool,
}

/// Events grouped by aggregate, each group in the order of its versions: places in the log need not be.
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
    for group in &mut groups {
        group.sort_by_key(|event| event.envelope.aggregate_version);
    }
    groups
}

#[cfg(test)]
mod tests;
