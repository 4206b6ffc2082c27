//! Collects what one command changes, and hands it over as one write set.

use std::sync::Arc;

use accounts_app::{AccountsUnitOfWork, SessionRepository, UserRepository, event_record::event_record};
use accounts_domain::{Session, StoredSession, StoredUser, TokenHash, User};
use async_trait::async_trait;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable};
use shared_kernel::{EmailAddress, IdGenerator, SessionId, Timestamp, UserId, Version};
use storage::{
    ReadError, WriteSet,
    sqlite::{SqliteContext, uuid_to_blob},
};

use super::{
    AccountsRows,
    schema::{refresh_tokens, sessions, users},
    session_rows::{SessionRow, SessionWrite},
    user_rows::{UserRow, UserWrite},
};
use crate::CONTEXT;

pub(super) struct SqliteUnitOfWork {
    context: SqliteContext<AccountsRows>,
    ids: Arc<dyn IdGenerator>,
    meta: CommandMeta,
    users: Vec<User>,
    sessions: Vec<SessionWrite>,
}

impl SqliteUnitOfWork {
    pub(super) fn new(
        context: SqliteContext<AccountsRows>,
        ids: Arc<dyn IdGenerator>,
        meta: CommandMeta,
    ) -> Self {
        Self {
            context,
            ids,
            meta,
            users: Vec::new(),
            sessions: Vec::new(),
        }
    }
}

#[async_trait]
impl AccountsUnitOfWork for SqliteUnitOfWork {
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
        };
        let write_set = WriteSet::new(rows, events, replay, CONTEXT, &self.meta, self.ids.as_ref());
        self.context.commit(write_set).await
    }
}

#[async_trait]
impl UserRepository for SqliteUnitOfWork {
    async fn get(&mut self, id: UserId) -> Result<Option<User>, Unavailable> {
        let id = uuid_to_blob(id.uuid());
        self.context
            .read(move |connection| {
                restored(
                    users::table
                        .find(id)
                        .select(UserRow::as_select())
                        .first(connection)
                        .optional()?,
                )
            })
            .await
    }

    async fn with_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Unavailable> {
        let folded = email.folded();
        self.context
            .read(move |connection| {
                let with_email = users::table.filter(users::email_folded.eq(folded));
                restored(
                    with_email
                        .select(UserRow::as_select())
                        .first(connection)
                        .optional()?,
                )
            })
            .await
    }

    fn save(&mut self, user: User) {
        self.users.push(user);
    }
}

#[async_trait]
impl SessionRepository for SqliteUnitOfWork {
    async fn get(&mut self, id: SessionId) -> Result<Option<Session>, Unavailable> {
        let id = uuid_to_blob(id.uuid());
        self.context
            .read(move |connection| {
                let session = sessions::table.find(id).select(SessionRow::as_select());
                restored_session(session.first(connection).optional()?)
            })
            .await
    }

    async fn with_token(&mut self, token: TokenHash) -> Result<Option<Session>, Unavailable> {
        self.context
            .read(move |connection| {
                let session = refresh_tokens::table
                    .find(token.bytes().as_slice())
                    .inner_join(sessions::table)
                    .select(SessionRow::as_select());
                restored_session(session.first(connection).optional()?)
            })
            .await
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
        self.sessions.push(SessionWrite::end_all_of(user_id, keep, at));
    }
}

fn restored(row: Option<UserRow>) -> Result<Option<User>, ReadError> {
    Ok(row.map(StoredUser::try_from).transpose()?.map(User::restore))
}

fn restored_session(row: Option<SessionRow>) -> Result<Option<Session>, ReadError> {
    Ok(row
        .map(StoredSession::try_from)
        .transpose()?
        .map(Session::restore))
}
