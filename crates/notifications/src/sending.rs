//! Reacting: the context's entry point, and the sending of each mail.

use std::sync::Arc;

use message_bus::{CommandMeta, Unavailable, UseCaseError, WriteSet, retry::retry_on_conflict};
use shared_kernel::{CustomerId, IdGenerator, OrderId, UserId};

use crate::{
    CONTEXT, Mail, MailKind, Mailer, NotificationsRows, NotificationsStore, Sender, SentMail, letter::Letter,
};

/// The context's entry point: it reacts to events of accounts and ordering.
pub struct Notifications {
    store: Arc<dyn NotificationsStore>,
    mailer: Arc<dyn Mailer>,
    sender: Sender,
    ids: Arc<dyn IdGenerator>,
}

/// A letter to an order's customer.
pub(crate) struct ToCustomer {
    pub(crate) customer_id: CustomerId,
    pub(crate) order_id: OrderId,
    pub(crate) kind: MailKind,
    pub(crate) letter: Letter,
}

impl Notifications {
    /// The context over a store and a mailer. Mails are from `sender`.
    pub fn new(
        store: Arc<dyn NotificationsStore>,
        mailer: Arc<dyn Mailer>,
        sender: Sender,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            store,
            mailer,
            sender,
            ids,
        }
    }

    /// Sends a letter and then puts it on the list, in one commit with the consumer's position. A process that ends in between sends
    /// the same mail again: one too many is better than none.
    pub(crate) async fn send(&self, to: ToCustomer, meta: CommandMeta) -> Result<(), UseCaseError> {
        let event_id = meta
            .causation_id
            .ok_or_else(|| UseCaseError::defect("found no event behind a mail, expected one"))?;
        if self.store.sent(event_id).await?.is_some() {
            return self.commit(NotificationsRows::default(), &meta).await;
        }
        // A customer has the id of their user. Another consumer stores their address, and may be behind.
        let user_id = UserId::new(to.customer_id.uuid());
        let recipient = self.store.address(user_id).await?.ok_or_else(|| {
            Unavailable::dependency(format!("the address of user {user_id} is not known yet"))
        })?;
        let mail = Mail {
            event_id,
            kind: to.kind,
            order_id: to.order_id,
            sender: self.sender.clone(),
            recipient,
            date: meta.issued_at,
            subject: to.letter.subject(),
            text: to.letter.as_text(),
            html: to.letter.as_html(),
        };
        self.mailer.send(&mail).await?;
        let rows = NotificationsRows::with_mail(SentMail {
            event_id,
            order_id: mail.order_id,
            kind: mail.kind,
            message_id: mail.message_id(),
            recipient: mail.recipient,
            subject: mail.subject,
            sent_at: meta.issued_at,
        });
        self.commit(rows, &meta).await
    }

    /// Writes rows, and moves the position of the delivery that `meta` is about.
    pub(crate) async fn commit(
        &self,
        rows: NotificationsRows,
        meta: &CommandMeta,
    ) -> Result<(), UseCaseError> {
        let write_set = WriteSet::new(rows, Vec::new(), None, CONTEXT, meta, self.ids.as_ref());
        retry_on_conflict(meta, self.ids.as_ref(), || async {
            Ok(self.store.commit(write_set.clone()).await?)
        })
        .await
    }
}
