//! Look-ups by key: those that wait at the same time share one statement, as writes that wait share one commit.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use message_bus::Unavailable;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{
    ReadError,
    postgres::{PostgresContext, PostgresRows, SharedConnection},
};

/// How many look-ups may wait.
const CAPACITY: usize = 4096;
/// How many share a statement at most, so that the first does not wait for thousands of rows.
const AT_ONCE: usize = 64;
/// Statements under way at the same time: while one is being answered, the next collects.
const STATEMENTS: usize = 2;

/// A caller that waits for the value of a key.
type Waiting<K, V> = (K, oneshot::Sender<Result<Option<V>, Unavailable>>);

/// The values under keys of type `K`, in a context's schema. Ends when it is dropped.
pub struct LookUps<K, V> {
    queue: mpsc::Sender<Waiting<K, V>>,
}

impl<K, V> LookUps<K, V>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    /// Look-ups by `query`, which takes many keys at a time and returns the value of each.
    pub fn start<R, F, Fut>(context: &PostgresContext<R>, query: F) -> Self
    where
        R: PostgresRows,
        F: Fn(Vec<K>, Arc<SharedConnection>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<HashMap<K, V>, ReadError>> + Send + 'static,
    {
        let (queue, waiting) = mpsc::channel(CAPACITY);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..STATEMENTS {
            tokio::spawn(answer_all(context.clone(), Arc::clone(&waiting), query));
        }
        Self { queue }
    }

    /// The value under this key, if there is one: no older than this call.
    ///
    /// # Errors
    /// [`Unavailable`] when too many wait, the database does not answer or a row cannot be read.
    pub async fn find(&self, key: K) -> Result<Option<V>, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send((key, answer)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unavailable::Busy {
                retry_after_seconds: 1,
            },
            mpsc::error::TrySendError::Closed(_) => Unavailable::defect("look-ups have ended"),
        })?;
        match answered.await {
            Ok(result) => result,
            Err(_) => Err(Unavailable::defect("a look-up panicked")),
        }
    }
}

async fn answer_all<R, K, V, F, Fut>(
    context: PostgresContext<R>,
    queue: Arc<Mutex<mpsc::Receiver<Waiting<K, V>>>>,
    query: F,
) where
    R: PostgresRows,
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + 'static,
    F: Fn(Vec<K>, Arc<SharedConnection>) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<HashMap<K, V>, ReadError>> + Send + 'static,
{
    loop {
        let mut waiting = Vec::new();
        if queue.lock().await.recv_many(&mut waiting, AT_ONCE).await == 0 {
            return;
        }
        let keys: Vec<K> = waiting.iter().map(|(key, _)| *key).collect();
        // In a task of its own, so that a panic affects only the callers that wait for it.
        let work = {
            let context = context.clone();
            tokio::spawn(async move { context.read(|connection| query(keys, connection)).await })
        };
        let found = work
            .await
            .unwrap_or_else(|_| Err(Unavailable::defect("a look-up panicked")));
        for (key, answer) in waiting {
            let result = match &found {
                Ok(found) => Ok(found.get(&key).cloned()),
                Err(Unavailable::Defect(error)) => Err(Unavailable::defect(error)),
                Err(error) => Err(Unavailable::dependency(error)),
            };
            // An error means that the caller has gone.
            let _ = answer.send(result);
        }
    }
}
