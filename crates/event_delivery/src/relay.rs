//! The relay: decides when a context's committed events are carried to their consumers, and when what was held is tried again.
//! How, says [`publisher`](crate::publisher).
//!
//! It wakes when something is committed, and each second for what another process committed. Correctness rests
//! on the log's own rows (`published_at` is set or is not) and on the consumers' positions, never on what the relay
//! remembers.

use std::{sync::Arc, time::Duration};

use futures_util::{
    FutureExt,
    future::{Fuse, FusedFuture, join_all},
};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use crate::{
    EventLog, Publisher, Route,
    publisher::{More, Publishing},
};

/// How soon what another process committed is seen.
const POLL: Duration = Duration::from_secs(1);
/// How often held deliveries are looked at, when nothing says that there are some.
const RETRY_POLL: Duration = Duration::from_millis(200);
/// How often deliveries are looked for that wait in vain.
const GAP_POLL: Duration = Duration::from_secs(5);

/// Carries the events of one context.
pub struct Relay {
    publisher: Arc<Publisher>,
    /// Whether this process relayed when it last asked.
    leads: watch::Sender<bool>,
    /// One for each route: told when rows were written for its consumer, perhaps.
    held: Vec<Notify>,
}

impl Relay {
    /// A relay for the events in `log` to the consumers of `routes`, all of which take from that log.
    pub fn new(log: Arc<dyn EventLog>, routes: Vec<Route>) -> Self {
        Self {
            leads: watch::Sender::new(false),
            held: routes.iter().map(|_| Notify::new()).collect(),
            publisher: Arc::new(Publisher::new(log, routes)),
        }
    }

    /// Relays until `stop` turns true; finishes what is under way.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let routes = self.publisher.routes().iter().zip(&self.held);
        // A consumer that waits for something outside keeps no other waiting: each works off what it holds by itself.
        let workers = routes.map(|(route, held)| self.work_off_until(route, held, stop.clone()));
        tokio::join!(self.publish_until(stop.clone()), join_all(workers));
    }

    async fn publish_until(&self, mut stop: watch::Receiver<bool>) {
        let mut publishing = Publishing::new(Arc::clone(&self.publisher));
        let mut looking = Fuse::terminated();
        let mut next_poll = Instant::now();
        let mut committed = true;
        while !*stop.borrow() {
            let due = (committed || publishing.has_more()) && publishing.has_room();
            if looking.is_terminated() && (due || Instant::now() >= next_poll) {
                next_poll = Instant::now() + POLL;
                committed = false;
                looking = publishing.look().fuse();
            }
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() { break },
                () = self.publisher.log().committed(), if !committed => committed = true,
                look = &mut looking => {
                    if let Err(error) = publishing.take(look) {
                        tracing::warn!(source = self.publisher.log().source(), %error, "the event log could not be read");
                    }
                    self.leads.send_replace(publishing.leads());
                }
                held = publishing.settle(), if publishing.is_under_way() => {
                    if held {
                        self.held.iter().for_each(Notify::notify_one);
                    }
                }
                () = tokio::time::sleep_until(next_poll), if looking.is_terminated() => {}
            }
        }
        publishing.finish().await;
    }

    async fn work_off_until(&self, route: &Route, held: &Notify, mut stop: watch::Receiver<bool>) {
        let mut gaps_closed_at = Instant::now();
        while !*stop.borrow() {
            if *self.leads.borrow() {
                match self.publisher.work_off(route).await {
                    Ok(More::Waiting) => continue,
                    Ok(More::Nothing) => {}
                    Err(error) => {
                        tracing::warn!(consumer = route.consumer.name(), %error, "held deliveries could not be tried");
                    }
                }
                if gaps_closed_at.elapsed() >= GAP_POLL {
                    gaps_closed_at = Instant::now();
                    if let Err(error) = self.publisher.close_gaps(route).await {
                        tracing::warn!(consumer = route.consumer.name(), %error, "what is missing could not be looked for");
                    }
                }
            }
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() { break },
                () = held.notified() => {}
                () = tokio::time::sleep(RETRY_POLL) => {}
            }
        }
    }
}
