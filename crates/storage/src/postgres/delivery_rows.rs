//! Writes of delivery rows: those that wait at the same time share one transaction, as write sets share one commit.

use std::{panic::AssertUnwindSafe, time::Duration};

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::{FutureExt, future::join_all};
use message_bus::Unavailable;
use tokio::sync::{mpsc, oneshot};

use super::{
    PostgresServer,
    held_changes::{self, BeginAttempt, EndAttempt, Hold, Settle},
    server::Link,
};

/// How many changes may wait. Who comes when it is full waits for a place: relays have no caller who is in a hurry.
const CAPACITY: usize = 1024;
/// How many share a transaction at most.
const AT_ONCE: usize = 256;
/// How long a transaction may take, a new connection included.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be done to a delivery's row.
pub(super) enum Change {
    Hold(Box<Hold>),
    Begin(BeginAttempt),
    End(EndAttempt),
    Settle(Settle),
}

/// Whether it was done, once that is on disk: an attempt does not begin when its row is not as it was read.
type Answer = oneshot::Sender<Result<bool, Unavailable>>;

/// Writes changes of one context. Ends when it is dropped.
pub(super) struct DeliveryRows {
    queue: mpsc::Sender<(Change, Answer)>,
}

impl DeliveryRows {
    pub(super) fn start(server: PostgresServer, schema: &'static str) -> Self {
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
    pub(super) async fn write(&self, change: Change) -> Result<bool, Unavailable> {
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
                // An error says that the caller has gone.
                let _ = answer.send(result);
            }
        }
    }

    /// Nobody knows what the connection was in the middle of: the server rolls it back when it is gone.
    fn none(&mut self, changes: &[Change], why: impl Fn() -> Unavailable) -> Vec<Result<bool, Unavailable>> {
        self.link = None;
        changes.iter().map(|_| Err(why())).collect()
    }

    async fn write(&mut self, changes: &[Change]) -> Vec<Result<bool, Unavailable>> {
        let link = match self.link.take().filter(|link| !link.has_ended()) {
            Some(link) => Ok(link),
            None => self.server.connect(self.schema).await,
        };
        let link = match link {
            Ok(link) => link,
            Err(error) => {
                let error = error.to_string();
                return self.none(changes, || Unavailable::dependency(error.as_str()));
            }
        };
        link.count_use().await;
        let all: Vec<&Change> = changes.iter().collect();
        let results = match write_together(&link.connection, &all).await {
            Some(written) => written.into_iter().map(Ok).collect(),
            // Which of them it was, and why, is found out one by one.
            None => join_all(changes.iter().map(|change| write(&link.connection, [change])))
                .await
                .into_iter()
                .map(|written| match written {
                    Ok(written) => Ok(written.into_iter().all(|done| done)),
                    Err(error) => Err(Unavailable::dependency(error)),
                })
                .collect(),
        };
        self.link = Some(link);
        results
    }
}

/// All of these in one transaction; `None` when that is not known to be committed. To write them once more does no harm then: the connection is
/// gone, or each change says which state of its row it supposes.
async fn write_together(mut connection: &AsyncPgConnection, changes: &[&Change]) -> Option<Vec<bool>> {
    connection.batch_execute("BEGIN").await.ok()?;
    match write(connection, changes.iter().copied()).await {
        Ok(written) => connection.batch_execute("COMMIT").await.ok().map(|()| written),
        Err(_) => {
            // Fails only with the connection, and then there is nothing to roll back.
            let _ = connection.batch_execute("ROLLBACK").await;
            None
        }
    }
}

/// A statement for each kind of change. Says of each whether it was done.
async fn write<'a>(
    connection: &AsyncPgConnection,
    changes: impl IntoIterator<Item = &'a Change>,
) -> QueryResult<Vec<bool>> {
    let changes: Vec<&Change> = changes.into_iter().collect();
    let (mut holds, mut begins, mut ends, mut settles) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for change in &changes {
        match change {
            Change::Hold(hold) => holds.push(&**hold),
            Change::Begin(begin) => begins.push(begin),
            Change::End(end) => ends.push(end),
            Change::Settle(settle) => settles.push(settle),
        }
    }
    held_changes::hold(connection, &holds).await?;
    let mut begun = held_changes::begin(connection, &begins).await?;
    held_changes::end(connection, &ends).await?;
    held_changes::settle(connection, &settles).await?;
    let done = changes.into_iter().map(|change| match change {
        // Of two that would begin the same attempt, the first does.
        Change::Begin(BeginAttempt { delivery, .. }) => {
            begun.remove(&(delivery.consumer.to_owned(), delivery.event_id.uuid()))
        }
        Change::Hold(_) | Change::End(_) | Change::Settle(_) => true,
    });
    Ok(done.collect())
}
