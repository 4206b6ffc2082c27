//! The store.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use accounts_domain::{StoredSession, StoredUser, TokenHash, User, rules::email_already_registered};
use async_trait::async_trait;
use message_bus::{
    CommandLog, CommitError, Envelope, InMemoryLog, Recorded, Replay, Unavailable, WriteSet,
    in_memory_log::check_loaded_version,
};
use shared_kernel::{AggregateRoot, EmailAddress, SessionId, Timestamp, UserId};

use crate::{
    AccountsStore, SessionStatus,
    store::{AccountsChanges, EndOfAll, SessionChange},
};

/// Users, sessions, events and the command log, in memory.
#[derive(Debug, Default)]
pub struct InMemoryAccounts {
    state: Mutex<State>,
}

/// What is committed.
#[derive(Clone, Debug, Default)]
struct State {
    users: BTreeMap<UserId, StoredUser>,
    sessions: BTreeMap<SessionId, StoredSession>,
    tokens: BTreeMap<TokenHash, SessionId>,
    log: InMemoryLog,
}

impl InMemoryAccounts {
    /// The event log, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.state().log.events()
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CommandLog for InMemoryAccounts {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().log.recorded(replay))
    }
}

#[async_trait]
impl AccountsStore for InMemoryAccounts {
    async fn user(&self, id: UserId) -> Result<Option<StoredUser>, Unavailable> {
        Ok(self.state().users.get(&id).cloned())
    }

    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<StoredUser>, Unavailable> {
        let state = self.state();
        let mut users = state.users.values();
        Ok(users.find(|user| user.email == *email).cloned())
    }

    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, Unavailable> {
        Ok(self.state().sessions.get(&id).cloned())
    }

    async fn session_with_token(&self, token: TokenHash) -> Result<Option<StoredSession>, Unavailable> {
        let state = self.state();
        let session = state.tokens.get(&token).and_then(|id| state.sessions.get(id));
        Ok(session.cloned())
    }

    async fn open_sessions(
        &self,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<Vec<StoredSession>, Unavailable> {
        let state = self.state();
        let own = state
            .sessions
            .values()
            .filter(|session| session.user_id == user_id);
        let open = own.filter(|session| session.ended_at.is_none() && session.expires_at > now);
        let mut open: Vec<_> = open.cloned().collect();
        open.sort_by_key(|session| Reverse((session.last_used_at, session.id)));
        Ok(open)
    }

    async fn session_status(&self, id: SessionId) -> Result<Option<SessionStatus>, Unavailable> {
        let state = self.state();
        let Some(session) = state.sessions.get(&id) else {
            return Ok(None);
        };
        Ok(state.users.get(&session.user_id).map(|user| SessionStatus {
            user_id: user.id,
            role: user.role,
            user_status: user.status,
            expires_at: session.expires_at,
            ended_at: session.ended_at,
        }))
    }

    async fn commit(&self, write_set: WriteSet<AccountsChanges>) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        let changes = next.log.commit(write_set)?;
        for user in &changes.users {
            next.save(user)?;
        }
        for change in &changes.sessions {
            next.apply(change)?;
        }
        for end in &changes.ends {
            next.end_all_of(end);
        }
        *state = next;
        Ok(())
    }
}

impl State {
    fn save(&mut self, user: &User) -> Result<(), CommitError> {
        let stored = self.users.get(&user.id()).map(|stored| stored.version);
        check_loaded_version(stored, user.changes().loaded_version(), "users.id")?;
        let taken = |other: &StoredUser| other.id != user.id() && other.email == *user.email();
        if self.users.values().any(taken) {
            return Err(CommitError::AlreadyExists {
                constraint: email_already_registered::DECIDING_INDEX.to_owned(),
            });
        }
        self.users.insert(user.id(), user.to_stored());
        Ok(())
    }

    fn apply(&mut self, change: &SessionChange) -> Result<(), CommitError> {
        match change {
            SessionChange::Open {
                session,
                user_version,
            } => {
                let user = self.users.get(&session.user_id());
                if user.is_none_or(|user| user.version != *user_version) {
                    return Err(CommitError::VersionConflict);
                }
                self.put(session.as_stored())?;
                self.add_token(session.as_stored())
            }
            SessionChange::ReplaceToken(session) => {
                self.put(session.as_stored())?;
                self.add_token(session.as_stored())
            }
            SessionChange::End(session) => self.put(session.as_stored()),
        }
    }

    fn end_all_of(&mut self, end: &EndOfAll) {
        let open = self
            .sessions
            .values_mut()
            .filter(|session| session.ended_at.is_none());
        for session in open.filter(|session| session.user_id == end.user_id && Some(session.id) != end.keep) {
            session.ended_at = Some(end.at);
            session.version = session.version.next();
        }
    }

    fn put(&mut self, session: &StoredSession) -> Result<(), CommitError> {
        let stored = self.sessions.get(&session.id).map(|stored| stored.version);
        check_loaded_version(stored, session.version, "sessions.id")?;
        let next = StoredSession {
            version: session.version.next(),
            ..session.clone()
        };
        self.sessions.insert(session.id, next);
        Ok(())
    }

    /// A token belongs to one session, for ever.
    fn add_token(&mut self, session: &StoredSession) -> Result<(), CommitError> {
        match self.tokens.insert(session.current_token, session.id) {
            None => Ok(()),
            Some(_) => Err(CommitError::AlreadyExists {
                constraint: "refresh_tokens.token_hash".to_owned(),
            }),
        }
    }
}
