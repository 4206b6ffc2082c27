//! Reacts to `OrderShipped`: a mail with the carrier and its number.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::OrderShipped;

use crate::{
    MailKind, Notifications,
    letter::{Letter, Part},
    sending::ToCustomer,
};

impl ReactsTo<OrderShipped> for Notifications {
    async fn react(&self, event: OrderShipped, meta: CommandMeta) -> Result<(), UseCaseError> {
        let to = ToCustomer {
            customer_id: event.customer_id,
            order_id: event.order_id,
            kind: MailKind::OrderShipped,
            letter: letter(&event),
        };
        self.send(to, meta).await
    }
}

fn letter(event: &OrderShipped) -> Letter {
    Letter::about(&event.reference, "shipped")
        .with(Part::Sentence(
            "Your order has left us and is on its way to you.".to_owned(),
        ))
        .with(Part::Facts(vec![
            ("Carrier", event.carrier.clone()),
            ("Tracking number", event.tracking_number.clone()),
        ]))
        .with(Part::Sentence(
            "The carrier can tell you with this number where it is.".to_owned(),
        ))
}
