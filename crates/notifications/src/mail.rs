//! A mail, and its form on the wire.

use std::time::{Duration, SystemTime};

use lettre::{
    Message,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType},
    },
};
use shared_kernel::{EmailAddress, EventId, OrderId, Timestamp};

use crate::{MailError, Sender};

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// An order was confirmed.
    OrderConfirmed,
    /// An order was shipped.
    OrderShipped,
    /// An order was cancelled.
    OrderCancelled,
}

impl MailKind {
    /// The name under which it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderConfirmed => "order_confirmed",
            Self::OrderShipped => "order_shipped",
            Self::OrderCancelled => "order_cancelled",
        }
    }
}

/// A mail to one person about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The event that led to it.
    pub event_id: EventId,
    /// What it is about.
    pub kind: MailKind,
    /// The order it is about.
    pub order_id: OrderId,
    /// The sender.
    pub sender: Sender,
    /// The recipient.
    pub recipient: EmailAddress,
    /// When it was made.
    pub date: Timestamp,
    /// Its subject.
    pub subject: String,
    /// Its content as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Mail {
    /// The same each time that this mail is sent, and different for every other mail.
    pub fn message_id(&self) -> String {
        format!("<{}@{}>", self.event_id, self.sender.domain())
    }

    /// Its form on the wire. Text that is not ASCII is encoded, in headers and in the body, so that no part of it can begin a line.
    ///
    /// # Errors
    /// [`MailError::Refused`] when a mail cannot have this recipient at all.
    pub(crate) fn to_message(&self) -> Result<Message, MailError> {
        let refused = |reason: &dyn std::fmt::Display| MailError::Refused {
            recipient: self.recipient.clone(),
            reason: reason.to_string(),
        };
        let address = self
            .recipient
            .as_str()
            .parse()
            .map_err(|error| refused(&format!("not an address that mail knows: {error}")))?;
        // Quoted-printable never has a `=_` in it, so no part can contain this.
        let boundary = format!("=_{}", self.event_id);
        let part = |content_type, text: &str| {
            let encoding = ContentTransferEncoding::QuotedPrintable;
            let body = Body::new_with_encoding(text.to_owned(), encoding)
                .map_err(|_| refused(&"its text has no form"))?;
            Ok(SinglePart::builder().content_type(content_type).body(body))
        };
        Message::builder()
            .from(self.sender.0.clone())
            .to(Mailbox::new(None, address))
            .date(system_time(self.date))
            .message_id(Some(self.message_id()))
            .subject(&self.subject)
            .multipart(
                MultiPart::alternative()
                    .boundary(boundary)
                    .build()
                    .singlepart(part(ContentType::TEXT_PLAIN, &self.text)?)
                    .singlepart(part(ContentType::TEXT_HTML, &self.html)?),
            )
            .map_err(|error| refused(&error))
    }
}

/// A time in the form that `Date` is made from; no time here is before 1970.
fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.as_seconds()).unwrap_or(0))
}
