//! A mail server for tests: real SMTP on a loopback port, with the faults that a test sets.
//!
//! It can be down and come back on the same port, make its callers wait, refuse recipients for now or for good, and hang up in the middle of
//! a mail. It stores the mails that it took. It speaks plain SMTP, to any client, and asks for no password.
//!
//! A crate of its own, because both the tests of `notifications` and those of the product use it, and neither may name the other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "everything here is test code, and stops at the first thing that is not as it says"
)]

mod conversation;
mod house_rules;
mod message;
mod received;
mod server;

pub use message::Message;
pub use received::Received;
pub use server::MailServer;

#[cfg(test)]
mod tests;
