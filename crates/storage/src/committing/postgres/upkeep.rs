//! Small writes of storage's own, each a transaction by itself, one after the other on one connection.

use std::{sync::Arc, time::Duration};

use diesel::result::Error as DieselError;
use diesel_async::SimpleAsyncConnection;
use message_bus::Unavailable;
use tokio::sync::Mutex;

use crate::{
    ReadError,
    committing::postgres::transaction::{NotCommitted, commit},
    opening::postgres::server::Link,
    postgres::{
        PostgresServer, SharedConnection,
        errors::{ATTEMPTS, was_in_the_way},
    },
};

/// How long a write may take, a wait for those before it included.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to one context's schema, made when it is needed and made anew when it has ended.
pub(crate) struct Upkeep {
    server: PostgresServer,
    schema: &'static str,
    link: Mutex<Option<Arc<Link>>>,
}

impl Upkeep {
    /// No connection is made yet.
    pub(crate) fn new(server: PostgresServer, schema: &'static str) -> Self {
        Self {
            server,
            schema,
            link: Mutex::new(None),
        }
    }

    /// Does this in a transaction, which is begun again after a deadlock or another conflict. `Ok` means: on disk. An error may also mean
    /// that the connection broke in COMMIT, so doing it twice must be harmless.
    pub(crate) async fn run<T, F, Fut>(&self, work: F) -> Result<T, Unavailable>
    where
        F: Fn(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<T, ReadError>> + Send,
    {
        tokio::time::timeout(PATIENCE, self.run_in_turn(work))
            .await
            .unwrap_or_else(|_| Err(Unavailable::dependency("the database did not answer in time")))
    }

    async fn run_in_turn<T, F, Fut>(&self, work: F) -> Result<T, Unavailable>
    where
        F: Fn(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<T, ReadError>> + Send,
    {
        let mut place = self.link.lock().await;
        let mut attempt = 1;
        loop {
            // A caller that gives up in the middle of a transaction drops the connection, and the server undoes what was begun on it.
            let link = match place.take() {
                Some(link) if !link.has_ended() => link,
                _ => Arc::new(
                    self.server
                        .connect(self.schema)
                        .await
                        .map_err(Unavailable::dependency)?,
                ),
            };
            link.count_use().await;
            match attempt_on(&link, &work).await {
                Ok(done) => {
                    *place = Some(link);
                    return Ok(done);
                }
                Err(Failure::Error(error)) => {
                    if (&link.connection).batch_execute("ROLLBACK").await.is_ok() {
                        *place = Some(link);
                    }
                    match &error {
                        ReadError::Database(error) if attempt < ATTEMPTS && was_in_the_way(error) => {
                            tracing::debug!(%error, "upkeep was in the way of another and is begun again");
                            attempt += 1;
                        }
                        _ => return Err(error.into()),
                    }
                }
                Err(Failure::Unsafe(settings)) => return Err(Unavailable::dependency(settings)),
            }
        }
    }
}

/// Why it is not known that something was written.
enum Failure {
    Error(ReadError),
    /// The server would lose it.
    Unsafe(String),
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::Error(error.into())
    }
}

async fn attempt_on<T, F, Fut>(link: &Arc<Link>, work: &F) -> Result<T, Failure>
where
    F: Fn(Arc<SharedConnection>) -> Fut + Send,
    Fut: Future<Output = Result<T, ReadError>> + Send,
{
    (&link.connection).batch_execute("BEGIN").await?;
    let done = work(Arc::new(SharedConnection::of(link)))
        .await
        .map_err(Failure::Error)?;
    commit(&link.connection).await.map_err(|error| match error {
        NotCommitted::Unsafe(settings) => Failure::Unsafe(settings),
        NotCommitted::Unknown(error) => error.into(),
    })?;
    Ok(done)
}
