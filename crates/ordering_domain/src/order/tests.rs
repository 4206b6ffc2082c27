//! Placing an order and changing its lines, each at the edge of its rules.

mod builders;
mod lifecycle;
mod shipping_address;
mod steps;

use shared_kernel::{AggregateRoot, Currency, Money, Quantity, Refusal, Version};

use self::builders::{LONDON, NOTHING_LISTED, a_line, an_order, at, id, usd};
use super::*;
use crate::rules::{
    closed_customers_place_no_orders::CustomerClosed, lines_are_named_by_id::UnknownLine,
    one_currency::OneCurrency, order_line_limit::OrderLineLimit, order_total_limit::OrderTotalLimit,
};
use crate::{PriceListEntry, ProductStatus};

fn last_event(order: &Order) -> OrderEvent {
    let (_, event) = order.changes().events().last().unwrap();
    event.clone()
}

fn refused_without_a_trace(
    order: &mut Order,
    operation: impl Fn(&mut Order) -> Result<(), OrderError>,
) -> OrderError {
    let (record, version) = (order.record().clone(), order.version());
    let error = operation(order).unwrap_err();
    assert_eq!(order.record(), &record);
    assert_eq!(order.version(), version);
    error
}

#[test]
fn a_placed_order_is_pending_and_at_its_first_version() {
    let order = an_order().with_line("19.99", 2).placed();
    assert_eq!(order.record().status, OrderStatus::Pending);
    assert_eq!(order.record().allocation, Allocation::None);
    assert_eq!(order.record().total(), Ok(usd("39.98")));
    assert_eq!(order.version(), Version::FIRST);
    let lines = order.record().lines.clone();
    assert_eq!(
        last_event(&order),
        OrderEvent::Placed {
            lines,
            total: usd("39.98")
        }
    );
}

#[test]
fn an_order_may_begin_without_lines() {
    assert_eq!(an_order().placed().record().total(), Ok(usd("0")));
}

#[test]
fn an_order_of_exactly_10_000_is_accepted_and_a_cent_more_is_not() {
    assert!(an_order().with_line("5000.00", 2).try_placed().is_ok());
    let error = an_order()
        .with_line("5000.00", 2)
        .with_line("0.01", 1)
        .try_placed()
        .unwrap_err();
    let limit = OrderTotalLimit {
        total: usd("10000.01"),
        limit: usd("10000.00"),
    };
    assert_eq!(error, limit.into());
}

#[test]
fn fifty_lines_are_accepted_and_fifty_one_are_not() {
    let fifty = (0..50).fold(an_order(), |order, _| order.with_line("1.00", 1));
    let mut order = fifty.clone().placed();
    let limit = OrderLineLimit { lines: 51, limit: 50 };
    assert_eq!(fifty.with_line("1.00", 1).try_placed().unwrap_err(), limit.into());
    let error = refused_without_a_trace(&mut order, |order| order.add_line(a_line(60, "1.00", 1), at(1)));
    assert_eq!(error, limit.into());
}

#[test]
fn a_line_in_another_currency_is_refused() {
    let mut line = a_line(9, "1.00", 1);
    line.unit_price = Money::parse("1.00", Currency::Eur).unwrap();
    let mut order = an_order().placed();
    let error = refused_without_a_trace(&mut order, |order| order.add_line(line.clone(), at(1)));
    assert_eq!(
        error,
        OneCurrency {
            order: Currency::Usd,
            line: Currency::Eur
        }
        .into()
    );
}

#[test]
fn a_price_beyond_reckoning_is_refused_and_not_wrapped() {
    let mut order = an_order().placed();
    let error = refused_without_a_trace(&mut order, |order| {
        order.add_line(a_line(1, "92233720368547758.07", 1_000_000), at(1))
    });
    assert_eq!(Refusal::from(error).code, "money_out_of_range");
}

#[test]
fn a_line_without_a_name_is_refused() {
    let mut line = a_line(1, "1.00", 1);
    line.product_name = "  ".to_owned();
    let mut order = an_order().placed();
    let error = refused_without_a_trace(&mut order, |order| order.add_line(line.clone(), at(1)));
    assert_eq!(Refusal::from(error).code, "text_missing");
}

