//! Accounts' ports over a database, whichever it is.

use std::sync::Arc;

use accounts_app::{AccountsUnitOfWork, AccountsUnits, SessionStanding, SessionView, UserQueries, UserView};
use async_trait::async_trait;
use message_bus::{CommandLog, CommandMeta, Recorded, Replay, Unavailable};
use shared_kernel::{EmailAddress, IdGenerator, SessionId, Timestamp, UserId};

use crate::{session_row, store::AccountsStore, unit_of_work::UnitOfWork, user_row};

/// Users and sessions in a database: units of work and queries. Clones share it.
#[derive(Clone)]
pub struct AccountsAdapter {
    store: Arc<dyn AccountsStore>,
    ids: Arc<dyn IdGenerator>,
}

impl AccountsAdapter {
    /// The adapter over a store; `ids` names the events.
    pub(crate) fn new(store: Arc<dyn AccountsStore>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { store, ids }
    }
}

#[async_trait]
impl CommandLog for AccountsAdapter {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

impl AccountsUnits for AccountsAdapter {
    fn begin(&self, meta: CommandMeta) -> Box<dyn AccountsUnitOfWork> {
        Box::new(UnitOfWork::new(
            Arc::clone(&self.store),
            Arc::clone(&self.ids),
            meta,
        ))
    }
}

#[async_trait]
impl UserQueries for AccountsAdapter {
    async fn user(&self, id: UserId) -> Result<Option<UserView>, Unavailable> {
        let row = self.store.user(id).await?;
        Ok(row.map(user_row::view_of).transpose()?)
    }

    async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<UserView>, Unavailable> {
        let row = self.store.user_with_email(email).await?;
        Ok(row.into_iter().map(user_row::view_of).collect::<Result<_, _>>()?)
    }

    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionView>, Unavailable> {
        let rows = self.store.open_sessions(user_id, now).await?;
        Ok(rows
            .into_iter()
            .map(session_row::view_of)
            .collect::<Result<_, _>>()?)
    }

    async fn session_standing(&self, id: SessionId) -> Result<Option<SessionStanding>, Unavailable> {
        let row = self.store.session_standing(id).await?;
        Ok(row.map(SessionStanding::try_from).transpose()?)
    }
}
