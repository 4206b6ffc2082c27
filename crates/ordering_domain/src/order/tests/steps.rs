//! The steps of an order's life, each in and out of turn.

use shared_kernel::{AggregateRoot, LineStock, Quantity, Refusal, RefusalKind, Version, events::Shortage};

use super::{
    builders::{LONDON, NOTHING_LISTED, a_line, an_order, at, usd},
    last_event, refused_without_a_trace,
};
use crate::{
    CancellationCode,
    order::*,
    rules::{
        an_order_is_confirmed_once::OrderAlreadyConfirmed,
        confirming_needs_lines::OrderWithoutLines,
        only_confirmed_orders_ship::OrderNotConfirmed,
        only_pending_or_confirmed_orders_are_cancelled::{OrderAlreadyCancelled, OrderCannotBeCancelled},
        only_pending_orders_change::OrderNotPending,
        only_shipped_orders_are_delivered::OrderNotShipped,
        shipping_needs_reserved_stock::StockNotReserved,
    },
};

fn by_road() -> Shipment {
    Shipment {
        carrier: "Royal Mail".to_owned(),
        tracking_number: "RM123456789GB".to_owned(),
    }
}

#[test]
fn adding_to_a_confirmed_order_is_refused_and_so_is_every_other_change_of_lines() {
    let mut order = an_order().with_line("1.00", 1).confirmed();
    let line_id = order.record().lines[0].id;
    let not_pending = OrderError::from(OrderNotPending {
        status: OrderStatus::Confirmed,
    });
    let one = Quantity::new(1).unwrap();
    let add = refused_without_a_trace(&mut order, |order| order.add_line(a_line(9, "1.00", 1), at(1)));
    let remove = refused_without_a_trace(&mut order, |order| order.remove_line(line_id, at(1)));
    let change = refused_without_a_trace(&mut order, |order| {
        order.change_quantity(line_id, one, &NOTHING_LISTED, at(1))
    });
    assert_eq!(
        [add, remove, change],
        [not_pending.clone(), not_pending.clone(), not_pending]
    );
}

/// Something that is done to an order.
type Step = fn(&mut Order) -> Result<(), OrderError>;

#[test]
fn each_step_out_of_turn_has_an_error_of_its_own() {
    let confirm: Step = |order| order.confirm(LONDON.address(), &NOTHING_LISTED, at(1));
    let cancel: Step = |order| order.cancel(None, at(1));
    let ship: Step = |order| order.ship(by_road(), at(1));
    let deliver: Step = |order| order.deliver(at(1));
    let filled = || an_order().with_line("1.00", 1);
    let mut cancelled = an_order().placed();
    cancel(&mut cancelled).unwrap();
    let mut delivered = filled().shipped();
    deliver(&mut delivered).unwrap();
    let status = OrderStatus::Confirmed;
    for (order, step, expected) in [
        (an_order().placed(), confirm, OrderError::from(OrderWithoutLines)),
        (
            filled().confirmed(),
            confirm,
            OrderAlreadyConfirmed { status }.into(),
        ),
        (filled().confirmed(), deliver, OrderNotShipped { status }.into()),
        (filled().placed(), ship, not_confirmed(OrderStatus::Pending)),
        (filled().shipped(), ship, not_confirmed(OrderStatus::Shipped)),
        (cancelled, cancel, OrderAlreadyCancelled.into()),
        (filled().shipped(), cancel, not_cancelled(OrderStatus::Shipped)),
        (delivered, cancel, not_cancelled(OrderStatus::Delivered)),
    ] {
        let mut order = order;
        assert_eq!(refused_without_a_trace(&mut order, step), expected);
    }
}

fn not_confirmed(status: OrderStatus) -> OrderError {
    OrderNotConfirmed { status }.into()
}

fn not_cancelled(status: OrderStatus) -> OrderError {
    OrderCannotBeCancelled { status }.into()
}

#[test]
fn cancelling_keeps_a_persons_words_beside_the_code_whatever_they_are() {
    for reason in [
        Some("found it cheaper".to_owned()),
        Some("out_of_stock".to_owned()),
        None,
    ] {
        let mut order = an_order().with_line("1.00", 1).confirmed();
        order.cancel(reason.clone(), at(1)).unwrap();
        let cancellation = order.record().cancellation.clone().unwrap();
        assert_eq!(cancellation.code, CancellationCode::OnRequest);
        assert_eq!(cancellation.reason, reason);
        assert_eq!(last_event(&order), OrderEvent::Cancelled { cancellation });
    }
}

#[test]
fn a_shipment_names_its_carrier() {
    let mut order = an_order().with_line("1.00", 1).reserved();
    let nobody = Shipment {
        carrier: String::new(),
        ..by_road()
    };
    let error = refused_without_a_trace(&mut order, |order| order.ship(nobody.clone(), at(1)));
    assert_eq!(Refusal::from(error).kind, RefusalKind::Value);
}

#[test]
fn an_order_whose_stock_is_only_asked_for_does_not_ship() {
    let mut order = an_order().with_line("1.00", 1).confirmed();
    let error = refused_without_a_trace(&mut order, |order| order.ship(by_road(), at(1)));
    assert_eq!(
        error,
        StockNotReserved {
            allocation: Allocation::Requested
        }
        .into()
    );
    order.stock_reserved(at(2));
    assert!(order.ship(by_road(), at(3)).is_ok());
}

