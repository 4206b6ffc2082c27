//! Collects what one command changes, and commits it once.

use accounts_domain::{Session, TokenHash, User};
use async_trait::async_trait;
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable};
use shared_kernel::{EmailAddress, SessionId, Timestamp, UserId, Version};

use super::InMemoryAccounts;
use crate::{AccountsUnitOfWork, SessionRepository, UserRepository};

/// What can happen to sessions.
pub(super) enum SessionWrite {
    /// One is opened.
    Open { session: Session, user_version: Version },
    /// One gets its next token.
    ReplaceToken(Session),
    /// One ends.
    End(Session),
    /// All of a user's end, but one.
    EndAllOf {
        user_id: UserId,
        keep: Option<SessionId>,
        at: Timestamp,
    },
}

pub(super) struct InMemoryUnitOfWork {
    store: InMemoryAccounts,
    meta: CommandMeta,
    users: Vec<User>,
    sessions: Vec<SessionWrite>,
}

impl InMemoryUnitOfWork {
    pub(super) const fn new(store: InMemoryAccounts, meta: CommandMeta) -> Self {
        Self {
            store,
            meta,
            users: Vec::new(),
            sessions: Vec::new(),
        }
    }
}

#[async_trait]
impl AccountsUnitOfWork for InMemoryUnitOfWork {
    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        self.store.commit(&self.users, &self.sessions, replay, &self.meta)
    }
}

#[async_trait]
impl UserRepository for InMemoryUnitOfWork {
    async fn get(&mut self, id: UserId) -> Result<Option<User>, Unavailable> {
        Ok(self.store.state().users.get(&id).cloned().map(User::restore))
    }

    async fn with_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Unavailable> {
        let state = self.store.state();
        Ok(state
            .users
            .values()
            .find(|user| user.email == *email)
            .cloned()
            .map(User::restore))
    }

    fn save(&mut self, user: User) {
        self.users.push(user);
    }
}

#[async_trait]
impl SessionRepository for InMemoryUnitOfWork {
    async fn get(&mut self, id: SessionId) -> Result<Option<Session>, Unavailable> {
        Ok(self
            .store
            .state()
            .sessions
            .get(&id)
            .cloned()
            .map(Session::restore))
    }

    async fn with_token(&mut self, token: TokenHash) -> Result<Option<Session>, Unavailable> {
        let state = self.store.state();
        let session = state.tokens.get(&token).and_then(|id| state.sessions.get(id));
        Ok(session.cloned().map(Session::restore))
    }

    fn open(&mut self, session: Session, user_version: Version) {
        self.sessions.push(SessionWrite::Open {
            session,
            user_version,
        });
    }

    fn replace_token(&mut self, session: Session) {
        self.sessions.push(SessionWrite::ReplaceToken(session));
    }

    fn end(&mut self, session: Session) {
        self.sessions.push(SessionWrite::End(session));
    }

    fn end_all_of(&mut self, user_id: UserId, keep: Option<SessionId>, at: Timestamp) {
        self.sessions.push(SessionWrite::EndAllOf { user_id, keep, at });
    }
}
