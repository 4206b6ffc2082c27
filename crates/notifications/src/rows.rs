//! Notifications' share of a write set, and its rows, with the mapping in both directions.

use diesel::QueryableByName;
use shared_kernel::{EmailAddress, EventId, OrderId, UserId};
use storage::{
    AggregateTable, ContextRows, ReadError, Statement,
    columns::{RowId, RowTime, row_time, to_time},
};

use crate::{MailKind, SentMail};

/// What one reaction writes; with neither, it only moves its consumer's position.
#[derive(Clone, Debug, Default)]
pub struct NotificationsRows {
    pub(crate) address: Option<AddressRow>,
    pub(crate) mail: Option<MailRow>,
}

impl ContextRows for NotificationsRows {
    const AGGREGATES: &'static [AggregateTable] = &[];
}

/// A row of `addresses`.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = crate::schema::addresses)]
pub(crate) struct AddressRow {
    pub(crate) user_id: RowId,
    pub(crate) email: String,
}

/// A row of `mails`.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = crate::schema::mails)]
pub(crate) struct MailRow {
    pub(crate) event_id: RowId,
    pub(crate) order_id: RowId,
    pub(crate) kind: String,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) message_id: String,
    pub(crate) sent_at: RowTime,
}

impl NotificationsRows {
    /// Stores a user's address, in place of an older one.
    pub(crate) fn with_address(user_id: UserId, email: EmailAddress) -> Self {
        Self {
            address: Some(AddressRow {
                user_id: RowId(user_id.uuid()),
                email: email.into(),
            }),
            mail: None,
        }
    }

    /// Puts a mail on the list, unless the event's is there.
    pub(crate) fn with_mail(mail: SentMail) -> Self {
        Self {
            address: None,
            mail: Some(mail.into()),
        }
    }
}

impl From<SentMail> for MailRow {
    fn from(mail: SentMail) -> Self {
        Self {
            event_id: RowId(mail.event_id.uuid()),
            order_id: RowId(mail.order_id.uuid()),
            kind: mail.kind.name().to_owned(),
            recipient: mail.recipient.into(),
            subject: mail.subject,
            message_id: mail.message_id,
            sent_at: row_time(mail.sent_at),
        }
    }
}

impl TryFrom<MailRow> for SentMail {
    type Error = ReadError;

    fn try_from(row: MailRow) -> Result<Self, ReadError> {
        Ok(Self {
            event_id: EventId::new(row.event_id.0),
            order_id: OrderId::new(row.order_id.0),
            kind: kind_named(&row.kind)?,
            recipient: address_of(&row.recipient)?,
            subject: row.subject,
            message_id: row.message_id,
            sent_at: to_time(row.sent_at)?,
        })
    }
}

/// A user's row of `addresses`.
pub(crate) fn address_row(user_id: UserId) -> Statement {
    Statement::new("SELECT * FROM addresses WHERE user_id = $1").bind(RowId(user_id.uuid()))
}

/// An event's row of `mails`.
pub(crate) fn mail_row(event_id: EventId) -> Statement {
    Statement::new("SELECT * FROM mails WHERE event_id = $1").bind(RowId(event_id.uuid()))
}

impl TryFrom<AddressRow> for EmailAddress {
    type Error = ReadError;

    fn try_from(row: AddressRow) -> Result<Self, ReadError> {
        address_of(&row.email)
    }
}

/// An address as it was stored.
pub(crate) fn address_of(text: &str) -> Result<EmailAddress, ReadError> {
    text.parse().map_err(ReadError::corrupt)
}

fn kind_named(name: &str) -> Result<MailKind, ReadError> {
    [
        MailKind::OrderConfirmed,
        MailKind::OrderShipped,
        MailKind::OrderCancelled,
    ]
    .into_iter()
    .find(|kind| kind.name() == name)
    .ok_or_else(|| ReadError::corrupt(format!("found mail kind {name:?}, expected one that is sent")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_sent_mail(kind: MailKind) -> SentMail {
        SentMail {
            event_id: "0197b2c4-6d00-7000-8000-000000000030".parse().unwrap(),
            order_id: "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap(),
            kind,
            recipient: "Ada@Example.com".parse().unwrap(),
            subject: "Order 7K3M-9QXD confirmed".to_owned(),
            message_id: "<0197b2c4-6d00-7000-8000-000000000030@localhost>".to_owned(),
            sent_at: "2026-01-01T00:00:00.000001Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_sent_mail_of_each_kind_survives_being_a_row() {
        for kind in [
            MailKind::OrderConfirmed,
            MailKind::OrderShipped,
            MailKind::OrderCancelled,
        ] {
            let read = SentMail::try_from(MailRow::from(a_sent_mail(kind))).unwrap();
            assert_eq!(read, a_sent_mail(kind));
            assert_eq!(read.recipient.as_str(), "Ada@Example.com", "the spelling is kept");
        }
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_corrupt() {
        let spoil: [fn(&mut MailRow); 3] = [
            |row| row.kind = "newsletter".to_owned(),
            |row| row.recipient = "nobody".to_owned(),
            |row| row.sent_at = RowTime(i64::MAX),
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut row = MailRow::from(a_sent_mail(MailKind::OrderShipped));
            spoil(&mut row);
            let read = SentMail::try_from(row);
            assert!(matches!(read, Err(ReadError::Corrupt(_))), "{number}: {read:?}");
        }
    }
}
