//! The relay: decides when a context's committed events are published, and when pending deliveries are attempted. How is in
//! [`publisher`](crate::publisher).
//!
//! It wakes when something is committed, and each second for what another process committed. Correctness rests
//! on the log's own rows (`published_at` is set or is not) and on the consumers' positions, never on the relay's
//! own state.

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
    EventLog, Publisher, Subscription,
    publisher::{More, Publishing},
};

/// How soon another process's commit is seen.
const POLL: Duration = Duration::from_secs(1);
/// How often pending deliveries are looked for, when there is no sign of any.
const RETRY_POLL: Duration = Duration::from_millis(200);
/// How often gaps are looked for.
const GAP_POLL: Duration = Duration::from_secs(5);

/// Relays the events of one context.
pub struct Relay {
    publisher: Arc<Publisher>,
    /// Whether this process had the lease when it was last checked.
    leads: watch::Sender<bool>,
    /// One for each subscription: notified when a pending delivery may have been stored for its consumer.
    pending: Vec<Notify>,
}

impl Relay {
    /// A relay for the events in `log` to the consumers of `subscriptions`, all of which take from that log.
    pub fn new(log: Arc<dyn EventLog>, subscriptions: Vec<Subscription>) -> Self {
        Self {
            leads: watch::Sender::new(false),
            pending: subscriptions.iter().map(|_| Notify::new()).collect(),
            publisher: Arc::new(Publisher::new(log, subscriptions)),
        }
    }

    /// Relays until `stop` turns true; finishes what is under way.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let subscriptions = self.publisher.subscriptions().iter().zip(&self.pending);
        // Each consumer's pending deliveries are attempted in a task of their own, so that a slow consumer delays no other.
        let workers = subscriptions
            .map(|(subscription, pending)| self.work_off_until(subscription, pending, stop.clone()));
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
                pending = publishing.await_completions(), if publishing.is_under_way() => {
                    if pending {
                        self.pending.iter().for_each(Notify::notify_one);
                    }
                }
                () = tokio::time::sleep_until(next_poll), if looking.is_terminated() => {}
            }
        }
        publishing.finish().await;
    }

    async fn work_off_until(
        &self,
        subscription: &Subscription,
        pending: &Notify,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut gaps_closed_at = Instant::now();
        while !*stop.borrow() {
            if *self.leads.borrow() {
                match self.publisher.work_off(subscription).await {
                    Ok(More::Waiting) => continue,
                    Ok(More::Nothing) => {}
                    Err(error) => {
                        tracing::warn!(consumer = subscription.consumer.name(), %error, "pending deliveries could not be tried");
                    }
                }
                if gaps_closed_at.elapsed() >= GAP_POLL {
                    gaps_closed_at = Instant::now();
                    if let Err(error) = self.publisher.close_gaps(subscription).await {
                        tracing::warn!(consumer = subscription.consumer.name(), %error, "what is missing could not be looked for");
                    }
                }
            }
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() { break },
                () = pending.notified() => {}
                () = tokio::time::sleep(RETRY_POLL) => {}
            }
        }
    }
}
