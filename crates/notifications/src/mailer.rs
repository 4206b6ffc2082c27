//! The port of notifications to a mail server.

use async_trait::async_trait;
use message_bus::{Unavailable, UseCaseError};
use shared_kernel::{EmailAddress, Refusal, RefusalKind};

use crate::Mail;

/// Sends mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a mail. `Ok` means that it was taken over: a server has accepted it, or it is on disk.
    ///
    /// # Errors
    /// [`MailError`]. If no answer came, it may have been sent all the same.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A transient failure: the same mail may be sent later.
    #[error("{0}")]
    NotNow(String),
    /// A permanent failure: the recipient's server does not accept this mail.
    #[error("mail to {recipient} was refused for good: {reason}")]
    Refused {
        /// The recipient.
        recipient: EmailAddress,
        /// The server's answer.
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
