//! A mail that the server took.

use std::net::SocketAddr;

use crate::Message;

/// A mail as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The address of `MAIL FROM`.
    pub sender: String,
    /// The address of each `RCPT TO`.
    pub recipients: Vec<String>,
    /// The mail itself.
    pub message: Message,
    /// The client's address: two mails from the same one came on one connection.
    pub came_from: SocketAddr,
}
