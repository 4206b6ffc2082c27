//! One context's database: opening it, committing to it, reading from it, closing it.

mod database;
mod living;
mod ports;

use std::{
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use diesel::SqliteConnection;
use diesel_migrations::EmbeddedMigrations;
use message_bus::{CommitError, Unavailable, WriteSet};
use operations::{Commits, invariants::Soundness};
use shared_kernel::Clock;
use tokio::sync::oneshot;

use crate::{
    AggregateTable, CommitStatistics, Context, DataFolder, ReadError,
    any_connection::{Answer, AnyConnection, at_once},
    committing::{
        commit_queue::{CommitQueue, commit_queue},
        commit_state::CommitState,
        sqlite::committer::{Committer, Upkeep, stop_without_its_file},
    },
    opening::{
        context::Engine,
        sqlite::{connection, installation_id, migrations, placed_file::PlacedFile, watch::Watch},
    },
    operating::{
        lived_time::OwnLife,
        sqlite::{lived_time, sound_files},
    },
    reading::sqlite::Readers,
    sqlite::{OpenError, SqliteRows, errors::WriteFailure},
};

/// One context's database, open for writing and reading. Clones share it.
pub type SqliteContext<R> = Context<SqliteEngine<R>>;

/// What a context is made of on SQLite.
pub struct SqliteEngine<R> {
    name: &'static str,
    queue: CommitQueue<R, Upkeep>,
    readers: Readers,
    shared: Arc<CommitState>,
    clock: Arc<dyn Clock>,
    own_life: OwnLife,
    committer: Mutex<Option<JoinHandle<()>>>,
    watch: Mutex<Option<Watch>>,
    file: Arc<PlacedFile>,
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
        let path = folder.database(name);
        let (mut connection, file) = connection::open_for_writing(&path)?;
        migrations::migrate(&mut connection, &path, migrations)?;
        let installation = installation_id::read(&mut connection);
        if let Some(id) = installation.map_err(|error| OpenError::unusable(&path, &error))? {
            file.belongs_to(id);
        }
        let readers = Readers::start(name, &path)?;
        // Readers open the path as well; it must still be the file that was opened before.
        file.check_place()?;
        let file = Arc::new(file);
        let (queue, batches) = commit_queue();
        let shared = Arc::new(CommitState::default());
        let committer = Committer {
            connection,
            file: Arc::clone(&file),
            shared: Arc::clone(&shared),
            clock: Arc::clone(&clock),
            some_failed: false,
        };
        let thread = thread::Builder::new()
            .name(format!("{name}-write"))
            .spawn(move || committer.run(batches))
            .map_err(|error| OpenError::unusable_for(&path, &error))?;
        let watch = Watch::start(name, Arc::clone(&file), |error| stop_without_its_file(error))?;
        Ok(Self {
            inner: Arc::new(SqliteEngine {
                name,
                queue,
                readers,
                shared,
                clock,
                own_life: OwnLife::default(),
                committer: Mutex::new(Some(thread)),
                watch: Mutex::new(Some(watch)),
                file,
            }),
        })
    }

    /// Commits a write set together with whatever else waits. `Ok` means: on disk.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of the write set was written.
    pub async fn commit(&self, write_set: WriteSet<R>) -> Result<(), CommitError> {
        #[cfg(debug_assertions)]
        let write_set = crate::canary::move_positions_apart(&*self.inner, write_set).await;
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

    pub(crate) async fn upkeep<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, WriteFailure> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.inner.upkeep(work).await
    }
}

impl<R: SqliteRows> SqliteEngine<R> {
    /// Runs storage's own work in the next batch, and returns its result once that is on disk.
    async fn upkeep<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, WriteFailure> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let work = move |connection: &mut SqliteConnection| {
            // An error means that the caller has gone. The work is done all the same.
            let _ = answer.send(work(connection)?);
            Ok(())
        };
        match self.queue.upkeep(Box::new(work)).await {
            Ok(()) => answered.await.map_err(Unavailable::defect),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            Err(error) => Err(Unavailable::defect(error)),
        }
    }
}

impl<R: SqliteRows> Engine for SqliteEngine<R> {
    const AGGREGATES: &'static [AggregateTable] = R::AGGREGATES;

    fn name(&self) -> &'static str {
        self.name
    }

    fn commits(&self) -> Commits {
        Commits {
            batches: *self.shared.batches(),
            queued: self.queue.depth() as u64,
        }
    }

    fn clock_jump_seconds(&self) -> i64 {
        self.own_life.jump_seconds()
    }

    async fn ask<T, Q>(&self, question: Q) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        Q: for<'a, 'c> FnOnce(&'a mut AnyConnection<'c>) -> Answer<'a, T> + Send + 'static,
    {
        self.readers
            .read(|connection| at_once(question(&mut AnyConnection::Sqlite(connection))))
            .await
    }

    async fn change<T, W>(&self, work: W) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        W: for<'a, 'c> Fn(&'a mut AnyConnection<'c>) -> Answer<'a, T> + Send + Sync + 'static,
    {
        self.upkeep(move |connection| Ok(at_once(work(&mut AnyConnection::Sqlite(connection)))?))
            .await
    }

    async fn sound_files(&self) -> Result<Soundness, Unavailable> {
        self.readers.read(sound_files::sound_files).await
    }

    async fn try_writing(&self) -> Result<(), Unavailable> {
        if !self.shared.is_full() {
            return self.upkeep(|_| Ok(())).await;
        }
        // A batch that writes nothing needs no room, and would say nothing about it.
        self.upkeep(|connection| Ok(lived_time::write_and_take_back(connection)?))
            .await?;
        self.shared.note_full(false);
        Ok(())
    }
}
