//! An order is read back field by field in every state that it can be in.

use ordering_app::{OrderView, VisibleTo};
use ordering_domain::{Allocation, Order, OrderStatus};
use shared_kernel::{AggregateRoot, OrderId, Timestamp};

use super::builders::{NOTHING_LISTED, a_shipment, an_address, an_order, some_shortages};
use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    an_order_is_read_back_at_each_step_to_its_delivery,
    an_order_cancelled_without_a_reason_is_read_back,
    a_confirmed_order_that_was_cancelled_is_read_back,
    a_cancelled_order_whose_stock_was_released_is_read_back,
    an_order_cancelled_before_its_stock_was_refused_is_read_back,
    a_customers_out_of_stock_stays_their_own_word,
    an_order_whose_stock_was_refused_is_read_back,
    times_are_kept_to_the_microsecond,
);

/// What happens to an order, and when.
type Step<'a> = &'a dyn Fn(&mut Order, Timestamp);

/// Saves an order step by step, one commit for each; after each step the store has it as it is in memory.
async fn follow(store: &OrderingStore, steps: &[Step<'_>]) -> Order {
    let mut order = an_order(&store.seams).place();
    let id = order.id();
    store.save(order.clone()).await.unwrap();
    is_stored(store, &order).await;
    for step in steps {
        store.seams.advance_seconds(61);
        let mut unit = store.begin(store.seams.meta());
        order = unit.orders().get(id, VisibleTo::Everyone).await.unwrap().unwrap();
        step(&mut order, store.seams.now());
        unit.orders().save(order.clone());
        unit.commit(None).await.unwrap();
        is_stored(store, &order).await;
    }
    order
}

async fn is_stored(store: &OrderingStore, order: &Order) {
    let loaded = store.load(order.id()).await.unwrap();
    assert!(loaded.changes().is_empty(), "loading is no change");
    assert_eq!(loaded.record(), order.record());
    assert_eq!(loaded.version(), order.version());
    assert_eq!(view(store, order.id()).await, OrderView::of(order).unwrap());
}

async fn view(store: &OrderingStore, id: OrderId) -> OrderView {
    store.view(id, VisibleTo::Everyone).await.unwrap()
}

fn stands(order: &Order) -> (OrderStatus, Allocation) {
    (order.record().status, order.record().allocation)
}

fn confirmed(order: &mut Order, at: Timestamp) {
    order.confirm(an_address(), &NOTHING_LISTED, at).unwrap();
}

fn shipped(order: &mut Order, at: Timestamp) {
    order.ship(a_shipment(), at).unwrap();
}

fn delivered(order: &mut Order, at: Timestamp) {
    order.deliver(at).unwrap();
}

async fn an_order_is_read_back_at_each_step_to_its_delivery(store: OrderingStore) {
    let steps: [Step<'_>; 4] = [&confirmed, &Order::stock_reserved, &shipped, &delivered];
    let order = follow(&store, &steps).await;
    assert_eq!(stands(&order), (OrderStatus::Delivered, Allocation::Reserved));
    assert_eq!(order.record().shipping_address, Some(an_address()));
    assert_eq!(order.record().shipment, Some(a_shipment()));
}

async fn an_order_cancelled_without_a_reason_is_read_back(store: OrderingStore) {
    let order = follow(&store, &[&|order, at| order.cancel(None, at).unwrap()]).await;
    assert_eq!(stands(&order), (OrderStatus::Cancelled, Allocation::None));
    assert_eq!(order.record().shipping_address, None);
}

async fn a_confirmed_order_that_was_cancelled_is_read_back(store: OrderingStore) {
    let reason = "změna plánu: \"später\" 🫖";
    let cancelled = |order: &mut Order, at| order.cancel(Some(reason.to_owned()), at).unwrap();
    let order = follow(&store, &[&confirmed, &Order::stock_reserved, &cancelled]).await;
    assert_eq!(stands(&order), (OrderStatus::Cancelled, Allocation::Reserved));
    let cancellation = order.record().cancellation.as_ref().unwrap();
    assert_eq!(cancellation.reason.as_deref(), Some(reason));
}

async fn a_cancelled_order_whose_stock_was_released_is_read_back(store: OrderingStore) {
    let cancelled = |order: &mut Order, at| order.cancel(None, at).unwrap();
    let steps: [Step<'_>; 4] = [
        &confirmed,
        &Order::stock_reserved,
        &cancelled,
        &Order::stock_released,
    ];
    let order = follow(&store, &steps).await;
    assert_eq!(stands(&order), (OrderStatus::Cancelled, Allocation::Released));
    assert_eq!(view(&store, order.id()).await.allocation, "released");
}

async fn an_order_cancelled_before_its_stock_was_refused_is_read_back(store: OrderingStore) {
    let cancelled = |order: &mut Order, at| order.cancel(None, at).unwrap();
    let rejected = |order: &mut Order, at| order.stock_rejected(some_shortages(&store.seams), at);
    let order = follow(&store, &[&confirmed, &cancelled, &rejected]).await;
    assert_eq!(stands(&order), (OrderStatus::Cancelled, Allocation::None));
}

async fn a_customers_out_of_stock_stays_their_own_word(store: OrderingStore) {
    let cancelled = |order: &mut Order, at| order.cancel(Some("out_of_stock".to_owned()), at).unwrap();
    let order = follow(&store, &[&confirmed, &cancelled]).await;
    let view = view(&store, order.id()).await.cancellation.unwrap();
    assert_eq!(view.code.as_deref(), Some("on_request"));
    assert_eq!(view.reason.as_deref(), Some("out_of_stock"));
}

async fn an_order_whose_stock_was_refused_is_read_back(store: OrderingStore) {
    let shortages = some_shortages(&store.seams);
    let rejected = |order: &mut Order, at| order.stock_rejected(shortages.clone(), at);
    let order = follow(&store, &[&confirmed, &rejected]).await;
    assert_eq!(stands(&order), (OrderStatus::Cancelled, Allocation::Rejected));
    assert_eq!(order.record().cancellation.as_ref().unwrap().shortages, shortages);
}

async fn times_are_kept_to_the_microsecond(store: OrderingStore) {
    for text in ["2026-01-01T00:00:00.000001Z", "1969-12-31T23:59:59.999999Z"] {
        let time = text.parse().unwrap();
        let order = an_order(&store.seams).placed_at(time).place();
        store.save(order.clone()).await.unwrap();
        is_stored(&store, &order).await;
        assert_eq!(view(&store, order.id()).await.placed_at, time);
    }
}
