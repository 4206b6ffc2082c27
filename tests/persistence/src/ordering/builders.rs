//! Orders as contracts write them down.

use ordering_domain::{
    Address, AddressParts, CustomLines, LineKind, Order, OrderLine, OrderReference, Placement, Shipment,
    Terms,
};
use shared_kernel::{
    Currency, CustomerId, LineStock, Money, OrderId, OrderLineId, ProductId, Quantity, Timestamp,
    events::Shortage,
};

use crate::seams::Seams;

/// An order about to be placed.
pub(crate) struct OrderBuilder<'a> {
    seams: &'a Seams,
    placement: Placement,
}

/// An order in euros with one line, by a customer of its own.
pub(crate) fn an_order(seams: &Seams) -> OrderBuilder<'_> {
    let [a, b, c, d, e, ..] = seams.random_bytes();
    let placement = Placement {
        id: OrderId::new(seams.next_id()),
        reference: OrderReference::from_random_bits([a, b, c, d, e]),
        customer_id: CustomerId::new(seams.next_id()),
        currency: Currency::Eur,
        lines: vec![a_line(seams, Currency::Eur)],
        placed_at: seams.now(),
    };
    OrderBuilder { seams, placement }
}

impl OrderBuilder<'_> {
    pub(crate) fn with_id(mut self, id: OrderId) -> Self {
        self.placement.id = id;
        self
    }

    pub(crate) fn by(mut self, customer_id: CustomerId) -> Self {
        self.placement.customer_id = customer_id;
        self
    }

    pub(crate) fn referred_to_as(mut self, reference: OrderReference) -> Self {
        self.placement.reference = reference;
        self
    }

    pub(crate) fn placed_at(mut self, time: Timestamp) -> Self {
        self.placement.placed_at = time;
        self
    }

    pub(crate) fn with_lines(mut self, currency: Currency, count: usize) -> Self {
        self.placement.currency = currency;
        self.placement.lines = (0..count).map(|_| a_line(self.seams, currency)).collect();
        self
    }

    pub(crate) fn with_line(mut self, line: OrderLine) -> Self {
        self.placement.lines = vec![line];
        self
    }

    pub(crate) fn place(self) -> Order {
        Order::place(self.placement, None).unwrap()
    }
}

/// Terms on which no product was ever listed: every line is one of staff's own, and keeps its price.
pub(crate) const NOTHING_LISTED: Terms<'static> = Terms {
    currency: Currency::Eur,
    customer: None,
    price_list: &[],
    custom_lines: CustomLines::Refused,
};

pub(crate) fn a_line(seams: &Seams, currency: Currency) -> OrderLine {
    OrderLine {
        id: OrderLineId::new(seams.next_id()),
        product_id: ProductId::new(seams.next_id()),
        product_name: "Teapot".to_owned(),
        quantity: Quantity::new(3).unwrap(),
        unit_price: Money::from_minor_units(19_99, currency).unwrap(),
        kind: LineKind::Listed,
        stock: LineStock::Asked,
    }
}

pub(crate) fn an_address() -> Address {
    Address::new(AddressParts {
        street: "Übergasse 12 \"Hof\" — 2. Stock".to_owned(),
        city: "Wałbrzych 東京".to_owned(),
        state: String::new(),
        postal_code: "58-300".to_owned(),
        country: "PL".to_owned(),
    })
    .unwrap()
}

pub(crate) fn a_shipment() -> Shipment {
    Shipment {
        carrier: "Kuriér & Söhne".to_owned(),
        tracking_number: "JD 0001 'x'".to_owned(),
    }
}

pub(crate) fn some_shortages(seams: &Seams) -> Vec<Shortage> {
    let shortage = |requested, available| Shortage {
        product_id: ProductId::new(seams.next_id()),
        product_name: None,
        requested,
        available,
    };
    vec![shortage(3, 0), shortage(2_000_000, u32::MAX)]
}
