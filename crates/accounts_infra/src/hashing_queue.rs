//! Who may have a password hashed or compared now: in the order in which they came, each account once.
//!
//! An account has one place in the common queue. Its other callers wait in a line of its own, so that eighty
//! connections that try one account hold up nobody who logs in to another.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use accounts_app::Whose;
use message_bus::Unavailable;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::rules::one_password_of_an_account_at_a_time::{
    AT_ONCE, RETRY_AFTER_SECONDS, WAITING, WAITING_OF_AN_ACCOUNT,
};

/// The common queue, and the lines of the accounts that are in it. Clones share it.
#[derive(Clone)]
pub(crate) struct HashingQueue {
    lines: Arc<Mutex<HashMap<Whose, Line>>>,
    /// Held while waiting in the common queue and while hashing.
    places: Arc<Semaphore>,
    /// Held while hashing. Whoever waited longest is next.
    turns: Arc<Semaphore>,
}

/// The callers of one account.
struct Line {
    first: Arc<Semaphore>,
    callers: usize,
}

/// The right to hash until this is dropped.
pub(crate) struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    _first: OwnedSemaphorePermit,
    _caller: Caller,
}

/// Somebody in a line, until this is dropped.
struct Caller {
    queue: HashingQueue,
    whose: Whose,
}

impl Default for HashingQueue {
    fn default() -> Self {
        Self {
            lines: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl HashingQueue {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Unavailable::Throttled`] when too many wait already.
    pub(crate) async fn wait(&self, whose: &Whose) -> Result<Turn, Unavailable> {
        let full = || Unavailable::Throttled {
            retry_after_seconds: RETRY_AFTER_SECONDS,
        };
        let (caller, first) = self.line_up(whose).ok_or_else(full)?;
        let first = first.acquire_owned().await.map_err(Unavailable::defect)?;
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| full())?;
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(Unavailable::defect)?;
        Ok(Turn {
            _turn: turn,
            _place: place,
            _first: first,
            _caller: caller,
        })
    }

    fn line_up(&self, whose: &Whose) -> Option<(Caller, Arc<Semaphore>)> {
        let mut lines = self.lines();
        let line = lines.entry(whose.clone()).or_insert_with(|| Line {
            first: Arc::new(Semaphore::new(1)),
            callers: 0,
        });
        if line.callers > WAITING_OF_AN_ACCOUNT {
            return None;
        }
        line.callers += 1;
        let caller = Caller {
            queue: self.clone(),
            whose: whose.clone(),
        };
        Some((caller, Arc::clone(&line.first)))
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn lines(&self) -> MutexGuard<'_, HashMap<Whose, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let mut lines = self.queue.lines();
        if let Some(line) = lines.get_mut(&self.whose) {
            line.callers -= 1;
            if line.callers == 0 {
                lines.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join_all};

    use super::*;

    fn account(number: usize) -> Whose {
        Whose::of(&format!("user{number}@example.com").parse().unwrap())
    }

    fn is_refused(result: Option<Result<Turn, Unavailable>>) -> bool {
        matches!(
            result,
            Some(Err(Unavailable::Throttled {
                retry_after_seconds: 1
            }))
        )
    }

    #[tokio::test]
    async fn two_are_hashed_at_once_and_64_wait() {
        let queue = HashingQueue::default();
        let first = queue.wait(&account(1)).await.unwrap();
        let second = queue.wait(&account(2)).await.unwrap();
        let mut waiting: Vec<_> = (3..67).map(|number| queue.clone().wait_for(number)).collect();
        for wait in &mut waiting {
            assert!(wait.as_mut().now_or_never().is_none());
        }
        assert!(
            is_refused(queue.wait(&account(67)).now_or_never()),
            "a 67th place"
        );
        drop((first, second));
        join_all(
            waiting
                .into_iter()
                .map(|wait| async { drop(wait.await.unwrap()) }),
        )
        .await;
        assert!(queue.lines().is_empty(), "nobody is remembered who has gone");
    }

    #[tokio::test]
    async fn of_one_account_eight_wait_and_hold_one_place() {
        let queue = HashingQueue::default();
        let hashed = queue.wait(&account(1)).await.unwrap();
        let mut waiting: Vec<_> = (0..8).map(|_| queue.clone().wait_for(1)).collect();
        for wait in &mut waiting {
            assert!(wait.as_mut().now_or_never().is_none());
        }
        assert!(
            is_refused(queue.wait(&account(1)).now_or_never()),
            "a ninth waits"
        );
        let another = queue.wait(&account(2)).now_or_never();
        assert!(
            another.is_some_and(|turn| turn.is_ok()),
            "the second turn is free"
        );
        drop(waiting);
        drop(hashed);
        assert!(queue.wait(&account(1)).await.is_ok());
    }

    type Waiting = std::pin::Pin<Box<dyn Future<Output = Result<Turn, Unavailable>> + Send>>;

    impl HashingQueue {
        fn wait_for(self, number: usize) -> Waiting {
            Box::pin(async move { self.wait(&account(number)).await })
        }
    }
}
