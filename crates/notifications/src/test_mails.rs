//! A mail to send in tests.

use shared_kernel::{EventId, OrderId};
use uuid::Uuid;

use crate::{Mail, MailKind};

/// A mail to this address, about the event with this number.
pub(crate) fn a_mail(recipient: &str, number: u128) -> Mail {
    Mail {
        event_id: EventId::new(Uuid::from_u128(number)),
        kind: MailKind::OrderShipped,
        order_id: OrderId::new(Uuid::from_u128(7)),
        sender: "Orderly <orders@shop.example>".parse().unwrap(),
        recipient: recipient.parse().unwrap(),
        date: "2026-01-31T12:00:00Z".parse().unwrap(),
        subject: "Order 7K3M-9QXD shipped".to_owned(),
        text: "Hello,\n\n.it is on its way\n.\n".to_owned(),
        html: "<p>It is on its way – 茶</p>\n".to_owned(),
    }
}
