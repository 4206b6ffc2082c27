//! The store: what is committed, and how a unit of work's changes get there.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use accounts_domain::{StoredSession, StoredUser, TokenHash, User, UserStatus};
use async_trait::async_trait;
use message_bus::{
    CommandLog, CommandMeta, CommitError, Envelope, InMemoryLog, Recorded, Replay, ReplayRecord, Unavailable,
    WriteSet, in_memory_log::check_loaded_version,
};
use shared_kernel::{AggregateRoot, EmailAddress, IdGenerator, SessionId, Timestamp, UserId};

use super::unit_of_work::{InMemoryUnitOfWork, SessionWrite};
use crate::{
    AccountsUnitOfWork, AccountsUnits, SessionStanding, SessionView, UserQueries, UserView,
    event_record::event_record,
};

/// Users, sessions, events and the command log, in memory. Clones share them.
#[derive(Clone)]
pub struct InMemoryAccounts {
    state: Arc<Mutex<State>>,
    ids: Arc<dyn IdGenerator>,
}

/// What is committed.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) users: BTreeMap<UserId, StoredUser>,
    pub(super) sessions: BTreeMap<SessionId, StoredSession>,
    pub(super) tokens: BTreeMap<TokenHash, SessionId>,
    log: InMemoryLog,
}

impl InMemoryAccounts {
    /// An empty store.
    pub fn new(ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            state: Arc::default(),
            ids,
        }
    }

    /// The event log, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.state().log.events()
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits all of a unit of work's changes, or none.
    pub(super) fn commit(
        &self,
        users: &[User],
        sessions: &[SessionWrite],
        replay: Option<ReplayRecord>,
        meta: &CommandMeta,
    ) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        let events = users.iter().map(event_record).collect::<Result<Vec<_>, _>>()?;
        let write_set = WriteSet::new((), events.concat(), replay, "accounts", meta, self.ids.as_ref());
        next.log.commit(write_set)?;
        for user in users {
            next.save(user)?;
        }
        for write in sessions {
            next.apply(write)?;
        }
        *state = next;
        Ok(())
    }
}

impl State {
    fn save(&mut self, user: &User) -> Result<(), CommitError> {
        let stored = self.users.get(&user.id()).map(|stored| stored.version);
        check_loaded_version(stored, user.changes().loaded_version(), "users.id")?;
        if self
            .users
            .values()
            .any(|other| other.id != user.id() && other.email == *user.email())
        {
            return Err(CommitError::AlreadyExists {
                constraint: "users.email_folded".to_owned(),
            });
        }
        self.users.insert(user.id(), user.to_stored());
        Ok(())
    }

    fn apply(&mut self, write: &SessionWrite) -> Result<(), CommitError> {
        match write {
            SessionWrite::Open {
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
            SessionWrite::ReplaceToken(session) => {
                self.put(session.as_stored())?;
                self.add_token(session.as_stored())
            }
            SessionWrite::End(session) => self.put(session.as_stored()),
            SessionWrite::EndAllOf { user_id, keep, at } => {
                let open = self
                    .sessions
                    .values_mut()
                    .filter(|session| session.ended_at.is_none());
                for session in open.filter(|session| session.user_id == *user_id && Some(session.id) != *keep)
                {
                    session.ended_at = Some(*at);
                    session.version = session.version.next();
                }
                Ok(())
            }
        }
    }

    fn put(&mut self, session: &StoredSession) -> Result<(), CommitError> {
        let stored = self.sessions.get(&session.id).map(|stored| stored.version);
        check_loaded_version(stored, session.version, "sessions.id")?;
        self.sessions.insert(
            session.id,
            StoredSession {
                version: session.version.next(),
                ..session.clone()
            },
        );
        Ok(())
    }

    /// A token leads to one session, for ever.
    fn add_token(&mut self, session: &StoredSession) -> Result<(), CommitError> {
        match self.tokens.insert(session.current_token, session.id) {
            None => Ok(()),
            Some(_) => Err(CommitError::AlreadyExists {
                constraint: "refresh_tokens.token_hash".to_owned(),
            }),
        }
    }
}

#[async_trait]
impl CommandLog for InMemoryAccounts {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().log.recorded(replay))
    }
}

impl AccountsUnits for InMemoryAccounts {
    fn begin(&self, meta: CommandMeta) -> Box<dyn AccountsUnitOfWork> {
        Box::new(InMemoryUnitOfWork::new(self.clone(), meta))
    }
}

#[async_trait]
impl UserQueries for InMemoryAccounts {
    async fn user(&self, id: UserId) -> Result<Option<UserView>, Unavailable> {
        Ok(self.state().users.get(&id).map(view_of))
    }

    async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<UserView>, Unavailable> {
        Ok(self
            .state()
            .users
            .values()
            .filter(|user| user.email == *email)
            .map(view_of)
            .collect())
    }

    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionView>, Unavailable> {
        let state = self.state();
        let mut open: Vec<SessionView> = state
            .sessions
            .values()
            .filter(|session| session.user_id == user_id)
            .filter(|session| session.ended_at.is_none() && session.expires_at > now)
            .map(|session| SessionView {
                id: session.id,
                created_at: session.opened_at,
                last_used_at: session.last_used_at,
                expires_at: session.expires_at,
            })
            .collect();
        open.sort_by_key(|session| std::cmp::Reverse((session.last_used_at, session.id)));
        Ok(open)
    }

    async fn session_standing(&self, id: SessionId) -> Result<Option<SessionStanding>, Unavailable> {
        let state = self.state();
        let Some(session) = state.sessions.get(&id) else {
            return Ok(None);
        };
        Ok(state.users.get(&session.user_id).map(|user| SessionStanding {
            user_id: user.id,
            role: user.role,
            user_status: user.status,
            expires_at: session.expires_at,
            ended_at: session.ended_at,
        }))
    }
}

fn view_of(user: &StoredUser) -> UserView {
    UserView {
        id: user.id,
        email: user.email.clone(),
        role: user.role,
        active: user.status == UserStatus::Active,
        created_at: user.created_at,
        version: user.version,
    }
}
