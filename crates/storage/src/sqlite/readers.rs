//! A few threads, each with a read-only connection, that answer queries.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use diesel::{Connection, SqliteConnection};
use message_bus::Unavailable;
use tokio::sync::oneshot;

use super::{OpenError, connection};
use crate::ReadError;

/// Threads per context: with two, a slow list does not hold up every look-up.
const THREADS: usize = 2;
/// How many queries may wait.
const CAPACITY: usize = 4096;

type Query = Box<dyn FnOnce(&mut SqliteConnection) + Send>;

/// The readers of one file. They end when the last handle is dropped.
#[derive(Clone)]
pub(super) struct Readers {
    queue: SyncSender<Query>,
}

impl Readers {
    /// Starts the threads.
    pub(super) fn start(context: &'static str, file: &Path) -> Result<Self, OpenError> {
        let (queue, waiting) = sync_channel::<Query>(CAPACITY);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 1..=THREADS {
            let connection = connection::open_for_reading(file)?;
            let waiting = Arc::clone(&waiting);
            thread::Builder::new()
                .name(format!("{context}-read-{number}"))
                .spawn(move || answer_queries(connection, &waiting))
                .map_err(|error| OpenError::Unusable {
                    file: file.to_owned(),
                    reason: error.to_string(),
                })?;
        }
        Ok(Self { queue })
    }

    /// Runs a query on one of the threads, in a transaction, so that its statements see one state of the file.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<T, ReadError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Query = Box::new(move |connection| {
            // An error says that the caller has gone, and so nobody is missing the answer.
            let _ = answer.send(connection.transaction(query));
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Unavailable::Busy {
                retry_after_seconds: 1,
            },
            TrySendError::Disconnected(_) => Unavailable::dependency("the readers have stopped"),
        })?;
        match answered.await {
            Ok(result) => result.map_err(Unavailable::from),
            Err(_) => Err(Unavailable::defect("a query panicked")),
        }
    }
}

fn answer_queries(mut connection: SqliteConnection, waiting: &Mutex<Receiver<Query>>) {
    loop {
        // Nothing panics while the lock is held, so a poisoned one is as good as any.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(query) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| query(&mut connection))).is_err() {
            roll_back(&mut connection);
        }
    }
}

/// A query that panicked leaves its transaction open.
fn roll_back(connection: &mut SqliteConnection) {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    if let Err(error) = AnsiTransactionManager::rollback_transaction(connection) {
        tracing::error!(%error, "a reader could not leave a failed query");
    }
}
