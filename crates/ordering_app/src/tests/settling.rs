//! Inventory's events about an order, in time and too late, and the callers that wait for them.

use std::time::Duration;

use message_bus::{Handles, ReactsTo};
use shared_kernel::{
    ReservationId,
    events::{Shortage, StockReleased, StockReserved},
};

use super::shop::{Shop, ada, cancelling, customer};

const LONG: Duration = Duration::from_secs(3600);

fn two_short_of(order: &crate::OrderView) -> Vec<Shortage> {
    vec![Shortage {
        product_id: order.lines[0].product_id,
        product_name: Some(order.lines[0].product_name.clone()),
        requested: 2,
        available: 0,
    }]
}

#[tokio::test]
async fn an_order_without_stock_is_cancelled_and_says_what_was_short() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    shop.stock_is_short(order.id, two_short_of(&order)).await.unwrap();
    let order = shop.ordering.order(order.id, &customer(ada())).await.unwrap();
    assert_eq!(
        (order.status.as_str(), order.allocation.as_str()),
        ("cancelled", "rejected")
    );
    let cancellation = order.cancellation.clone().unwrap();
    assert_eq!(cancellation.code.as_deref(), Some("out_of_stock"));
    assert_eq!(cancellation.reason, None);
    assert_eq!(cancellation.shortages, two_short_of(&order));
    let told = shop.store.events().last().unwrap().data.clone();
    assert_eq!(told["shortages"][0]["available"], 0);
}

#[tokio::test]
async fn news_for_an_order_since_cancelled_only_moves_the_position() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    let cancel = cancelling(order.id);
    let cancelled = shop.send(cancel, customer(ada())).await.unwrap();
    let meta = shop.hearing_of_stock(order.id);
    let event = || StockReserved {
        order_id: order.id,
        reservation_id: ReservationId::new(order.id.uuid()),
        lines: Vec::new(),
    };
    shop.ordering.react(event(), meta.clone()).await.unwrap();
    assert_eq!(
        shop.ordering.order(order.id, &customer(ada())).await.unwrap(),
        cancelled
    );
    // It was applied before, so it is a duplicate.
    assert!(shop.ordering.react(event(), meta).await.is_err());
}

#[tokio::test]
async fn a_cancelled_order_says_once_that_its_stock_is_free_again() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    shop.stock_is_reserved(order.id).await.unwrap();
    let cancel = cancelling(order.id);
    let meta = shop.meta(customer(ada()));
    shop.ordering.send(cancel, meta).await.unwrap();
    let released = || StockReleased {
        order_id: order.id,
        reservation_id: ReservationId::new(order.id.uuid()),
        lines: Vec::new(),
    };
    let meta = shop.hearing_of_release(order.id);
    shop.ordering.react(released(), meta.clone()).await.unwrap();
    let found = shop.ordering.order(order.id, &customer(ada())).await.unwrap();
    assert_eq!(
        (found.status.as_str(), found.allocation.as_str()),
        ("cancelled", "released")
    );
    assert_eq!(shop.events_of(order.id).last().unwrap(), "OrderStockReleased");
    assert!(shop.ordering.react(released(), meta).await.is_err());
}

#[tokio::test]
async fn whoever_waits_is_woken_by_the_news() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    let actor = customer(ada());
    let (waited, told) = tokio::join!(
        shop.ordering.settled_order(order.id, &actor, LONG),
        shop.stock_is_reserved(order.id),
    );
    told.unwrap();
    assert_eq!(waited.unwrap().allocation, "reserved");
}

#[tokio::test(start_paused = true)]
async fn patience_ends_and_what_another_process_did_is_seen() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    let actor = customer(ada());
    let order_now = shop
        .ordering
        .settled_order(order.id, &actor, Duration::from_secs(2))
        .await
        .unwrap();
    assert!(!order_now.is_settled());
    let cancel = cancelling(order.id);
    // A cancellation wakes no waiting caller: they find it by looking.
    let (waited, cancelled) = tokio::join!(
        shop.ordering.settled_order(order.id, &actor, LONG),
        shop.send(cancel, actor.clone()),
    );
    cancelled.unwrap();
    assert_eq!(waited.unwrap().status, "cancelled");
}
