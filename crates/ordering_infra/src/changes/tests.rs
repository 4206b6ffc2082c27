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

/// An order as it is loaded from the rows of a new one.
fn loaded(lines: u8) -> (Order, Vec<OrderLineRow>) {
    let order = an_order_of(lines);
    let rows = order.record().lines.iter().zip(0..);
    let rows = rows
        .map(|(line, position)| OrderLineRow::of(order.id(), position, line))
        .collect();
    (Order::rehydrate(order.record().clone(), order.version()), rows)
}

#[test]
fn a_new_order_is_inserted_with_all_its_lines() {
    let change = OrderChange::of(&an_order_of(2), &[]).unwrap();
    assert_eq!(change.write, Write::Insert);
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
    let (mut order, rows) = loaded(3);
    order.cancel(None, now()).unwrap();
    let change = OrderChange::of(&order, &rows).unwrap();
    assert_eq!(change.write, Write::Update { loaded_version: 1 });
    assert_eq!(change.row.version, 2);
    assert!(change.lines.is_empty());
}

#[test]
fn only_the_line_that_changed_is_updated() {
    let (mut order, rows) = loaded(3);
    let quantity = Quantity::new(7).unwrap();
    order
        .change_quantity(a_line(1).id, quantity, &NOTHING_LISTED, now())
        .unwrap();
    let after = OrderLineRow {
        quantity: 7,
        ..rows[1].clone()
    };
    let change = OrderChange::of(&order, &rows).unwrap();
    assert_eq!(change.lines, [LineChange::Update(after)]);
}

#[test]
fn a_line_that_is_added_after_a_removal_stands_behind_all_the_others() {
    let (mut order, rows) = loaded(3);
    order.remove_line(a_line(0).id, now()).unwrap();
    order.add_line(a_line(9), now()).unwrap();
    let change = OrderChange::of(&order, &rows).unwrap();
    let added = OrderLineRow::of(order.id(), 3, &a_line(9));
    assert_eq!(
        change.lines,
        [LineChange::Insert(added), LineChange::Delete(rows[0].clone())]
    );
}
