//! Writes of delivery rows: those that wait at the same time share one transaction, as write sets share one commit.

use std::{panic::AssertUnwindSafe, time::Duration};

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::{FutureExt, future::join_all};
use message_bus::{Attempt, AttemptEnd, Delivery, DeliveryState, Unavailable};
use shared_kernel::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::{PostgresServer, held_deliveries, server::Link};
use crate::held_row::HeldRow;

/// How many changes may wait. Who comes when it is full waits for a place: relays have no caller who is in a hurry.
const CAPACITY: usize = 1024;
/// How many share a transaction at most.
const AT_ONCE: usize = 256;
/// How long a transaction may take, a new connection included.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be done to a delivery's row. Each is one statement.
pub(super) enum Change {
    Hold {
        row: Box<HeldRow>,
        attempt: Option<Attempt>,
    },
    BeginAttempt {
        delivery: Delivery,
        attempts: u32,
        began_at: Timestamp,
        again_at: Timestamp,
    },
    EndAttempt {
        delivery: Delivery,
        number: u32,
        end: AttemptEnd,
    },
    Settle {
        delivery: Delivery,
        attempts: u32,
        at: Timestamp,
        state: DeliveryState,
        error: Option<String>,
    },
}

/// Whether the row was as the change supposes, once that is on disk.
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

    /// Answers once the change is on disk: whether the row was as it supposes.
    pub(super) async fn write(&self, change: Change) -> Result<bool, Unavailable> {
        let ended = || Unavailable::defect("writing delivery rows has ended");
        let (answer, answered) = oneshot::channel();
        self.queue.send((change, answer)).await.map_err(|_| ended())?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }
}

impl Change {
    async fn write(&self, connection: &AsyncPgConnection) -> QueryResult<bool> {
        match self {
            Self::Hold { row, attempt } => held_deliveries::hold(connection, row, attempt.as_ref()).await,
            Self::BeginAttempt {
                delivery,
                attempts,
                began_at,
                again_at,
            } => held_deliveries::begin_attempt(connection, delivery, *attempts, *began_at, *again_at).await,
            Self::EndAttempt {
                delivery,
                number,
                end,
            } => held_deliveries::end_attempt(connection, delivery, *number, end).await,
            Self::Settle {
                delivery,
                attempts,
                at,
                state,
                error,
            } => {
                held_deliveries::settle(connection, delivery, *attempts, *at, *state, error.as_deref()).await
            }
        }
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
        let together = match changes {
            [_] => None,
            _ => write_together(&link.connection, changes).await,
        };
        let results = match together {
            Some(written) => written.into_iter().map(Ok).collect(),
            // Which of them it was, and why, is found out one by one.
            None => join_all(changes.iter().map(|change| change.write(&link.connection)))
                .await
                .into_iter()
                .map(|written| written.map_err(Unavailable::dependency))
                .collect(),
        };
        self.link = Some(link);
        results
    }
}

/// All of these in one transaction, on the way at the same time; `None` when that is not known to be committed. To write them once more does no
/// harm then: each change says which state of its row it supposes.
async fn write_together(mut connection: &AsyncPgConnection, changes: &[Change]) -> Option<Vec<bool>> {
    connection.batch_execute("BEGIN").await.ok()?;
    let written: QueryResult<Vec<bool>> = join_all(changes.iter().map(|change| change.write(connection)))
        .await
        .into_iter()
        .collect();
    match written {
        Ok(written) => connection.batch_execute("COMMIT").await.ok().map(|()| written),
        Err(_) => {
            // Fails only with the connection, and then there is nothing to roll back.
            let _ = connection.batch_execute("ROLLBACK").await;
            None
        }
    }
}
