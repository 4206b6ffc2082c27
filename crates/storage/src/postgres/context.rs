//! One context's schema: opening it, committing to it, reading from it, closing it.

mod ports;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use diesel_migrations::EmbeddedMigrations;
use message_bus::{Beginning, CommitError, Consumer, Unavailable};
use shared_kernel::{Clock, IdGenerator, Timestamp};
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;

use super::{
    OpenError, PostgresRows, PostgresServer, SharedConnection, command_log,
    committer::{Committer, NoUpkeep},
    deliveries,
    lease::{self, Lease},
    migrations,
    readers::SharedConnections,
};
use crate::{
    CommitStatistics, EventLog, ReadError, WriteSet,
    columns::RowTime,
    commit_queue::{CommitQueue, commit_queue},
    commit_state::CommitState,
};

/// With two, one collects while the other waits for the disk; with more, batches are smaller and nothing is faster.
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
    /// For small writes of storage's own, each a statement by itself.
    upkeep: SharedConnections,
    state: Arc<CommitState>,
    clock: Arc<dyn Clock>,
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
                clock: Arc::clone(&clock),
                link: None,
                batch: 0,
            };
            committer.link = Some(committer.connect().await?);
            committers.push(tokio::spawn(committer.run(Arc::clone(&batches))));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                name,
                queue,
                readers: SharedConnections::new(server.clone(), name, READERS),
                upkeep: SharedConnections::new(server.clone(), name, 1),
                state,
                clock,
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

    /// Says which event types consumers take, before anything is committed: events of all others are published as they are
    /// written. Where nobody says so, every event waits for a relay to find out. The first word stands.
    pub fn consumers_take(&self, event_types: HashSet<&'static str>) {
        // An error says that it was said before.
        let _ = self.inner.state.taken.set(event_types);
    }

    /// What the committers did so far.
    pub fn statistics(&self) -> CommitStatistics {
        self.inner.state.statistics()
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
            .read(|connection| async move { deliveries::begins_after(&connection, name).await })
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
        let now = self.now();
        self.upkeep(|connection| async move {
            Ok(deliveries::begin(&connection, name, source, begins_after, now).await?)
        })
        .await?;
        Ok(begins_after)
    }

    /// Forgets the commands that were recorded before `time`, a few at a time, so that no commit waits long for it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn forget_commands_before(&self, time: Timestamp) -> Result<(), Unavailable> {
        const AT_ONCE: i64 = 500;
        let time = RowTime(time.as_microseconds());
        loop {
            let forgotten = self
                .upkeep(|connection| async move {
                    Ok(command_log::forget_before(&connection, time, AT_ONCE).await?)
                })
                .await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }

    /// Commits what is queued, gives back the lease and ends the connections. Says what was done in all.
    pub async fn close(&self) -> CommitStatistics {
        self.inner.queue.stop().await;
        let committers = std::mem::take(
            &mut *self
                .inner
                .committers
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for committer in committers {
            if let Err(error) = committer.await {
                tracing::error!(context = self.inner.name, %error, "a committer ended in a panic");
            }
        }
        self.mark_the_rest().await;
        if self.inner.lease.borrow().is_some() {
            let holder = self.inner.holder;
            let given_back = self
                .upkeep(|connection| async move { Ok(lease::give_back(&connection, holder).await?) })
                .await;
            if let Err(error) = given_back {
                tracing::warn!(context = self.inner.name, %error, "the relay's lease expires by itself");
            }
        }
        self.statistics()
    }

    fn now(&self) -> RowTime {
        RowTime(self.inner.clock.now().as_microseconds())
    }

    async fn upkeep<T, F, Fut>(&self, work: F) -> Result<T, Unavailable>
    where
        F: FnOnce(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<T, ReadError>> + Send,
    {
        self.inner.upkeep.run(work).await
    }
}
