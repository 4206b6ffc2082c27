//! Collects what one command changes, and commits it once.

use accounts_domain::{
    Session, TokenHash, User,
    rules::{a_user_has_fifty_sessions::MOST_SESSIONS, an_admin_remains},
};
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable, UseCaseError, WriteSet};
use shared_kernel::{
    AggregateRoot, EmailAddress, IdGenerator, Refusal, SessionId, Timestamp, UserId, Version,
};

use crate::{
    AccountsStore, CONTEXT,
    event_record::user_events,
    store::{AccountsChanges, EndOfAll, SessionChange},
};

/// All that one command changes. Nothing reaches the store before `commit`; dropping it instead is a rollback.
pub struct UnitOfWork<'a> {
    store: &'a dyn AccountsStore,
    ids: &'a dyn IdGenerator,
    meta: CommandMeta,
    users: UserRepository<'a>,
    sessions: SessionRepository<'a>,
}

/// The users of a unit of work, by id or address.
pub struct UserRepository<'a> {
    store: &'a dyn AccountsStore,
    saved: Vec<User>,
    leaves_an_admin: bool,
}

/// The sessions of a unit of work, and the tokens of their families.
pub struct SessionRepository<'a> {
    store: &'a dyn AccountsStore,
    changes: Vec<SessionChange>,
    ends: Vec<EndOfAll>,
}

impl<'a> UnitOfWork<'a> {
    /// Begins one for the command of `meta`; `ids` names its events. No transaction is open until it commits.
    pub const fn begin(store: &'a dyn AccountsStore, ids: &'a dyn IdGenerator, meta: CommandMeta) -> Self {
        Self {
            store,
            ids,
            meta,
            users: UserRepository {
                store,
                saved: Vec::new(),
                leaves_an_admin: false,
            },
            sessions: SessionRepository {
                store,
                changes: Vec::new(),
                ends: Vec::new(),
            },
        }
    }

    /// The users.
    pub const fn users(&mut self) -> &mut UserRepository<'a> {
        &mut self.users
    }

    /// The sessions.
    pub const fn sessions(&mut self) -> &mut SessionRepository<'a> {
        &mut self.sessions
    }

    /// Writes everything that was saved and changed, with its events, as one write set. With nothing changed it
    /// still records what the command answers: a replay key.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then.
    pub async fn commit(self, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let leaves_an_admin = self.users.leaves_an_admin;
        let mut users = self.users.saved;
        users.retain(|user| !user.changes().is_empty());
        let events = users.iter().map(user_events).collect::<Result<Vec<_>, _>>()?;
        let changes = AccountsChanges {
            users,
            leaves_an_admin,
            sessions: self.sessions.changes,
            ends: self.sessions.ends,
        };
        let write_set = WriteSet::new(changes, events.concat(), replay, CONTEXT, &self.meta, self.ids);
        self.store.commit(write_set).await
    }
}

impl UserRepository<'_> {
    /// The user with this id.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn get(&self, id: UserId) -> Result<Option<User>, Unavailable> {
        Ok(self.store.user(id).await?.map(User::restore))
    }

    /// The user with this address, however it is cased.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn with_email(&self, email: &EmailAddress) -> Result<Option<User>, Unavailable> {
        Ok(self.store.user_with_email(email).await?.map(User::restore))
    }

    /// Refuses to let a user stop being an active admin if there is no other, also when the unit of work commits.
    ///
    /// # Errors
    /// The rule's refusal, and [`Unavailable`] when the store does not answer.
    pub async fn must_leave_an_admin(&mut self, user: UserId) -> Result<(), UseCaseError> {
        an_admin_remains::check(self.store.other_admins(user).await?).map_err(Refusal::from)?;
        self.leaves_an_admin = true;
        Ok(())
    }

    /// Registers a user's changes, guarded by the version it was loaded at.
    pub fn save(&mut self, user: User) {
        self.saved.push(user);
    }
}

impl SessionRepository<'_> {
    /// The session with this id.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn get(&self, id: SessionId) -> Result<Option<Session>, Unavailable> {
        Ok(self.store.session(id).await?.map(Session::restore))
    }

    /// The session whose family the token belongs to, however old the token.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn with_token(&self, token: TokenHash) -> Result<Option<Session>, Unavailable> {
        let session = self.store.session_with_token(token).await?;
        Ok(session.map(Session::restore))
    }

    /// Registers a new session. It is only written while its user is at `user_version`. What the user has too many of then ends.
    pub fn open(&mut self, session: Session, user_version: Version) {
        self.ends.push(EndOfAll {
            user_id: session.user_id(),
            keep: Some(session.id()),
            keep_latest: MOST_SESSIONS,
            at: session.as_stored().opened_at,
        });
        self.changes.push(SessionChange::Open {
            session,
            user_version,
        });
    }

    /// Registers the session's new token, guarded by the version it was loaded at.
    pub fn replace_token(&mut self, session: Session) {
        self.changes.push(SessionChange::ReplaceToken(session));
    }

    /// Registers the session's end, guarded by the version it was loaded at.
    pub fn end(&mut self, session: Session) {
        self.changes.push(SessionChange::End(session));
    }

    /// Registers the end of all sessions that the user has when the unit of work commits, except `keep`.
    pub fn end_all_of(&mut self, user_id: UserId, keep: Option<SessionId>, at: Timestamp) {
        self.ends.push(EndOfAll {
            user_id,
            keep,
            keep_latest: 0,
            at,
        });
    }
}
