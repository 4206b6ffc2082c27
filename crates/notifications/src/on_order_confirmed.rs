//! Reacts to `OrderConfirmed`: a mail with what was ordered, what it costs and its address.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::{
    Money,
    events::{OrderConfirmed, OrderedLine, PostalAddress},
};

use crate::{
    MailKind, Notifications,
    letter::{Goods, Letter, Part},
    sending::ToCustomer,
};

impl ReactsTo<OrderConfirmed> for Notifications {
    async fn react(&self, event: OrderConfirmed, meta: CommandMeta) -> Result<(), UseCaseError> {
        let to = ToCustomer {
            customer_id: event.customer_id,
            order_id: event.order_id,
            kind: MailKind::OrderConfirmed,
            letter: letter(&event),
        };
        self.send(to, meta).await
    }
}

fn letter(event: &OrderConfirmed) -> Letter {
    let goods = event.lines.iter().map(goods).collect();
    Letter::about(&event.reference, "confirmed")
        .with(Part::Sentence(
            "Thank you for your order. We have it, and we are getting it ready.".to_owned(),
        ))
        .with(Part::Goods {
            goods,
            total: event.total.to_string(),
        })
        .with(Part::Lines {
            heading: "It goes to",
            lines: address_lines(&event.shipping_address),
        })
        .with(Part::Sentence(
            "We write to you again when it is on its way.".to_owned(),
        ))
}

fn goods(line: &OrderedLine) -> Goods {
    // An order's total was summed from these, so they do not overflow; showing the unit price alone would be correct as well.
    let total = line.unit_price.times(line.quantity);
    Goods {
        name: line.product_name.clone(),
        quantity: line.quantity.get(),
        unit_price: line.unit_price.to_string(),
        total: total.as_ref().map_or_else(|_| String::new(), Money::to_string),
    }
}

/// Each part on a line of its own, since countries differ in the order of the parts.
fn address_lines(address: &PostalAddress) -> Vec<String> {
    let lines = [
        &address.street,
        &address.city,
        &address.state,
        &address.postal_code,
        &address.country,
    ];
    lines
        .into_iter()
        .filter(|line| !line.is_empty())
        .cloned()
        .collect()
}
