//! Writes of delivery rows: those that wait at the same time share one transaction, as write sets share one commit.

use std::{panic::AssertUnwindSafe, time::Duration};

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use message_bus::Unavailable;
use tokio::sync::{mpsc, oneshot};

use crate::{
    committing::postgres::transaction::{NotCommitted, commit},
    delivering::postgres::delivery_updates::{self, BeginAttempt, EndAttempt, Hold, MarkOutcome},
    opening::postgres::server::Link,
    postgres::{
        PostgresServer,
        errors::{ATTEMPTS, was_in_the_way},
    },
};

/// How many changes may wait. When the queue is full, a change waits for a place: relays have no caller in a hurry.
const CAPACITY: usize = 1024;
/// How many share a transaction at most.
const AT_ONCE: usize = 256;
/// How long a transaction may take, a new connection included.
const PATIENCE: Duration = Duration::from_secs(10);

/// A change of a delivery's row.
pub(crate) enum Change {
    Hold(Box<Hold>),
    Begin(BeginAttempt),
    End(EndAttempt),
    MarkOutcome(MarkOutcome),
}

/// Whether it was done, sent once that is on disk: an attempt does not begin when its row is not as it was read.
type Answer = oneshot::Sender<Result<bool, Unavailable>>;

/// Writes changes of one context. Ends when it is dropped.
pub(crate) struct DeliveryRows {
    queue: mpsc::Sender<(Change, Answer)>,
}

impl DeliveryRows {
    pub(crate) fn start(server: PostgresServer, schema: &'static str) -> Self {
        let (queue, waiting) = mpsc::channel(CAPACITY);
        let writer = Writer {
            server,
            schema,
            link: None,
        };
        tokio::spawn(writer.run(waiting));
        Self { queue }
    }

    /// Answers once the change is on disk.
    pub(crate) async fn write(&self, change: Change) -> Result<bool, Unavailable> {
        let ended = || Unavailable::defect("writing delivery rows has ended");
        let (answer, answered) = oneshot::channel();
        self.queue.send((change, answer)).await.map_err(|_| ended())?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }
}

struct Writer {
    server: PostgresServer,
    schema: &'static str,
    link: Option<Link>,
}

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<(Change, Answer)>) {
        let mut waiting = Vec::new();
        while queue.recv_many(&mut waiting, AT_ONCE).await > 0 {
            let (changes, answers): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
            let written = AssertUnwindSafe(self.write(&changes)).catch_unwind();
            let results = match tokio::time::timeout(PATIENCE, written).await {
                Ok(Ok(results)) => results,
                Ok(Err(_)) => self.none(&changes, || Unavailable::defect("writing delivery rows panicked")),
                Err(_) => self.none(&changes, || {
                    Unavailable::dependency("the database did not answer in time")
                }),
            };
            for (answer, result) in answers.into_iter().zip(results) {
                // An error means that the caller has gone.
                let _ = answer.send(result);
            }
        }
    }

    /// The state of the connection is unknown: it is dropped, and the server rolls its transaction back.
    fn none(&mut self, changes: &[Change], why: impl Fn() -> Unavailable) -> Vec<Result<bool, Unavailable>> {
        self.link = None;
        changes.iter().map(|_| Err(why())).collect()
    }

    async fn write(&mut self, changes: &[Change]) -> Vec<Result<bool, Unavailable>> {
        let all: Vec<&Change> = changes.iter().collect();
        match self.write_together(&all).await {
            Ok(written) => written.into_iter().map(Ok).collect(),
            Err(error) if all.len() == 1 => vec![Err(error)],
            // The changes are then written one by one, to find which of them failed, and why.
            Err(_) => {
                let mut results = Vec::with_capacity(changes.len());
                for change in changes {
                    let written = self.write_together(&[change]).await;
                    results.push(written.map(|written| written.into_iter().all(|done| done)));
                }
                results
            }
        }
    }

    /// Writes all of these in one transaction, which is begun again after a deadlock or another conflict. After an error it is not always known
    /// whether it was committed. Writing the same once more is harmless: each change states which state of its row it expects.
    async fn write_together(&mut self, changes: &[&Change]) -> Result<Vec<bool>, Unavailable> {
        let mut attempt = 1;
        loop {
            let link = match self.link.take() {
                Some(link) if !link.has_ended() => link,
                _ => self
                    .server
                    .connect(self.schema)
                    .await
                    .map_err(Unavailable::dependency)?,
            };
            link.count_use().await;
            let error = match write(&link.connection, changes).await {
                Ok(written) => match commit(&link.connection).await {
                    Ok(()) => {
                        self.link = Some(link);
                        return Ok(written);
                    }
                    Err(NotCommitted::Unsafe(settings)) => return Err(Unavailable::dependency(settings)),
                    Err(NotCommitted::Unknown(error)) => error,
                },
                Err(error) => error,
            };
            if (&link.connection).batch_execute("ROLLBACK").await.is_ok() {
                self.link = Some(link);
            }
            if attempt == ATTEMPTS || !was_in_the_way(&error) {
                return Err(Unavailable::Dependency(Box::new(error)));
            }
            attempt += 1;
        }
    }
}

/// Begins a transaction, and writes in it: a statement for each kind of change. Returns of each whether it was done.
async fn write(mut connection: &AsyncPgConnection, changes: &[&Change]) -> QueryResult<Vec<bool>> {
    connection.batch_execute("BEGIN").await?;
    let (mut holds, mut begins, mut ends, mut outcomes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Hold(hold) => holds.push(&**hold),
            Change::Begin(begin) => begins.push(begin),
            Change::End(end) => ends.push(end),
            Change::MarkOutcome(mark_outcome) => outcomes.push(mark_outcome),
        }
    }
    let known = begins.iter().map(|begin: &&BeginAttempt| &begin.delivery);
    let known = known.chain(ends.iter().map(|end: &&EndAttempt| &end.delivery));
    let known: Vec<_> = known
        .chain(
            outcomes
                .iter()
                .map(|mark_outcome: &&MarkOutcome| &mark_outcome.delivery),
        )
        .collect();
    delivery_updates::lock(connection, &known).await?;
    delivery_updates::hold(connection, &holds).await?;
    let mut begun = delivery_updates::begin(connection, &begins).await?;
    delivery_updates::end(connection, &ends).await?;
    delivery_updates::mark_outcome(connection, &outcomes).await?;
    let done = changes.iter().map(|change| match change {
        // Of two changes that begin the same attempt, only the first one does.
        Change::Begin(BeginAttempt { delivery, .. }) => {
            begun.remove(&(delivery.consumer.to_owned(), delivery.event_id.uuid()))
        }
        Change::Hold(_) | Change::End(_) | Change::MarkOutcome(_) => true,
    });
    Ok(done.collect())
}
