//! What happens to an order's stock at each of the order's steps.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use serde_json::json;
use shared_kernel::{IdGenerator, OrderId, Version};

use super::warehouse::{Warehouse, code, confirmed, everything};

/// The types of the events about an order's reservation, oldest first.
fn events_of(here: &Warehouse, order_id: OrderId) -> Vec<String> {
    let events = here.store.events().into_iter();
    let about_it = events.filter(|event| event.data["order_id"] == json!(order_id));
    about_it.map(|event| event.event_type).collect()
}

#[tokio::test]
async fn a_confirmed_order_has_its_stock_held() {
    let here = Warehouse::new();
    let (pot, cosy) = (here.product(5).await, here.product(5).await);
    let order = here.new_order();
    here.confirm(order, &[(cosy, 2), (pot, 1), (cosy, 1)])
        .await
        .unwrap();
    assert_eq!(here.numbers(pot).await, (5, 1));
    assert_eq!(here.numbers(cosy).await, (5, 3));
    let reservation = here.reservation(order).await.unwrap();
    assert_eq!((&*reservation.state, reservation.lines.len()), ("held", 2));
    assert_eq!(events_of(&here, order), ["StockReserved"]);
    here.agrees().await;
}

#[tokio::test]
async fn a_fee_is_not_looked_for_in_stock() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    let order = here.new_order();
    here.confirm_with_a_fee(order, &[(pot, 2)]).await.unwrap();
    assert_eq!(here.numbers(pot).await, (5, 2));
    let reservation = here.reservation(order).await.unwrap();
    assert_eq!((&*reservation.state, reservation.lines.len()), ("held", 1));
    here.agrees().await;
}

#[tokio::test]
async fn an_order_of_a_fee_alone_has_no_reservation_whatever_becomes_of_it() {
    let here = Warehouse::new();
    for shipped in [true, false] {
        let order = here.new_order();
        here.confirm_with_a_fee(order, &[]).await.unwrap();
        let again = here.confirm_with_a_fee(order, &[]).await;
        assert!(again.is_err(), "its position has moved: {again:?}");
        if shipped {
            here.ship(order).await.unwrap();
        } else {
            here.cancel(order).await.unwrap();
        }
        assert_eq!(here.state_of(order).await, None);
        assert_eq!(events_of(&here, order).len(), 0);
    }
    here.agrees().await;
}

#[tokio::test]
async fn an_order_that_is_short_of_anything_gets_nothing_and_is_told_of_everything() {
    let here = Warehouse::new();
    let (pot, cosy) = (here.product(5).await, here.product(2).await);
    let order = here.new_order();
    here.confirm(order, &[(pot, 3), (cosy, 3), (pot, 3)])
        .await
        .unwrap();
    let reservation = here.reservation(order).await.unwrap();
    let short: Vec<_> = reservation
        .shortages
        .iter()
        .map(|short| (short.product_id, short.requested, short.available))
        .collect();
    assert_eq!(short, [(pot, 6, 5), (cosy, 3, 2)]);
    assert_eq!(here.numbers(pot).await, (5, 0));
    assert_eq!(events_of(&here, order), ["StockReservationRejected"]);
    here.cancel(order).await.unwrap();
    assert_eq!(here.state_of(order).await.unwrap(), "rejected");
    assert_eq!(events_of(&here, order).len(), 1, "there was nothing to release");
}

#[tokio::test]
async fn a_cancelled_order_gives_its_stock_back() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    let order = here.new_order();
    here.confirm(order, &[(pot, 3)]).await.unwrap();
    here.cancel(order).await.unwrap();
    assert_eq!(here.numbers(pot).await, (5, 0));
    assert_eq!(events_of(&here, order), ["StockReserved", "StockReleased"]);
    here.agrees().await;
}

#[tokio::test]
async fn a_shipped_order_takes_its_stock_along() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    let order = here.new_order();
    here.confirm(order, &[(pot, 3)]).await.unwrap();
    here.ship(order).await.unwrap();
    assert_eq!(here.numbers(pot).await, (2, 0));
    let ledger = here.inventory.ledger(pot, everything()).await.unwrap().data;
    assert_eq!((ledger[0].delta, ledger[0].order_id), (-3, Some(order)));
    assert_eq!(ledger[0].actor, None);
    assert_eq!(events_of(&here, order), ["StockReserved", "StockCommitted"]);
    here.agrees().await;
}

#[tokio::test]
async fn an_order_from_before_inventory_ships_and_is_cancelled_without_a_word() {
    let here = Warehouse::new();
    let (shipped, cancelled) = (here.new_order(), here.new_order());
    let first = |order, version| here.reacting(order, version, 0);
    let meta = first(shipped, 4);
    let position = |meta: &CommandMeta| here.store.position(&meta.delivery.unwrap());
    let event = shared_kernel::events::OrderShipped {
        order_id: shipped,
        reference: "7K3M-9QXD".to_owned(),
        customer_id: shared_kernel::CustomerId::new(here.ids.next_id()),
        carrier: "Royal Mail".to_owned(),
        tracking_number: "RM1".to_owned(),
    };
    here.inventory.react(event, meta.clone()).await.unwrap();
    assert_eq!(position(&meta), Version::new(4));
    assert_eq!(here.reservation(cancelled).await, None);
    assert_eq!(here.store.events(), []);
}

#[tokio::test]
async fn what_is_reserved_for_one_order_is_not_there_for_another() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    let (first, second) = (here.new_order(), here.new_order());
    here.confirm(first, &[(pot, 3)]).await.unwrap();
    here.confirm(second, &[(pot, 3)]).await.unwrap();
    assert_eq!(here.state_of(second).await.unwrap(), "rejected");
    assert_eq!(code(here.adjust(pot, -3).await), "insufficient_stock");
    here.adjust(pot, -2).await.unwrap();
    here.agrees().await;
}

#[tokio::test]
async fn a_second_confirmation_of_an_order_decides_nothing_again() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    let order = here.new_order();
    here.confirm(order, &[(pot, 3)]).await.unwrap();
    let again = here.reacting(order, 3, 2);
    here.inventory
        .react(confirmed(order, &[(pot, 1)]), again)
        .await
        .unwrap();
    assert_eq!(here.numbers(pot).await, (5, 3));
    assert_eq!(events_of(&here, order), ["StockReserved"]);
}

#[tokio::test]
async fn a_redelivery_is_a_duplicate_and_a_gap_waits() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    let order = here.new_order();
    here.confirm(order, &[(pot, 3)]).await.unwrap();
    let again = here.confirm(order, &[(pot, 3)]).await;
    assert!(matches!(again, Err(UseCaseError::Conflict(_))), "{again:?}");
    let gap = here.cancel(here.new_order()).await;
    assert!(matches!(gap, Err(UseCaseError::Conflict(_))), "{gap:?}");
    assert_eq!(here.numbers(pot).await, (5, 3));
}
