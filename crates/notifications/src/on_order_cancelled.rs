//! Reacts to `OrderCancelled`: a mail with the reason, and with what was short if that was the reason.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::{OrderCancelled, Shortage};

use crate::{
    MailKind, Notifications,
    letter::{Letter, Part},
    sending::ToCustomer,
};

/// Ordering's code for an order that was cancelled for lack of stock.
const OUT_OF_STOCK: &str = "out_of_stock";
/// The code of an order that a person cancelled; also the reason's text when they gave none.
const ON_REQUEST: &str = "on_request";

impl ReactsTo<OrderCancelled> for Notifications {
    async fn react(&self, event: OrderCancelled, meta: CommandMeta) -> Result<(), UseCaseError> {
        let to = ToCustomer {
            customer_id: event.customer_id,
            order_id: event.order_id,
            kind: MailKind::OrderCancelled,
            letter: letter(&event),
        };
        self.send(to, meta).await
    }
}

fn letter(event: &OrderCancelled) -> Letter {
    let letter = Letter::about(&event.reference, "cancelled");
    let letter = match (is_for_want_of_stock(event), event.reason.as_str()) {
        (true, _) => letter.with(Part::Sentence(
            "We are sorry: we do not have enough of what you ordered, so we had to cancel your order."
                .to_owned(),
        )),
        (false, ON_REQUEST) => letter.with(Part::Sentence(
            "Your order was cancelled, as was asked for.".to_owned(),
        )),
        (false, reason) => letter
            .with(Part::Sentence("Your order was cancelled.".to_owned()))
            .with(Part::Facts(vec![("Reason", reason.to_owned())])),
    };
    let letter = if event.shortages.is_empty() {
        letter
    } else {
        letter.with(Part::Lines {
            heading: "What was short",
            lines: event.shortages.iter().map(in_words).collect(),
        })
    };
    letter.with(Part::Sentence("Nothing will be sent to you.".to_owned()))
}

/// By its code. An event from before there were codes has only its reason, where a person may have written the same text: then nothing
/// was short.
fn is_for_want_of_stock(event: &OrderCancelled) -> bool {
    match &event.code {
        Some(code) => code == OUT_OF_STOCK,
        None => event.reason == OUT_OF_STOCK && !event.shortages.is_empty(),
    }
}

/// An event from before shortages had names has only the product's id.
fn in_words(shortage: &Shortage) -> String {
    let left = match shortage.available {
        0 => "none is left".to_owned(),
        1 => "one is left".to_owned(),
        available => format!("{available} are left"),
    };
    match &shortage.product_name {
        Some(name) => format!("{name}: you ordered {} and {left}", shortage.requested),
        None => format!(
            "You ordered {} and {left} (product {})",
            shortage.requested, shortage.product_id
        ),
    }
}
