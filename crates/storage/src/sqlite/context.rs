//! One context's database: opening it, committing to it, reading from it, closing it.

mod ports;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use diesel::SqliteConnection;
use diesel_migrations::EmbeddedMigrations;
use message_bus::{Beginning, CommitError, Consumer, Unavailable};
use shared_kernel::{Clock, Timestamp};
use tokio::sync::oneshot;

use super::{
    CommitStatistics, OpenError, ReadError, SqliteRows, command_log,
    committer::{Committer, Shared, Upkeep},
    connection, deliveries,
    errors::WriteFailure,
    migrations,
    readers::Readers,
};
use crate::{
    DataFolder, EventLog, WriteSet,
    commit_queue::{CommitQueue, commit_queue},
};

/// One context's database, open for writing and reading. Clones share it.
pub struct SqliteContext<R> {
    inner: Arc<Inner<R>>,
}

impl<R> Clone for SqliteContext<R> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

struct Inner<R> {
    name: &'static str,
    queue: CommitQueue<R, Upkeep>,
    readers: Readers,
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    committer: Mutex<Option<JoinHandle<()>>>,
}

impl<R: SqliteRows> SqliteContext<R> {
    /// Opens a context's file in `folder`, makes it if it is missing, and migrates it.
    ///
    /// # Errors
    /// [`OpenError`]; the file is as it was.
    pub fn open(
        folder: &DataFolder,
        name: &'static str,
        migrations: EmbeddedMigrations,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let file = folder.database(name);
        let mut connection = connection::open_for_writing(&file)?;
        migrations::migrate(&mut connection, &file, migrations)?;
        let readers = Readers::start(name, &file)?;
        let (queue, batches) = commit_queue();
        let shared = Arc::new(Shared::default());
        let committer = Committer {
            connection,
            file: file.clone(),
            shared: Arc::clone(&shared),
            clock: Arc::clone(&clock),
            some_failed: false,
        };
        let thread = thread::Builder::new()
            .name(format!("{name}-write"))
            .spawn(move || committer.run(batches))
            .map_err(|error| OpenError::Unusable {
                file,
                reason: error.to_string(),
            })?;
        Ok(Self {
            inner: Arc::new(Inner {
                name,
                queue,
                readers,
                shared,
                clock,
                committer: Mutex::new(Some(thread)),
            }),
        })
    }

    /// Commits a write set together with whatever else is waiting. `Ok` means: on disk.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of the write set was written.
    pub async fn commit(&self, write_set: WriteSet<R>) -> Result<(), CommitError> {
        self.inner.queue.commit(write_set).await
    }

    /// Runs a query on a read-only connection, on a thread of its own. Its statements see one state of the file.
    ///
    /// # Errors
    /// [`Unavailable`] when too many queries wait, the database does not answer or a row cannot be read.
    pub async fn read<T, F>(&self, query: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<T, ReadError> + Send + 'static,
    {
        self.inner.readers.read(query).await
    }

    /// Says which event types consumers take, before anything is committed: events of all others are published as they are
    /// written. Where nobody says so, every event waits for a relay to find out. The first word stands.
    pub fn consumers_take(&self, event_types: HashSet<&'static str>) {
        // An error says that it was said before.
        let _ = self.inner.shared.taken.set(event_types);
    }

    /// What the committer did so far.
    pub fn statistics(&self) -> CommitStatistics {
        self.inner.shared.statistics()
    }

    /// Records where `consumer`, of this context, begins in the log of its source, unless that was done before,
    /// and says after which sequence that is.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn begin_consumer(
        &self,
        consumer: &Consumer,
        source: &dyn EventLog,
    ) -> Result<i64, Unavailable> {
        let name = consumer.name();
        let recorded = self
            .read(move |connection| deliveries::begins_after(connection, name))
            .await?;
        if let Some(begins_after) = recorded {
            return Ok(begins_after);
        }
        let begins_after = match consumer.beginning() {
            Beginning::Now => source.last_sequence().await?,
            Beginning::StartOfTheLog => {
                // Before the record is written: if the process dies in between, this is done again, which changes nothing.
                let event_types = consumer.event_types().map(str::to_owned).collect();
                source.publish_again(event_types).await?;
                0
            }
        };
        let source = consumer.source();
        let now = self.inner.clock.now().as_microseconds();
        self.upkeep(move |connection| Ok(deliveries::begin(connection, name, source, begins_after, now)?))
            .await?;
        Ok(begins_after)
    }

    /// Forgets the commands that were recorded before `time`, a few at a time, so that no commit waits long for it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn forget_commands_before(&self, time: Timestamp) -> Result<(), Unavailable> {
        const AT_ONCE: i64 = 500;
        loop {
            let (count, counted) = oneshot::channel();
            self.upkeep(move |connection| {
                let forgotten = command_log::forget_before(connection, time.as_microseconds(), AT_ONCE)?;
                // An error says that the caller has gone, and so nobody counts.
                let _ = count.send(forgotten);
                Ok(())
            })
            .await?;
            if counted.await.unwrap_or(0) == 0 {
                return Ok(());
            }
        }
    }

    /// Commits what is queued, stops the threads and folds the log into the file. Says what was done in all.
    pub async fn close(&self) -> CommitStatistics {
        self.inner.queue.stop().await;
        let thread = self
            .inner
            .committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!(context = self.inner.name, "the committer ended in a panic");
            }
        }
        self.statistics()
    }

    pub(super) async fn upkeep(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<(), WriteFailure> + Send + 'static,
    ) -> Result<(), Unavailable> {
        match self.inner.queue.upkeep(Box::new(work)).await {
            Ok(()) => Ok(()),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            Err(error) => Err(Unavailable::defect(error)),
        }
    }
}
