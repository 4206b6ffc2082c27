//! Notifications on PostgreSQL.

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, EventId, UserId};
use storage::postgres::{BatchStatement, PostgresContext, PostgresRows};
use uuid::Uuid;

use crate::{
    NotificationsRows, NotificationsStore, SentMail,
    rows::{AddressRow, MailRow, address_row, mail_row},
};

/// The migrations of notifications' own tables, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/notifications/postgres");

#[async_trait]
impl NotificationsStore for PostgresContext<NotificationsRows> {
    async fn address(&self, user_id: UserId) -> Result<Option<EmailAddress>, Unavailable> {
        let address = self.rows::<AddressRow, _>(address_row(user_id)).await?;
        Ok(address.into_iter().next())
    }

    async fn sent(&self, event_id: EventId) -> Result<Option<SentMail>, Unavailable> {
        let mail = self.rows::<MailRow, _>(mail_row(event_id)).await?;
        Ok(mail.into_iter().next())
    }

    async fn commit(&self, write_set: WriteSet<NotificationsRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

impl PostgresRows for NotificationsRows {
    /// A statement cannot write one row twice, so a batch has no user's address twice, and no mail.
    fn aggregates(&self) -> Vec<Uuid> {
        let address = self.address.iter().map(|row| row.user_id.0);
        let mail = self.mail.iter().map(|row| row.event_id.0);
        address.chain(mail).collect()
    }

    /// There is no version conflict here: the consumers' positions keep the order.
    async fn write(batch: &[&Self], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
        let addresses: Vec<_> = batch.iter().filter_map(|rows| rows.address.as_ref()).collect();
        write_addresses(&addresses, connection).await?;
        let mails: Vec<_> = batch.iter().filter_map(|rows| rows.mail.as_ref()).collect();
        write_mails(&mails, connection).await?;
        Ok(Vec::new())
    }
}

async fn write_addresses(rows: &[&AddressRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new("INSERT INTO addresses (user_id, email) SELECT * FROM unnest(")
        .ids(rows.iter().map(|row| row.user_id))
        .texts(rows.iter().map(|row| row.email.clone()))
        .then(") ORDER BY 1 ON CONFLICT (user_id) DO UPDATE SET email = excluded.email")
        .execute(connection)
        .await?;
    Ok(())
}

/// A mail that is on the list stays as it is.
async fn write_mails(rows: &[&MailRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO mails (event_id, order_id, kind, recipient, subject, message_id, sent_at) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.event_id))
    .ids(rows.iter().map(|row| row.order_id))
    .texts(rows.iter().map(|row| row.kind.clone()))
    .texts(rows.iter().map(|row| row.recipient.clone()))
    .texts(rows.iter().map(|row| row.subject.clone()))
    .texts(rows.iter().map(|row| row.message_id.clone()))
    .times(rows.iter().map(|row| row.sent_at))
    .then(") ORDER BY 1 ON CONFLICT (event_id) DO NOTHING")
    .execute(connection)
    .await?;
    Ok(())
}