#[test]
fn a_closed_customer_places_no_orders_and_an_unknown_one_does() {
    let mut customer = Customer::register(id(1).parse().unwrap(), "ada@example.com".parse().unwrap());
    assert!(an_order().try_placed_by(Some(&customer)).is_ok());
    customer.close();
    let error = an_order().try_placed_by(Some(&customer)).unwrap_err();
    assert_eq!(
        error,
        CustomerClosed {
            customer_id: customer.id()
        }
        .into()
    );
    assert!(an_order().try_placed_by(None).is_ok());
}

#[test]
fn lines_are_added_changed_and_removed_while_the_order_is_pending() {
    let mut order = an_order().with_line("10.00", 1).placed();
    order.add_line(a_line(7, "5.00", 2), at(1)).unwrap();
    assert_eq!(order.record().total(), Ok(usd("20.00")));
    let line_id = order.record().lines[0].id;
    order
        .change_quantity(line_id, Quantity::new(3).unwrap(), &NOTHING_LISTED, at(2))
        .unwrap();
    assert_eq!(order.record().total(), Ok(usd("40.00")));
    order.remove_line(line_id, at(3)).unwrap();
    assert_eq!(order.record().total(), Ok(usd("10.00")));
    assert_eq!(order.version(), Version::new(4));
    assert_eq!(order.record().updated_at, at(3));
    assert_eq!(order.record().placed_at, at(0));
}

#[test]
fn more_of_a_line_than_the_limit_allows_is_refused() {
    let mut order = an_order().with_line("100.00", 100).placed();
    let line_id = order.record().lines[0].id;
    let error = refused_without_a_trace(&mut order, |order| {
        order.change_quantity(line_id, Quantity::new(101).unwrap(), &NOTHING_LISTED, at(1))
    });
    assert_eq!(Refusal::from(error).code, "order_total_limit");
}

#[test]
fn a_line_that_is_not_there_can_be_neither_changed_nor_removed() {
    let mut order = an_order().with_line("1.00", 1).placed();
    let line_id = a_line(9, "1.00", 1).id;
    let unknown = OrderError::from(UnknownLine { line_id });
    let one = Quantity::new(1).unwrap();
    assert_eq!(
        refused_without_a_trace(&mut order, |order| order.remove_line(line_id, at(1))),
        unknown
    );
    let error = refused_without_a_trace(&mut order, |order| {
        order.change_quantity(line_id, one, &NOTHING_LISTED, at(1))
    });
    assert_eq!(error, unknown);
}

#[test]
fn more_of_a_line_is_asked_for_like_a_new_one_and_less_is_not() {
    let mut order = an_order().with_line("10.00", 5).placed();
    let line = order.record().lines[0].clone();
    let list = [PriceListEntry {
        product_id: line.product_id,
        name: line.product_name.clone(),
        list_price: usd("11.00"),
        status: ProductStatus::Listed,
    }];
    let dearer = Terms {
        price_list: &list,
        ..NOTHING_LISTED
    };
    let units = |count| Quantity::new(count).unwrap();
    let error = refused_without_a_trace(&mut order, |order| {
        order.change_quantity(line.id, units(6), &dearer, at(1))
    });
    assert!(matches!(error, OrderError::PricesChanged(_)), "{error:?}");
    for fewer in [5, 4] {
        order
            .change_quantity(line.id, units(fewer), &dearer, at(1))
            .unwrap();
    }
    order.remove_line(line.id, at(2)).unwrap();
}

#[test]
fn confirming_asks_again_for_every_line() {
    let mut order = an_order().with_line("10.00", 1).with_line("11.00", 1).placed();
    let second = order.record().lines[1].clone();
    let list = [PriceListEntry {
        product_id: second.product_id,
        name: second.product_name.clone(),
        list_price: usd("10.99"),
        status: ProductStatus::Listed,
    }];
    let cheaper = Terms {
        price_list: &list,
        ..NOTHING_LISTED
    };
    let error = refused_without_a_trace(&mut order, |order| {
        order.confirm(LONDON.address(), &cheaper, at(1))
    });
    assert!(matches!(error, OrderError::PricesChanged(_)), "{error:?}");
    // Lines at outdated prices are removed and added again at the new ones.
    order.remove_line(second.id, at(2)).unwrap();
    order
        .add_line(
            OrderLine {
                id: a_line(9, "10.99", 1).id,
                unit_price: usd("10.99"),
                ..second
            },
            at(3),
        )
        .unwrap();
    order.confirm(LONDON.address(), &cheaper, at(4)).unwrap();
    assert_eq!(order.record().total(), Ok(usd("20.99")));
}
