//! What notifications needs from whoever carries mail.

use async_trait::async_trait;
use message_bus::{Unavailable, UseCaseError};
use shared_kernel::{EmailAddress, Refusal, RefusalKind};

use crate::Mail;

/// Carries mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a mail. `Ok` means that somebody else has taken it over: a server answered so, or it is on disk.
    ///
    /// # Errors
    /// [`MailError`]. It may have been sent all the same, when the answer did not come.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Not now; the same mail may go later.
    #[error("{0}")]
    NotNow(String),
    /// Never: whoever keeps the recipient's mail does not take this one.
    #[error("mail to {recipient} was refused for good: {reason}")]
    Refused {
        /// Who it was to.
        recipient: EmailAddress,
        /// What the server said.
        reason: String,
    },
}

impl From<MailError> for UseCaseError {
    fn from(error: MailError) -> Self {
        match &error {
            MailError::NotNow(reason) => Unavailable::dependency(reason).into(),
            MailError::Refused { recipient, .. } => {
                Refusal::new(RefusalKind::Value, "recipient_refused", &error)
                    .with("recipient", recipient.as_str())
                    .into()
            }
        }
    }
}
