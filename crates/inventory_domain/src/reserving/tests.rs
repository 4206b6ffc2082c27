//! An order's stock, step by step. Random sequences are in `warehouse`.

use shared_kernel::{AggregateRoot, Version, events::Shortage};

use super::*;
use crate::{ReservationEvent, ReservationState, StockOutOfStep, StockRecord};

mod warehouse;

fn product(number: usize) -> ProductId {
    format!("0197b2c4-6d00-7000-8000-0000000001{number:02}")
        .parse()
        .unwrap()
}

fn line(number: usize, quantity: u32) -> ReservedLine {
    ReservedLine {
        product_id: product(number),
        quantity,
    }
}

fn at(microsecond: i64) -> Timestamp {
    Timestamp::from_microseconds(microsecond).unwrap()
}

fn request(order: usize, lines: Vec<ReservedLine>) -> ReservationRequest {
    ReservationRequest {
        reservation_id: format!("0197b2c4-6d00-7000-8000-00000003{order:04}")
            .parse()
            .unwrap(),
        order_id: format!("0197b2c4-6d00-7000-8000-00000002{order:04}")
            .parse()
            .unwrap(),
        lines,
        at: at(1),
    }
}

/// So many units of products 0, 1, 2…, none of them reserved.
fn stock(on_hand: &[u32]) -> Stock {
    let item = |(number, on_hand): (usize, &u32)| {
        let record = StockRecord {
            product_id: product(number),
            on_hand: *on_hand,
            reserved: 0,
        };
        (product(number), StockItem::rehydrate(record, Version::FIRST))
    };
    on_hand.iter().enumerate().map(item).collect()
}

/// What is on hand and what is reserved, product by product.
fn numbers(stock: &Stock) -> Vec<(u32, u32)> {
    let numbers = |item: &StockItem| (item.record().on_hand, item.record().reserved);
    stock.values().map(numbers).collect()
}

#[test]
fn an_order_is_reserved_with_one_line_for_each_product() {
    let mut stock = stock(&[5, 5]);
    let reservation = reserve(request(1, vec![line(1, 2), line(0, 1), line(1, 3)]), &mut stock).unwrap();
    assert_eq!(reservation.record().state, ReservationState::Held);
    assert_eq!(reservation.record().lines, [line(0, 1), line(1, 5)]);
    assert_eq!(numbers(&stock), [(5, 1), (5, 5)]);
    assert_eq!(reservation.version(), Version::FIRST);
}

#[test]
fn two_lines_of_a_product_that_each_fit_but_not_together_are_rejected() {
    let mut stock = stock(&[5, 5]);
    let reservation = reserve(request(1, vec![line(0, 3), line(1, 1), line(0, 3)]), &mut stock).unwrap();
    let short = Shortage {
        product_id: product(0),
        product_name: None,
        requested: 6,
        available: 5,
    };
    assert_eq!(reservation.record().state.shortages(), [short]);
    assert_eq!(
        numbers(&stock),
        [(5, 0), (5, 0)],
        "something is held all the same"
    );
    assert!(stock.values().all(|item| item.changes().is_empty()));
}

#[test]
fn what_is_released_is_free_again_and_once_is_enough() {
    let mut stock = stock(&[5]);
    let mut reservation = reserve(request(1, vec![line(0, 3)]), &mut stock).unwrap();
    release(&mut reservation, &mut stock, at(2)).unwrap();
    assert_eq!(numbers(&stock), [(5, 0)]);
    release(&mut reservation, &mut stock, at(3)).unwrap();
    fulfil(&mut reservation, &mut stock, at(4)).unwrap();
    assert_eq!(numbers(&stock), [(5, 0)]);
    assert_eq!(reservation.version(), Version::new(2));
    assert_eq!(reservation.record().updated_at, at(2));
}

#[test]
fn what_is_shipped_leaves_the_house_and_the_ledger_says_for_whom() {
    let mut stock = stock(&[5]);
    let mut reservation = reserve(request(1, vec![line(0, 3)]), &mut stock).unwrap();
    fulfil(&mut reservation, &mut stock, at(2)).unwrap();
    release(&mut reservation, &mut stock, at(3)).unwrap();
    assert_eq!(numbers(&stock), [(2, 0)]);
    let events: Vec<_> = reservation.changes().events().map(|(_, event)| event).collect();
    assert_eq!(
        events,
        [&ReservationEvent::Reserved, &ReservationEvent::Committed]
    );
    let item = stock.get(&product(0)).unwrap();
    let (version, entry) = item.ledger_entries().next().unwrap();
    assert_eq!(
        (version, entry.delta, &*entry.reason),
        (Version::new(3), -3, "shipped")
    );
    assert_eq!(entry.by, crate::ChangedBy::Order(reservation.record().order_id));
}

#[test]
fn a_rejected_reservation_has_nothing_to_release_or_ship() {
    let mut stock = stock(&[1]);
    let mut reservation = reserve(request(1, vec![line(0, 3)]), &mut stock).unwrap();
    release(&mut reservation, &mut stock, at(2)).unwrap();
    fulfil(&mut reservation, &mut stock, at(2)).unwrap();
    assert_eq!(numbers(&stock), [(1, 0)]);
    assert_eq!(reservation.version(), Version::FIRST);
}

#[test]
fn stock_that_drifted_is_not_touched() {
    let mut reserved = stock(&[5, 5]);
    let mut reservation = reserve(request(1, vec![line(0, 1), line(1, 3)]), &mut reserved).unwrap();
    let mut drifted = stock(&[5, 5]);
    drifted.get_mut(&product(0)).unwrap().hold(1).unwrap();
    let out_of_step = StockError::from(StockOutOfStep {
        product_id: product(1),
        held: 3,
        reserved: 0,
    });
    assert_eq!(release(&mut reservation, &mut drifted, at(2)), Err(out_of_step));
    assert_eq!(fulfil(&mut reservation, &mut drifted, at(2)), Err(out_of_step));
    assert_eq!(numbers(&drifted), [(5, 1), (5, 0)]);
    assert_eq!(reservation.record().state, ReservationState::Held);
}
