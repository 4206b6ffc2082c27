//! Mail about orders: an address book, kept up to date from accounts' events, and the list of mails that were sent.
//!
//! One crate, plain modules: there is no decision here for a domain layer to guard. A mail is sent at least once. If it is sent
//! twice, both have the same `Message-ID`.
//!
//! Where to look first: `on_order_confirmed.rs`, `on_order_shipped.rs` and `on_order_cancelled.rs` hold the content of each mail,
//! `sending.rs` the sending itself. Deliberately not here: anything about orders or accounts beyond their events.

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
