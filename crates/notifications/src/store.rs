//! What notifications needs of a database: the part that is written for each engine.

use async_trait::async_trait;
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, EventId, OrderId, Timestamp, UserId};

use crate::{MailKind, NotificationsRows};

/// The address book, and the list of mails that were sent.
#[async_trait]
pub trait NotificationsStore: Send + Sync {
    /// A user's address, if it is stored.
    async fn address(&self, user_id: UserId) -> Result<Option<EmailAddress>, Unavailable>;

    /// The mail that this event led to, once it was sent.
    async fn sent(&self, event_id: EventId) -> Result<Option<SentMail>, Unavailable>;

    /// Writes what a reaction changes. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<NotificationsRows>) -> Result<(), CommitError>;
}

/// A line of the list of mails that were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMail {
    /// The event that led to it.
    pub event_id: EventId,
    /// The order it was about.
    pub order_id: OrderId,
    /// What it was about.
    pub kind: MailKind,
    /// Who it went to.
    pub recipient: EmailAddress,
    /// Its subject.
    pub subject: String,
    /// Its id in mailboxes.
    pub message_id: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}
