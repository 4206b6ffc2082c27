//! Collects what one command changes, and hands it over as one write set.

use std::sync::Arc;

use accounts_app::{AccountsUnitOfWork, SessionRepository, UserRepository, event_record::event_record};
use accounts_domain::{Session, StoredSession, StoredUser, TokenHash, User};
use async_trait::async_trait;
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, IdGenerator, SessionId, Timestamp, UserId, Version};

use crate::{
    AccountsRows, CONTEXT,
    session_row::{EndOfAll, SessionRow, SessionWrite},
    store::AccountsStore,
    user_row::{UserRow, UserWrite},
};

/// One command's changes.
pub(crate) struct UnitOfWork {
    store: Arc<dyn AccountsStore>,
    ids: Arc<dyn IdGenerator>,
    meta: CommandMeta,
    users: Vec<User>,
    sessions: Vec<SessionWrite>,
    ends: Vec<EndOfAll>,
}

impl UnitOfWork {
    pub(crate) fn new(store: Arc<dyn AccountsStore>, ids: Arc<dyn IdGenerator>, meta: CommandMeta) -> Self {
        Self {
            store,
            ids,
            meta,
            users: Vec::new(),
            sessions: Vec::new(),
            ends: Vec::new(),
        }
    }
}

#[async_trait]
impl AccountsUnitOfWork for UnitOfWork {
    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let mut events = Vec::new();
        for user in &self.users {
            events.extend(event_record(user)?);
        }
        let rows = AccountsRows {
            users: self.users.iter().map(UserWrite::of).collect(),
            sessions: self.sessions,
            ends: self.ends,
        };
        let write_set = WriteSet::new(rows, events, replay, CONTEXT, &self.meta, self.ids.as_ref());
        self.store.commit(write_set).await
    }
}

#[async_trait]
impl UserRepository for UnitOfWork {
    async fn get(&mut self, id: UserId) -> Result<Option<User>, Unavailable> {
        restored(self.store.user(id).await?)
    }

    async fn with_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Unavailable> {
        restored(self.store.user_with_email(email).await?)
    }

    fn save(&mut self, user: User) {
        self.users.push(user);
    }
}

#[async_trait]
impl SessionRepository for UnitOfWork {
    async fn get(&mut self, id: SessionId) -> Result<Option<Session>, Unavailable> {
        restored_session(self.store.session(id).await?)
    }

    async fn with_token(&mut self, token: TokenHash) -> Result<Option<Session>, Unavailable> {
        restored_session(self.store.session_with_token(token).await?)
    }

    fn open(&mut self, session: Session, user_version: Version) {
        self.sessions.push(SessionWrite::open(&session, user_version));
    }

    fn replace_token(&mut self, session: Session) {
        self.sessions.push(SessionWrite::replace_token(&session));
    }

    fn end(&mut self, session: Session) {
        self.sessions.push(SessionWrite::end(&session));
    }

    fn end_all_of(&mut self, user_id: UserId, keep: Option<SessionId>, at: Timestamp) {
        self.ends.push(EndOfAll::of(user_id, keep, at));
    }
}

fn restored(row: Option<UserRow>) -> Result<Option<User>, Unavailable> {
    Ok(row.map(StoredUser::try_from).transpose()?.map(User::restore))
}

fn restored_session(row: Option<SessionRow>) -> Result<Option<Session>, Unavailable> {
    Ok(row
        .map(StoredSession::try_from)
        .transpose()?
        .map(Session::restore))
}