#[test]
fn an_order_confirmed_before_there_was_an_inventory_ships() {
    let mut record = an_order().with_line("1.00", 1).confirmed().record().clone();
    record.allocation = Allocation::None;
    let mut order = Order::rehydrate(record, Version::new(2));
    assert!(order.ship(by_road(), at(1)).is_ok());
}

#[test]
fn news_of_stock_that_comes_too_late_changes_nothing() {
    let mut order = an_order().with_line("1.00", 1).confirmed();
    order.cancel(None, at(1)).unwrap();
    let version = order.version();
    order.stock_reserved(at(2));
    assert_eq!(order.version(), version);
    assert_eq!(order.record().allocation, Allocation::Requested);
    order.stock_released(at(3));
    let version = order.version();
    order.stock_reserved(at(4));
    order.stock_rejected(Vec::new(), at(4));
    order.stock_released(at(4));
    assert_eq!(order.version(), version);
}

/// Inventory's events about an order.
type News = fn(&mut Order, Timestamp);

#[test]
fn however_cancelling_meets_the_news_of_stock_it_ends_released_if_stock_was_held_and_none_if_not() {
    let cancel: News = |order, at| order.cancel(None, at).unwrap();
    let rejected: News = |order, at| order.stock_rejected(Vec::new(), at);
    let (reserved, released): (News, News) = (Order::stock_reserved, Order::stock_released);
    let confirmed = || an_order().with_line("1.00", 1).confirmed();
    for (order, news, expected) in [
        (an_order().placed(), &[cancel][..], Allocation::None),
        (confirmed(), &[reserved, cancel, released], Allocation::Released),
        (confirmed(), &[cancel, reserved, released], Allocation::Released),
        // They come from two consumers, of which one may be behind.
        (confirmed(), &[cancel, released, reserved], Allocation::Released),
        (confirmed(), &[cancel, rejected], Allocation::None),
    ] {
        let mut order = order;
        for (step, time) in news.iter().zip(1..) {
            step(&mut order, at(time));
        }
        assert_eq!(order.record().status, OrderStatus::Cancelled);
        assert_eq!(order.record().allocation, expected);
        assert_eq!(order.record().cancellation, Some(Cancellation::on_request(None)));
    }
}

#[test]
fn what_is_held_is_not_released_while_the_order_stands() {
    let mut order = an_order().with_line("1.00", 1).reserved();
    let version = order.version();
    order.stock_released(at(2));
    assert_eq!(
        (order.version(), order.record().allocation),
        (version, Allocation::Reserved)
    );
}

#[test]
fn rejected_stock_cancels_the_order_and_keeps_what_was_short_by_its_name_on_the_order() {
    let mut order = an_order().with_line("1.00", 2).confirmed();
    let shortages = vec![Shortage {
        product_id: order.record().lines[0].product_id,
        product_name: None,
        requested: 2,
        available: 1,
    }];
    order.stock_rejected(shortages.clone(), at(1));
    assert_eq!(order.record().status, OrderStatus::Cancelled);
    assert_eq!(order.record().allocation, Allocation::Rejected);
    let product_name = Some(order.record().lines[0].product_name.clone());
    let named = shortages.into_iter().map(|shortage| Shortage {
        product_name: product_name.clone(),
        ..shortage
    });
    let cancellation = Cancellation::out_of_stock(named.collect());
    assert_eq!(last_event(&order), OrderEvent::Cancelled { cancellation });
}

#[test]
fn an_order_from_before_a_limit_stays_readable_and_can_still_be_cancelled() {
    let mut record = an_order().with_line("1.00", 1).placed().record().clone();
    record.lines[0].unit_price = usd("20000.00");
    let mut order = Order::rehydrate(record, Version::FIRST);
    assert_eq!(order.record().total(), Ok(usd("20000.00")));
    order.cancel(None, at(1)).unwrap();
    assert_eq!(order.version(), Version::new(2));
}

#[test]
fn an_order_that_asks_for_no_stock_is_confirmed_and_ships_without_any() {
    let fee = OrderLine {
        stock: LineStock::NotAsked,
        ..a_line(1, "4.90", 1)
    };
    let mut with_a_pot = an_order().with_line("1.00", 1).placed();
    with_a_pot.add_line(fee.clone(), at(1)).unwrap();
    let mut fee_only = an_order().placed();
    fee_only.add_line(fee, at(1)).unwrap();
    for (order, allocation, ships) in [
        (&mut with_a_pot, Allocation::Requested, false),
        (&mut fee_only, Allocation::None, true),
    ] {
        order.confirm(LONDON.address(), &NOTHING_LISTED, at(2)).unwrap();
        assert_eq!(order.record().allocation, allocation);
        let shipment = Shipment {
            carrier: "Royal Mail".to_owned(),
            tracking_number: "RM1".to_owned(),
        };
        assert_eq!(order.ship(shipment, at(3)).is_ok(), ships);
    }
}
