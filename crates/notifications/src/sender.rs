//! The sender of mails.

use std::{fmt, str::FromStr};

use lettre::message::Mailbox;
use shared_kernel::printable::is_printable;

/// The name and address in `From`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(pub(crate) Mailbox);

/// The text names no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a name and an address, as in Orderly <orders@example.com>")]
pub struct InvalidSender;

impl Sender {
    /// The domain of the address: the name that Orderly gives to mail servers and in its mails' ids.
    pub(crate) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for Sender {
    type Err = InvalidSender;

    fn from_str(text: &str) -> Result<Self, InvalidSender> {
        if !is_printable(text) {
            return Err(InvalidSender);
        }
        text.parse().map(Self).map_err(|_| InvalidSender)
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for text in [
            "Orderly <orders@localhost>",
            "orders@example.com",
            "\"Tea, Cups & Co.\" <shop@example.com>",
            "Zoë <zoe@example.com>",
        ] {
            let sender: Sender = text.parse().unwrap();
            assert_eq!(sender.to_string().parse(), Ok(sender), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "Orderly",
            "Orderly <>",
            "Orderly <orders@>",
            "orders@example.com, more@example.com",
            "Orderly <orders@example.com>\r\nBcc: eve@example.com",
            "Orderly\n <orders@example.com>",
        ] {
            assert_eq!(text.parse::<Sender>(), Err(InvalidSender), "{text:?}");
        }
    }
}
