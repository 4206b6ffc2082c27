//! Questions about users and their sessions. Who may ask is the caller's policy.

use message_bus::UseCaseError;
use shared_kernel::{EmailAddress, UserId};

use crate::{Accounts, SessionView, UserView, accounts::NO_SUCH_USER};

impl Accounts {
    /// The user with this id.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`], [`UseCaseError::Unavailable`].
    pub async fn user(&self, id: UserId) -> Result<UserView, UseCaseError> {
        Ok(self.ports.queries.user(id).await?.ok_or(NO_SUCH_USER)?)
    }

    /// The users with this address, however it is cased: at most one.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`].
    pub async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<UserView>, UseCaseError> {
        Ok(self.ports.queries.users_with_email(email).await?)
    }

    /// A user's open sessions, the last used first.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`].
    pub async fn sessions(&self, user_id: UserId) -> Result<Vec<SessionView>, UseCaseError> {
        Ok(self
            .ports
            .queries
            .open_sessions(user_id, self.ports.clock.now())
            .await?)
    }
}
