//! Orders go into rows and back.

use shared_kernel::{LineStock, Timestamp, events::Shortage};

use super::*;
use crate::test_orders::NOTHING_LISTED;
use ordering_domain::{LineKind, OrderReference, Placement};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_microseconds(1_767_225_600_000_123)
        .unwrap()
        .plus_seconds(seconds)
}

fn a_line(number: u8) -> OrderLine {
    OrderLine {
        id: format!("0197b2c4-6d00-7000-8000-0000000001{number:02}")
            .parse()
            .unwrap(),
        product_id: format!("0197b2c4-6d00-7000-8000-0000000002{number:02}")
            .parse()
            .unwrap(),
        product_name: format!("Tëapot {number}"),
        quantity: Quantity::new(i64::from(number)).unwrap(),
        unit_price: Money::parse("19.99", Currency::Gbp).unwrap(),
        kind: LineKind::ALL[usize::from(number) % 2],
        stock: LineStock::ALL[usize::from(number) % 2],
    }
}

fn pending() -> Order {
    let placement = Placement {
        id: "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap(),
        reference: OrderReference::from_random_bits([1, 2, 3, 4, 5]),
        customer_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
        currency: Currency::Gbp,
        lines: vec![a_line(1), a_line(2)],
        placed_at: at(0),
    };
    Order::place(placement, None).unwrap()
}

fn confirmed() -> Order {
    let mut order = pending();
    let parts = AddressParts {
        street: "12 St James Square".to_owned(),
        city: "London".to_owned(),
        state: String::new(),
        postal_code: "SW1Y 4JH".to_owned(),
        country: "GB".to_owned(),
    };
    order
        .confirm(Address::new(parts).unwrap(), &NOTHING_LISTED, at(1))
        .unwrap();
    order
}

fn shipped() -> Order {
    let mut order = confirmed();
    order.stock_reserved(at(2));
    let shipment = Shipment {
        carrier: "Royal Mail".to_owned(),
        tracking_number: "RM1".to_owned(),
    };
    order.ship(shipment, at(2)).unwrap();
    order
}

fn released() -> Order {
    let mut order = confirmed();
    order.stock_reserved(at(2));
    order.cancel(None, at(3)).unwrap();
    order.stock_released(at(4));
    order
}

fn out_of_stock() -> Order {
    let mut order = confirmed();
    let shortage = Shortage {
        product_id: a_line(1).product_id,
        product_name: None,
        requested: a_line(1).quantity.get(),
        available: 0,
    };
    order.stock_rejected(vec![shortage], at(2));
    order
}

fn rows(order: &Order) -> (OrderRow, Vec<OrderLineRow>) {
    let lines = order.record().lines.iter().zip(0..);
    let lines = lines
        .map(|(line, position)| OrderLineRow::of(order.id(), position, line))
        .collect();
    (OrderRow::of(order).unwrap(), lines)
}

fn read(order: OrderRow, lines: Vec<OrderLineRow>) -> Result<StoredOrder, ReadError> {
    WholeOrder { order, lines }.try_into()
}

#[test]
fn an_order_in_every_state_goes_into_rows_and_back() {
    let mut cancelled = pending();
    cancelled
        .cancel(Some("changed my mind".to_owned()), at(1))
        .unwrap();
    let mut delivered = shipped();
    delivered.deliver(at(3)).unwrap();
    for order in [
        pending(),
        confirmed(),
        shipped(),
        delivered,
        cancelled,
        released(),
        out_of_stock(),
    ] {
        let (row, lines) = rows(&order);
        let StoredOrder { record, version, .. } = read(row, lines).unwrap();
        assert_eq!(&record, order.record());
        assert_eq!(version, order.version());
    }
}

#[test]
fn a_row_without_a_code_is_read_as_what_it_was() {
    let mut asked_for = pending();
    asked_for.cancel(Some("out_of_stock".to_owned()), at(1)).unwrap();
    let mut without_a_word = pending();
    without_a_word.cancel(None, at(1)).unwrap();
    for order in [asked_for, without_a_word, out_of_stock()] {
        let (row, lines) = rows(&order);
        let row = OrderRow {
            cancellation_code: None,
            ..row
        };
        let read = read(row, lines).unwrap();
        assert_eq!(&read.record, order.record());
    }
}

#[test]
fn a_version_before_reads_of_released_stock_what_it_knows() {
    let (row, _) = rows(&released());
    assert_eq!(
        (row.allocation.as_str(), row.stock_released_at),
        ("reserved", Some(row.updated_at))
    );
}

#[test]
fn money_is_minor_units_and_times_are_microseconds() {
    let (row, lines) = rows(&pending());
    assert_eq!((row.currency.as_str(), lines[0].unit_price), ("GBP", 1999));
    assert_eq!(row.placed_at, RowTime(1_767_225_600_000_123));
}

#[test]
fn a_row_that_orderly_never_wrote_is_not_guessed_at() {
    let (row, lines) = rows(&out_of_stock());
    let broken_rows = [
        OrderRow {
            status: "lost".to_owned(),
            ..row.clone()
        },
        OrderRow {
            allocation: String::new(),
            ..row.clone()
        },
        OrderRow {
            currency: "XTS".to_owned(),
            ..row.clone()
        },
        OrderRow {
            reference: "7K3M".to_owned(),
            ..row.clone()
        },
        OrderRow {
            shipping_city: None,
            ..row.clone()
        },
        OrderRow {
            cancellation_shortages: Some(RowJson("[".to_owned())),
            ..row.clone()
        },
        OrderRow {
            cancellation_reason: None,
            ..row.clone()
        },
        OrderRow {
            cancellation_code: Some("lost".to_owned()),
            ..row.clone()
        },
        OrderRow {
            carrier: Some("Royal Mail".to_owned()),
            ..row.clone()
        },
        OrderRow {
            placed_at: RowTime(i64::MAX),
            ..row.clone()
        },
        OrderRow {
            version: -1,
            ..row.clone()
        },
    ];
    for broken in broken_rows {
        assert!(read(broken.clone(), lines.clone()).is_err(), "{broken:?}");
    }
    for broken in [
        OrderLineRow {
            quantity: 0,
            ..lines[0].clone()
        },
        OrderLineRow {
            unit_price: -1,
            ..lines[0].clone()
        },
        OrderLineRow {
            kind: "free".to_owned(),
            ..lines[0].clone()
        },
    ] {
        assert!(read(row.clone(), vec![broken.clone()]).is_err(), "{broken:?}");
    }
}
