//! One context's schema: opening it, committing to it, reading from it, closing it.

mod database;
mod doctor_ports;
mod living;
mod operator_ports;
mod ports;

use std::sync::{Arc, Mutex};

use diesel_migrations::EmbeddedMigrations;
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{Clock, IdGenerator};
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;

#[cfg(debug_assertions)]
use crate::delivering::postgres::consumer_positions;
use crate::{
    CommitStatistics, ReadError,
    columns::RowTime,
    committing::{
        commit_queue::{CommitQueue, commit_queue},
        commit_state::CommitState,
        postgres::{
            committer::{COMMIT_PATIENCE, Committer, NoUpkeep},
            upkeep::Upkeep,
        },
    },
    delivering::postgres::delivery_writer::DeliveryRows,
    event_log::postgres::lease::Lease,
    opening::postgres::migrations,
    operating::lived_time::OwnLife,
    postgres::{OpenError, PostgresRows, PostgresServer, SharedConnection},
    reading::postgres::readers::SharedConnections,
};

/// With two, one collects while the other waits for the disk. On two cores one, three and four placed no more orders beyond noise.
const COMMITTERS: usize = 2;
/// Connections that queries share.
const READERS: usize = 4;

/// One context's schema, open for writing and reading. Clones share it.
pub struct PostgresContext<R> {
    inner: Arc<Inner<R>>,
}

impl<R> Clone for PostgresContext<R> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

struct Inner<R> {
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
    /// Who this process is when it asks for the relay's lease.
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
            inner: Arc::new(Inner {
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

    /// Commits a write set together with whatever else is waiting. `Ok` means: on disk.
    ///
    /// # Errors
    /// [`CommitError`]; nothing of the write set was written, except that this is not known after [`Unavailable::OutcomeUnknown`].
    pub async fn commit(&self, write_set: WriteSet<R>) -> Result<(), CommitError> {
        #[cfg(debug_assertions)]
        let write_set = self.with_position_apart(write_set).await;
        self.inner.queue.commit(write_set).await
    }

    /// The known bug that the kill test must find, when it is switched on: the position first, and the effect by itself.
    #[cfg(debug_assertions)]
    async fn with_position_apart(&self, mut write_set: WriteSet<R>) -> WriteSet<R> {
        if crate::canary::moves_positions_apart() && !write_set.deliveries.is_empty() {
            let deliveries = std::mem::take(&mut write_set.deliveries);
            let moves: Vec<_> = deliveries.into_iter().map(|delivery| (0, delivery)).collect();
            let moves = &moves;
            // A position that cannot be moved makes no difference to this bug.
            let _ = self
                .upkeep(|connection| async move {
                    Ok(consumer_positions::move_positions(&connection, moves).await?)
                })
                .await;
            crate::canary::between_position_and_effect().await;
        }
        write_set
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
