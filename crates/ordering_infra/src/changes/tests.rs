//! Only what is different is written.

use ordering_domain::{LineKind, OrderLine, OrderReference, Placement};
use shared_kernel::{Currency, LineStock, Money, Quantity, Timestamp};

use super::*;
use crate::test_orders::NOTHING_LISTED;

fn now() -> Timestamp {
    Timestamp::from_microseconds(1_767_225_600_000_000).unwrap()
}

fn a_line(number: u8) -> OrderLine {
    OrderLine {
        id: format!("0197b2c4-6d00-7000-8000-0000000001{number:02}")
            .parse()
            .unwrap(),
        product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
        product_name: "Teapot".to_owned(),
        quantity: Quantity::new(1).unwrap(),
        unit_price: Money::parse("1.00", Currency::Usd).unwrap(),
        kind: LineKind::Listed,
        stock: LineStock::Asked,
    }
}

fn an_order_of(lines: u8) -> Order {
    let placement = Placement {
        id: "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap(),
        reference: OrderReference::from_random_bits([1, 2, 3, 4, 5]),
        customer_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
        currency: Currency::Usd,
        lines: (0..lines).map(a_line).collect(),
        placed_at: now(),
    };
    Order::place(placement, None).unwrap()
}

/// An order as it is loaded after a new one was stored, with its lines.
fn loaded(lines: u8) -> (Order, Vec<StoredLine>) {
    let order = an_order_of(lines);
    let stored = order.record().lines.iter().cloned().zip(0..);
    let stored = stored.map(|(line, position)| StoredLine { position, line });
    (
        Order::rehydrate(order.record().clone(), order.version()),
        stored.collect(),
    )
}

fn changed(order: Order, stored_lines: Vec<StoredLine>) -> OrderChange {
    OrderChange::of(&store::OrderChange { order, stored_lines }).unwrap()
}

#[test]
fn a_new_order_is_inserted_with_all_its_lines() {
    let change = changed(an_order_of(2), Vec::new());
    assert_eq!(change.write, RowWrite::Insert);
    let positions: Vec<_> = change
        .lines
        .iter()
        .map(|line| match line {
            LineChange::Insert(row) => row.position,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(positions, [0, 1]);
}

#[test]
fn a_change_that_leaves_the_lines_alone_writes_none() {
    let (mut order, stored) = loaded(3);
    order.cancel(None, now()).unwrap();
    let change = changed(order, stored);
    assert_eq!(change.write, RowWrite::Update { loaded_version: 1 });
    assert_eq!(change.row.version, 2);
    assert!(change.lines.is_empty());
}

#[test]
fn only_the_line_that_changed_is_updated() {
    let (mut order, stored) = loaded(3);
    let quantity = Quantity::new(7).unwrap();
    order
        .change_quantity(a_line(1).id, quantity, &NOTHING_LISTED, now())
        .unwrap();
    let after = OrderLineRow {
        quantity: 7,
        ..OrderLineRow::of(order.id(), 1, &a_line(1))
    };
    let change = changed(order, stored);
    assert_eq!(change.lines, [LineChange::Update(after)]);
}

#[test]
fn a_line_that_is_added_after_a_removal_stands_behind_all_the_others() {
    let (mut order, stored) = loaded(3);
    order.remove_line(a_line(0).id, now()).unwrap();
    order.add_line(a_line(9), now()).unwrap();
    let added = OrderLineRow::of(order.id(), 3, &a_line(9));
    let removed = OrderLineRow::of(order.id(), 0, &a_line(0));
    let change = changed(order, stored);
    assert_eq!(
        change.lines,
        [LineChange::Insert(added), LineChange::Delete(removed)]
    );
}
