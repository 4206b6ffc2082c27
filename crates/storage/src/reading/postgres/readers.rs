//! The connections that queries share: each carries many queries at a time, one behind the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use diesel_async::AsyncPgConnection;
use message_bus::Unavailable;
use tokio::sync::Mutex;

use crate::{ReadError, opening::postgres::server::Link, postgres::PostgresServer};

/// How long a query may wait for a connection and for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A few connections to one context's schema, made when they are needed and made anew when they end.
pub(crate) struct SharedConnections {
    server: PostgresServer,
    schema: &'static str,
    next: AtomicUsize,
    links: Vec<Mutex<Option<Arc<Link>>>>,
}

impl SharedConnections {
    /// So many connections, none of them made yet.
    pub(crate) fn new(server: PostgresServer, schema: &'static str, count: usize) -> Self {
        Self {
            server,
            schema,
            next: AtomicUsize::new(0),
            links: (0..count).map(|_| Mutex::new(None)).collect(),
        }
    }

    /// Runs a query on one of them.
    pub(crate) async fn run<T, F, Fut>(&self, query: F) -> Result<T, Unavailable>
    where
        F: FnOnce(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<T, ReadError>> + Send,
    {
        let work = async {
            let link = self.link().await?;
            link.count_use().await;
            query(Arc::new(SharedConnection::of(&link)))
                .await
                .map_err(Unavailable::from)
        };
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(result) => result,
            Err(_) => Err(Unavailable::dependency("the database did not answer in time")),
        }
    }

    async fn link(&self) -> Result<Arc<Link>, Unavailable> {
        let place = self.next.fetch_add(1, Ordering::Relaxed) % self.links.len().max(1);
        let Some(place) = self.links.get(place) else {
            return Err(Unavailable::defect("there are no connections to read with"));
        };
        // Locked while connecting: other callers wait for the same connection instead of making another.
        let mut place = place.lock().await;
        match place.as_ref() {
            Some(link) if !link.has_ended() => Ok(Arc::clone(link)),
            _ => {
                let link = self
                    .server
                    .connect(self.schema)
                    .await
                    .map_err(Unavailable::dependency)?;
                let link = Arc::new(link);
                *place = Some(Arc::clone(&link));
                Ok(link)
            }
        }
    }
}

/// A connection that others use at the same time: each statement is a transaction of its own.
pub struct SharedConnection(Arc<Link>);

impl SharedConnection {
    pub(crate) fn of(link: &Arc<Link>) -> Self {
        Self(Arc::clone(link))
    }
}

impl std::ops::Deref for SharedConnection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.0.connection
    }
}
