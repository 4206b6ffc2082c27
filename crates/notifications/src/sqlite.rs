//! Notifications on SQLite.

use async_trait::async_trait;
use diesel::{ExpressionMethods, RunQueryDsl, SqliteConnection, insert_into};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, EventId, UserId};
use storage::sqlite::{RowError, SqliteContext, SqliteRows};

use crate::schema::{addresses, mails};
use crate::{
    NotificationsRows, NotificationsStore, SentMail,
    rows::{AddressRow, MailRow, address_row, mail_row},
};

/// The migrations of notifications' own tables, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/notifications/sqlite");

#[async_trait]
impl NotificationsStore for SqliteContext<NotificationsRows> {
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

impl SqliteRows for NotificationsRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        if let Some(address) = &self.address {
            write_address(connection, address)?;
        }
        if let Some(mail) = &self.mail {
            write_mail(connection, mail)?;
        }
        Ok(())
    }
}

fn write_address(connection: &mut SqliteConnection, row: &AddressRow) -> Result<(), RowError> {
    insert_into(addresses::table)
        .values((
            addresses::user_id.eq(row.user_id),
            addresses::email.eq(&row.email),
        ))
        .on_conflict(addresses::user_id)
        .do_update()
        .set(addresses::email.eq(&row.email))
        .execute(connection)?;
    Ok(())
}

/// A mail that is on the list stays as it is.
fn write_mail(connection: &mut SqliteConnection, row: &MailRow) -> Result<(), RowError> {
    insert_into(mails::table)
        .values((
            mails::event_id.eq(row.event_id),
            mails::order_id.eq(row.order_id),
            mails::kind.eq(&row.kind),
            mails::recipient.eq(&row.recipient),
            mails::subject.eq(&row.subject),
            mails::message_id.eq(&row.message_id),
            mails::sent_at.eq(row.sent_at),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use diesel::Connection;
    use diesel_migrations::MigrationHarness;

    use super::*;

    #[test]
    fn the_migration_can_be_undone_and_done_again() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection.run_pending_migrations(MIGRATIONS).unwrap();
        connection.revert_all_migrations(MIGRATIONS).unwrap();
        connection.run_pending_migrations(MIGRATIONS).unwrap();
    }
}
