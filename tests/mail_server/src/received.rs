//! A mail that the server took.

use std::net::SocketAddr;

use crate::Message;

/// A mail as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What `MAIL FROM` said.
    pub sender: String,
    /// What `RCPT TO` said, one for each.
    pub recipients: Vec<String>,
    /// The mail itself.
    pub message: Message,
    /// From where the connection came that it came on: two mails with the same came on one connection.
    pub came_from: SocketAddr,
}
