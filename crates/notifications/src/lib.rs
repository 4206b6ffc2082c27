//! Mail about orders: an address book that follows the users, and what was sent to them.
//!
//! One crate, plain modules: nothing here is decided that a domain layer could guard. A mail is sent at least once. Whoever gets it
//! twice finds the same `Message-ID` on both.
//!
//! Where to look first: `on_order_confirmed.rs`, `on_order_shipped.rs` and `on_order_cancelled.rs` hold what each mail says, `sending.rs`
//! what happens around it. Deliberately not here: any knowledge of how orders or accounts work, beyond their events.

mod letter;
mod mail;
mod mailer;
mod sending;

mod on_order_cancelled;
mod on_order_confirmed;
mod on_order_shipped;
mod on_user_account_created;
mod on_user_email_changed;

mod file_mailer;
mod rows;
mod schema;
mod sender;
mod smtp_mailer;
mod smtp_server;
mod store;
#[cfg(test)]
mod test_mails;

pub mod in_memory;
pub mod postgres;
pub mod sqlite;

use storage::ContextDescription;

pub use file_mailer::FileMailer;
pub use mail::{Mail, MailKind};
pub use mailer::{MailError, Mailer};
pub use rows::NotificationsRows;
pub use sender::{InvalidSender, Sender};
pub use sending::Notifications;
pub use smtp_mailer::SmtpMailer;
pub use smtp_server::{InvalidSmtpServer, SmtpServer};
pub use store::{NotificationsStore, SentMail};

/// The context's name: its file's, and its schema's.
pub const CONTEXT: &str = "notifications";

/// What the binary has to know of the context. It is asked for nothing and tells nothing.
pub const DESCRIPTION: ContextDescription = ContextDescription {
    name: CONTEXT,
    sqlite: sqlite::MIGRATIONS,
    postgres: postgres::MIGRATIONS,
    commands: &[],
    events: &[],
};

#[cfg(test)]
mod tests;
