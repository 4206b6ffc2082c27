//! One context's schema: opening it, committing to it, reading from it, closing it.

mod database;
mod living;
mod ports;

use std::sync::{Arc, Mutex};

use diesel_migrations::EmbeddedMigrations;
use message_bus::{CommitError, Unavailable, WriteSet};
use operations::{Commits, invariants::Soundness};
use shared_kernel::{Clock, IdGenerator};
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;

use crate::{
    AggregateTable, CommitStatistics, Context, ReadError,
    any_connection::{Answer, AnyConnection},
    columns::RowTime,
    committing::{
        commit_queue::{CommitQueue, commit_queue},
        commit_state::CommitState,
        postgres::{
            command_log,
            committer::{COMMIT_PATIENCE, Committer, NoUpkeep},
            upkeep::Upkeep,
        },
    },
    delivering::postgres::delivery_writer::DeliveryRows,
    event_log::postgres::lease::Lease,
    opening::{context::Engine, postgres::migrations},
    operating::{lived_time::OwnLife, postgres::sound_files},
    postgres::{OpenError, PostgresRows, PostgresServer, SharedConnection},
    reading::postgres::readers::SharedConnections,
};

/// With two, one collects while the other waits for the disk. On two cores one, three and four placed no more orders beyond noise.
const COMMITTERS: usize = 2;
/// Connections that queries share.
const READERS: usize = 4;

/// One context's schema, open for writing and reading. Clones share it.
pub type PostgresContext<R> = Context<PostgresEngine<R>>;

/// What a context is made of on PostgreSQL.
pub struct PostgresEngine<R> {
    name: &'static str,
    queue: CommitQueue<R, NoUpkeep>,
    readers: SharedConnections,
    /// For small writes of storage's own.
    upkeep: Upkeep,
    delivery_writer: DeliveryRows,
    state: Arc<CommitState>,
    clock: Arc<dyn Clock>,
    own_life: OwnLife,
    committers: Mutex<Vec<JoinHandle<()>>>,
    /// This process's id when it asks for the relay's lease.
    holder: Uuid,
    lease: watch::Sender<Option<Lease>>,
}

impl<R: PostgresRows> PostgresContext<R> {
    /// Opens a context's schema, makes it if it is missing, and migrates it. Needs a runtime of several threads.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        server: &PostgresServer,
        name: &'static str,
        migrations: EmbeddedMigrations,
        clock: Arc<dyn Clock>,
        ids: &dyn IdGenerator,
    ) -> Result<Self, OpenError> {
        migrations::migrate(server, name, migrations).await?;
        let (queue, batches) = commit_queue();
        let batches = Arc::new(tokio::sync::Mutex::new(batches));
        let state = Arc::new(CommitState::default());
        let (lease, leased) = watch::channel(None);
        let mut committers = Vec::with_capacity(COMMITTERS);
        for _ in 0..COMMITTERS {
            let mut committer = Committer {
                id: ids.next_id(),
                server: server.clone(),
                schema: name,
                state: Arc::clone(&state),
                lease: leased.clone(),
                link: None,
                batch: 0,
                commit_patience: COMMIT_PATIENCE,
            };
            committer.link = Some(committer.connect().await?);
            committers.push(tokio::spawn(committer.run(Arc::clone(&batches))));
        }
        Ok(Self {
            inner: Arc::new(PostgresEngine {
                name,
                queue,
                readers: SharedConnections::new(server.clone(), name, READERS),
                upkeep: Upkeep::new(server.clone(), name),
                delivery_writer: DeliveryRows::start(server.clone(), name),
                state,
                clock,
                own_life: OwnLife::default(),
                committers: Mutex::new(committers),
                holder: ids.next_id(),
                lease,
            }),
        })
    }

    /// Commits a write set together with whatever else waits. `Ok` means: on disk.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of the write set was written, except that this is not known after [`Unavailable::OutcomeUnknown`].
    pub async fn commit(&self, write_set: WriteSet<R>) -> Result<(), CommitError> {
        #[cfg(debug_assertions)]
        let write_set = crate::canary::move_positions_apart(&*self.inner, write_set).await;
        self.inner.queue.commit(write_set).await
    }

    /// Runs a query on a connection that others use at the same time. Each of its statements sees one state of the database, and two may see two.
    ///
    /// # Errors
    /// [`Unavailable`] when the database does not answer or a row cannot be read.
    pub async fn read<T, F, Fut>(&self, query: F) -> Result<T, Unavailable>
    where
        F: FnOnce(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<T, ReadError>> + Send,
    {
        self.inner.readers.run(query).await
    }

    /// What the committers did so far.
    pub fn statistics(&self) -> CommitStatistics {
        self.inner.state.statistics()
    }

    fn now(&self) -> RowTime {
        RowTime(self.inner.clock.now().as_microseconds())
    }

    async fn upkeep<T, F, Fut>(&self, work: F) -> Result<T, Unavailable>
    where
        F: Fn(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<T, ReadError>> + Send,
    {
        self.inner.upkeep.run(work).await
    }
}

impl<R: PostgresRows> Engine for PostgresEngine<R> {
    const AGGREGATES: &'static [AggregateTable] = R::AGGREGATES;

    fn name(&self) -> &'static str {
        self.name
    }

    fn commits(&self) -> Commits {
        Commits {
            batches: *self.state.batches(),
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
            .run(|connection| async move { question(&mut AnyConnection::Postgres(&connection)).await })
            .await
    }

    async fn change<T, W>(&self, work: W) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        W: for<'a, 'c> Fn(&'a mut AnyConnection<'c>) -> Answer<'a, T> + Send + Sync + 'static,
    {
        let work = &work;
        self.upkeep
            .run(|connection| async move { work(&mut AnyConnection::Postgres(&connection)).await })
            .await
    }

    async fn sound_files(&self) -> Result<Soundness, Unavailable> {
        self.readers
            .run(|connection| async move { sound_files::sound_files(&connection).await })
            .await
    }

    async fn try_writing(&self) -> Result<(), Unavailable> {
        // Deletes nothing, but fails where nothing can be written.
        self.upkeep
            .run(
                |connection| async move { Ok(command_log::forget_before(&connection, RowTime(0), 1).await?) },
            )
            .await?;
        Ok(())
    }
}
