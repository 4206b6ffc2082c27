//! Where an order is shipped to, and until when that can change.

use shared_kernel::AggregateRoot;

use super::{
    builders::{LONDON, NOTHING_LISTED, PARIS, an_order, at},
    last_event, refused_without_a_trace,
};
use crate::{order::*, rules::only_confirmed_orders_change_address::AddressNotChangeable};

#[test]
fn a_confirmed_order_goes_to_another_address_until_it_is_shipped() {
    let mut order = an_order().with_line("1.00", 1).placed();
    let elsewhere = || PARIS.address();
    let too_early = refused_without_a_trace(&mut order, |order| {
        order.change_shipping_address(elsewhere(), at(1))
    });
    order.confirm(LONDON.address(), &NOTHING_LISTED, at(1)).unwrap();
    order.change_shipping_address(elsewhere(), at(2)).unwrap();
    assert_eq!(order.record().shipping_address, Some(elsewhere()));
    let changed = OrderEvent::AddressChanged {
        shipping_address: elsewhere(),
    };
    assert_eq!(last_event(&order), changed);
    let version = order.version();
    order.change_shipping_address(elsewhere(), at(3)).unwrap();
    assert_eq!(order.version(), version);
    order.stock_reserved(at(3));
    let shipment = Shipment {
        carrier: "Royal Mail".to_owned(),
        tracking_number: "RM123456789GB".to_owned(),
    };
    order.ship(shipment, at(4)).unwrap();
    let too_late = refused_without_a_trace(&mut order, |order| {
        order.change_shipping_address(elsewhere(), at(5))
    });
    let refused = |status| OrderError::from(AddressNotChangeable { status });
    assert_eq!(
        [too_early, too_late],
        [refused(OrderStatus::Pending), refused(OrderStatus::Shipped)]
    );
}
