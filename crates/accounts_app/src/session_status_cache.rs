//! Caches the status of sessions for a moment, so that a busy client does not cost a query per request.
//!
//! An entry is never older than two seconds, so another process's change is seen after that time. A change by
//! this process removes the entry at once.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use shared_kernel::{SessionId, Timestamp, UserId};

use crate::SessionStatus;

/// How long an entry is valid, in milliseconds.
const LIFETIME_MILLISECONDS: i64 = 2_000;
/// The most sessions that are cached: about a megabyte.
const CAPACITY: usize = 10_000;

#[derive(Clone, Copy)]
struct Entry {
    status: SessionStatus,
    asked_at: Timestamp,
}

impl Entry {
    /// If the clock was set back, an entry counts as stale and not as valid for ever.
    fn serves(&self, now: Timestamp) -> bool {
        (0..LIFETIME_MILLISECONDS).contains(&now.milliseconds_since(self.asked_at))
    }
}

#[derive(Default)]
pub(crate) struct SessionStatusCache {
    entries: Mutex<HashMap<SessionId, Entry>>,
}

impl SessionStatusCache {
    /// The session's status, if it is cached and recent enough.
    pub(crate) fn get(&self, id: SessionId, now: Timestamp) -> Option<SessionStatus> {
        self.entries()
            .get(&id)
            .filter(|entry| entry.serves(now))
            .map(|entry| entry.status)
    }

    /// Caches a session's status as of `asked_at`, the time before the store was asked.
    pub(crate) fn keep(&self, id: SessionId, status: SessionStatus, asked_at: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| entry.serves(asked_at));
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(id, Entry { status, asked_at });
    }

    /// Removes a session that has just changed.
    pub(crate) fn forget_session(&self, id: SessionId) {
        self.entries().remove(&id);
    }

    /// Removes the sessions of a user who has just changed.
    pub(crate) fn forget_user(&self, user_id: UserId) {
        self.entries().retain(|_, entry| entry.status.user_id != user_id);
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn entries(&self) -> MutexGuard<'_, HashMap<SessionId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use accounts_domain::UserStatus;
    use shared_kernel::Role;
    use uuid::Uuid;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn session(number: usize) -> SessionId {
        SessionId::new(Uuid::from_u128(number as u128))
    }

    fn status_of(user: u128) -> SessionStatus {
        SessionStatus {
            user_id: UserId::new(Uuid::from_u128(user)),
            role: Role::Customer,
            user_status: UserStatus::Active,
            expires_at: now().plus_seconds(60),
            ended_at: None,
        }
    }

    #[test]
    fn an_entry_serves_for_less_than_two_seconds_and_not_when_the_clock_was_set_back() {
        let cache = SessionStatusCache::default();
        cache.keep(session(1), status_of(1), now());
        assert_eq!(
            cache.get(session(1), now().plus_milliseconds(1_999)),
            Some(status_of(1))
        );
        assert_eq!(cache.get(session(1), now().plus_milliseconds(2_000)), None);
        assert_eq!(cache.get(session(1), now().plus_milliseconds(-1)), None);
        assert_eq!(cache.get(session(2), now()), None);
    }

    #[test]
    fn forgetting_takes_what_it_should_and_no_more() {
        let cache = SessionStatusCache::default();
        for (number, user) in [(1, 1), (2, 1), (3, 2), (4, 2)] {
            cache.keep(session(number), status_of(user), now());
        }
        cache.forget_user(UserId::new(Uuid::from_u128(1)));
        cache.forget_session(session(4));
        let left: Vec<usize> = (1..=4)
            .filter(|number| cache.get(session(*number), now()).is_some())
            .collect();
        assert_eq!(left, [3]);
    }

    #[test]
    fn the_number_of_entries_is_bounded_and_stale_ones_go_first() {
        let cache = SessionStatusCache::default();
        cache.keep(session(0), status_of(1), now().plus_milliseconds(1));
        for number in 1..CAPACITY {
            cache.keep(session(number), status_of(1), now().plus_milliseconds(-5_000));
        }
        cache.keep(session(CAPACITY), status_of(1), now().plus_milliseconds(1));
        assert_eq!(cache.entries().len(), 2);
        for number in 1..CAPACITY * 2 {
            cache.keep(session(number), status_of(1), now());
            assert!(cache.entries().len() <= CAPACITY);
        }
    }
}
