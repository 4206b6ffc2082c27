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
        let user = self.ports.store.user(id).await?.ok_or(NO_SUCH_USER)?;
        Ok(UserView::of_stored(user))
    }

    /// The users with this address, however it is cased: at most one.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`].
    pub async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<UserView>, UseCaseError> {
        let user = self.ports.store.user_with_email(email).await?;
        Ok(user.map(UserView::of_stored).into_iter().collect())
    }

    /// A user's open sessions, the last used first.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`].
    pub async fn sessions(&self, user_id: UserId) -> Result<Vec<SessionView>, UseCaseError> {
        let now = self.ports.clock.now();
        let sessions = self.ports.store.open_sessions(user_id, now).await?;
        Ok(sessions.iter().map(SessionView::of).collect())
    }
}
