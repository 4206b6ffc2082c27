//! Orders for tests, in words.

use shared_kernel::{Currency, LineStock, Money, Quantity, Timestamp};

use crate::{
    Address, AddressParts, CustomLines, Customer, LineKind, Order, OrderError, OrderLine, OrderReference,
    Placement, Shipment, Terms,
};

/// The id with this number, as text.
pub(super) fn id(number: usize) -> String {
    format!("0197b2c4-6d00-7000-8000-{number:012x}")
}

/// So many seconds after the order was placed.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_microseconds(1_767_225_600_000_000)
        .unwrap()
        .plus_seconds(seconds)
}

pub(super) fn usd(amount: &str) -> Money {
    Money::parse(amount, Currency::Usd).unwrap()
}

/// Terms on which no product was ever listed: every line is one of staff's own, and keeps its price.
pub(super) const NOTHING_LISTED: Terms<'static> = Terms {
    currency: Currency::Usd,
    customer: None,
    price_list: &[],
    custom_lines: CustomLines::Refused,
};

pub(super) fn a_line(number: usize, unit_price: &str, quantity: i64) -> OrderLine {
    OrderLine {
        id: id(1000 + number).parse().unwrap(),
        product_id: id(2000 + number).parse().unwrap(),
        product_name: format!("Teapot {number}"),
        quantity: Quantity::new(quantity).unwrap(),
        unit_price: usd(unit_price),
        kind: LineKind::Listed,
        stock: LineStock::Asked,
    }
}

/// A town to send things to.
pub(super) struct Town {
    postal_code: &'static str,
    country: &'static str,
}

pub(super) const LONDON: Town = Town {
    postal_code: "SW1Y 4JH",
    country: "GB",
};

pub(super) const PARIS: Town = Town {
    postal_code: "75001",
    country: "FR",
};

impl Town {
    pub(super) fn address(&self) -> Address {
        Address::new(AddressParts {
            street: "12 St James Square".to_owned(),
            city: "London".to_owned(),
            state: String::new(),
            postal_code: self.postal_code.to_owned(),
            country: self.country.to_owned(),
        })
        .unwrap()
    }
}

#[derive(Clone)]
pub(super) struct AnOrder {
    lines: Vec<OrderLine>,
}

pub(super) const fn an_order() -> AnOrder {
    AnOrder { lines: Vec::new() }
}

impl AnOrder {
    pub(super) fn with_line(mut self, unit_price: &str, quantity: i64) -> Self {
        self.lines.push(a_line(self.lines.len(), unit_price, quantity));
        self
    }

    pub(super) fn try_placed_by(self, customer: Option<&Customer>) -> Result<Order, OrderError> {
        let placement = Placement {
            id: id(100).parse().unwrap(),
            reference: OrderReference::from_random_bits([1, 2, 3, 4, 5]),
            customer_id: id(1).parse().unwrap(),
            currency: Currency::Usd,
            lines: self.lines,
            placed_at: at(0),
        };
        Order::place(placement, customer)
    }

    pub(super) fn try_placed(self) -> Result<Order, OrderError> {
        self.try_placed_by(None)
    }

    pub(super) fn placed(self) -> Order {
        self.try_placed().unwrap()
    }

    pub(super) fn confirmed(self) -> Order {
        let mut order = self.placed();
        order.confirm(LONDON.address(), &NOTHING_LISTED, at(0)).unwrap();
        order
    }

    pub(super) fn reserved(self) -> Order {
        let mut order = self.confirmed();
        order.stock_reserved(at(0));
        order
    }

    pub(super) fn shipped(self) -> Order {
        let mut order = self.reserved();
        let shipment = Shipment {
            carrier: "Royal Mail".to_owned(),
            tracking_number: "RM123456789GB".to_owned(),
        };
        order.ship(shipment, at(0)).unwrap();
        order
    }
}
