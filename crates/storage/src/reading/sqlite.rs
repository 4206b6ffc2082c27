//! A few threads, each with a read-only connection, that answer queries.
//!
//! A thread takes all queries that wait and answers them in one transaction, so that they share its cost.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use diesel::{
    SqliteConnection,
    connection::{AnsiTransactionManager, TransactionManager},
};
use message_bus::Unavailable;
use tokio::sync::oneshot;

use crate::{ReadError, opening::sqlite::connection, sqlite::OpenError};

/// Threads per context: with two, a slow list does not hold up every look-up.
const THREADS: usize = 2;
/// How many queries may wait.
const CAPACITY: usize = 4096;
/// How many queries share a transaction at most, so that few wait behind a slow one.
const MOST_AT_ONCE: usize = 16;

type Query = Box<dyn FnOnce(&mut SqliteConnection) + Send>;

/// The readers of one file. They end when this is dropped.
pub(crate) struct Readers {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    queries: VecDeque<Query>,
    /// Threads that sleep and were not woken yet.
    asleep: usize,
    closed: bool,
}

impl Readers {
    /// Starts the threads.
    pub(crate) fn start(context: &'static str, file: &Path) -> Result<Self, OpenError> {
        let readers = Self {
            shared: Arc::default(),
        };
        for number in 1..=THREADS {
            let mut connection = connection::open_for_reading(file)?;
            let shared = Arc::clone(&readers.shared);
            thread::Builder::new()
                .name(format!("{context}-read-{number}"))
                .spawn(move || {
                    while let Some(queries) = shared.next() {
                        answer_queries(&mut connection, queries);
                    }
                })
                .map_err(|error| OpenError::Unusable {
                    file: file.to_owned(),
                    reason: error.to_string(),
                })?;
        }
        Ok(readers)
    }

    /// Runs a query on one of the threads, in a transaction, so that its statements see one state of the file.
    pub(crate) async fn read<T, F>(&self, query: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<T, ReadError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let query: Query = Box::new(move |connection| {
            // An error means that the caller has gone and needs no answer.
            let _ = answer.send(query(connection));
        });
        if !self.shared.put(query) {
            return Err(Unavailable::Busy {
                retry_after_seconds: 1,
            });
        }
        match answered.await {
            Ok(result) => result.map_err(Unavailable::from),
            Err(_) => Err(Unavailable::defect("a query ended without an answer")),
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.shared.waiting().closed = true;
        self.shared.arrived.notify_all();
    }
}

impl Shared {
    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a query, unless too many wait.
    fn put(&self, query: Query) -> bool {
        let mut waiting = self.waiting();
        if waiting.queries.len() >= CAPACITY {
            return false;
        }
        waiting.queries.push_back(query);
        // Waking is a system call; a thread that is awake looks again before it sleeps.
        if waiting.asleep > 0 {
            waiting.asleep -= 1;
            drop(waiting);
            self.arrived.notify_one();
        }
        true
    }

    /// Sleeps until there are queries, and takes some. `None` when there will be no more.
    fn next(&self) -> Option<Vec<Query>> {
        let mut waiting = self.waiting();
        if waiting.queries.is_empty() {
            drop(waiting);
            // Under load, callers wait for this very core: if they queue their queries first, no wake-up is needed.
            thread::yield_now();
            waiting = self.waiting();
        }
        while waiting.queries.is_empty() {
            if waiting.closed {
                return None;
            }
            waiting.asleep += 1;
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let count = waiting.queries.len().min(MOST_AT_ONCE);
        Some(waiting.queries.drain(..count).collect())
    }
}

/// Answers queries that were all asked before the transaction began, so that each sees all that was committed
/// before it was asked.
fn answer_queries(connection: &mut SqliteConnection, queries: Vec<Query>) {
    let mut queries = queries.into_iter();
    while queries.len() > 0 {
        if let Err(error) = AnsiTransactionManager::begin_transaction(connection) {
            // Dropping the queries gives their callers an error.
            tracing::error!(%error, "a reader could not begin a transaction");
            return;
        }
        let sound = queries
            .by_ref()
            .all(|query| catch_unwind(AssertUnwindSafe(|| query(connection))).is_ok());
        let ended = if sound {
            AnsiTransactionManager::commit_transaction(connection)
        } else {
            // A query that panicked takes the transaction with it; those behind it get another one.
            AnsiTransactionManager::rollback_transaction(connection)
        };
        if let Err(error) = ended {
            tracing::error!(%error, "a reader could not end a transaction");
        }
    }
}
