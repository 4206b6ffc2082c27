//! Orders for the tests of the engines.

use ordering_app::store;
use ordering_domain::{CustomLines, LineKind, Order, OrderLine, OrderReference, Placement, Terms};
use shared_kernel::{
    Currency, IdGenerator, LineStock, Money, OrderId, OrderLineId, Quantity, Timestamp,
    in_memory::CountingIds,
};

use crate::changes::OrderChange;

/// Terms on which no product was ever listed: every line is one of staff's own, and keeps its price.
pub(crate) const NOTHING_LISTED: Terms<'static> = Terms {
    currency: Currency::Usd,
    customer: None,
    price_list: &[],
    custom_lines: CustomLines::Refused,
};

/// A new order of so many lines. Two with the same number of lines have the same reference, so a database can hold only one.
pub(crate) fn an_order(ids: &CountingIds, lines: u8) -> Order {
    let line = |_| OrderLine {
        id: OrderLineId::new(ids.next_id()),
        product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
        product_name: "Teapot".to_owned(),
        quantity: Quantity::new(1).unwrap(),
        unit_price: Money::parse("1.00", Currency::Usd).unwrap(),
        kind: LineKind::Listed,
        stock: LineStock::Asked,
    };
    let placement = Placement {
        id: OrderId::new(ids.next_id()),
        reference: OrderReference::from_random_bits([lines; 5]),
        customer_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
        currency: Currency::Usd,
        lines: (0..lines).map(line).collect(),
        placed_at: Timestamp::from_microseconds(0).unwrap(),
    };
    Order::place(placement, None).unwrap()
}

/// The rows of an order of which no line is stored.
pub(crate) fn placed(order: &Order) -> OrderChange {
    let change = store::OrderChange {
        order: order.clone(),
        stored_lines: Vec::new(),
    };
    OrderChange::of(&change).unwrap()
}
