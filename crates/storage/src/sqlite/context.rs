//! One context's database: opening it, committing to it, reading from it, closing it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::EmbeddedMigrations;
use message_bus::{
    Backlog, Beginning, CommitError, Consumer, ContextOperations, Delivery, DeliveryStore, HeldDelivery,
    Standing, Unavailable,
};
use shared_kernel::{Clock, Version};
use uuid::Uuid;

use super::{
    CommitStatistics, ReadError, SqliteRows,
    committer::{Committer, Shared, Upkeep},
    connection,
    deliveries::{self, HeldRow},
    errors::WriteFailure,
    event_log, migrations,
    readers::Readers,
};
use crate::{
    DataFolder, EventLog, History, LoggedEvent, WriteSet,
    commit_queue::{CommitQueue, commit_queue},
};

/// How long marks of published events wait for a batch to ride on.
const MARKS_WAIT: Duration = Duration::from_millis(50);

/// Why a context's database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be used.
    #[error("cannot use {}: {reason}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What SQLite or the system said.
        reason: String,
    },
    /// SQLite, or its settings, would not keep what was acknowledged.
    #[error("{}: found {found}, expected {expected}", file.display())]
    Settings {
        /// The file.
        file: PathBuf,
        /// What is there.
        found: String,
        /// What is needed.
        expected: String,
    },
    /// A newer binary has migrated the file.
    #[error("{} has migration {version}, which this version of orderly does not know; use a newer one", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// The unknown migration.
        version: String,
    },
    /// A migration failed.
    #[error("cannot migrate {}: {reason}", file.display())]
    Migration {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
}

impl OpenError {
    pub(super) fn unusable(file: &Path, error: &diesel::result::Error) -> Self {
        Self::Unusable {
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}

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

#[async_trait]
impl<R: SqliteRows> EventLog for SqliteContext<R> {
    fn source(&self) -> &'static str {
        self.inner.name
    }

    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
        let source = self.inner.name;
        self.read(move |connection| event_log::unpublished(connection, source, limit))
            .await
    }

    async fn history(
        &self,
        aggregate_type: String,
        aggregate_id: Uuid,
        version: Version,
    ) -> Result<History, Unavailable> {
        self.read(move |connection| event_log::history(connection, &aggregate_type, aggregate_id, version))
            .await
    }

    fn mark_published(&self, sequences: Vec<i64>) {
        let first = {
            let mut marks = self.inner.shared.marks();
            let first = marks.is_empty();
            marks.extend(sequences);
            first
        };
        if first {
            let queue = self.inner.queue.clone();
            let shared = Arc::clone(&self.inner.shared);
            tokio::spawn(async move {
                tokio::time::sleep(MARKS_WAIT).await;
                if !shared.marks().is_empty() {
                    // Any job makes a batch, and a batch takes the marks along. A failure leaves them for the next one.
                    let _ = queue.upkeep(Box::new(|_| Ok(()))).await;
                }
            });
        }
    }

    async fn committed(&self) {
        self.inner.shared.committed.notified().await;
    }

    async fn last_sequence(&self) -> Result<i64, Unavailable> {
        self.read(event_log::last_sequence).await
    }

    async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable> {
        self.upkeep(move |connection| Ok(event_log::publish_again(connection, &event_types)?))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> DeliveryStore for SqliteContext<R> {
    async fn standing(&self, delivery: &Delivery) -> Result<Standing, Unavailable> {
        let delivery = *delivery;
        self.read(move |connection| deliveries::standing(connection, &delivery))
            .await
    }

    async fn hold(&self, held: &HeldDelivery) -> Result<(), Unavailable> {
        let row = HeldRow::new(held).map_err(Unavailable::defect)?;
        self.upkeep(move |connection| Ok(row.write(connection)?)).await
    }

    async fn due(&self, consumer: &'static str, limit: u32) -> Result<Vec<HeldDelivery>, Unavailable> {
        let now = self.inner.clock.now().as_microseconds();
        self.read(move |connection| deliveries::due(connection, consumer, now, limit))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> ContextOperations for SqliteContext<R> {
    fn context(&self) -> &'static str {
        self.inner.name
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        self.read(|connection| {
            Ok(Backlog {
                unpublished: event_log::count_unpublished(connection)?,
                unfinished: deliveries::count_unfinished(connection)?,
            })
        })
        .await
    }

    async fn readiness(&self) -> Result<(), Unavailable> {
        self.read(event_log::last_sequence).await?;
        self.upkeep(|_| Ok(())).await
    }
}
