//! Ownership: another customer's order is not found, by any query.

use ordering_app::{OrdersWanted, VisibleTo};
use ordering_domain::Order;
use shared_kernel::{AggregateRoot, CustomerId, OrderId, PageRequest};

use super::builders::an_order;
use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    an_order_is_there_for_its_owner_and_for_everyone_who_sees_all,
    a_list_holds_only_ones_own,
    asking_for_somebody_elses_list_gets_nothing,
);

struct Two {
    ada: CustomerId,
    bob: CustomerId,
    adas: Order,
    bobs: Order,
}

async fn two_customers(store: &OrderingStore) -> Two {
    let (ada, bob) = (
        CustomerId::new(store.seams.next_id()),
        CustomerId::new(store.seams.next_id()),
    );
    let (adas, bobs) = (
        an_order(&store.seams).by(ada).place(),
        an_order(&store.seams).by(bob).place(),
    );
    store.save(adas.clone()).await.unwrap();
    store.save(bobs.clone()).await.unwrap();
    Two { ada, bob, adas, bobs }
}

async fn list(store: &OrderingStore, wanted: OrdersWanted, visible_to: VisibleTo) -> Vec<OrderId> {
    let page = PageRequest {
        limit: 10,
        after: None,
    };
    let page = store.page(wanted, page, visible_to).await;
    page.data.into_iter().map(|order| order.id).collect()
}

async fn an_order_is_there_for_its_owner_and_for_everyone_who_sees_all(store: OrderingStore) {
    let Two { ada, bob, adas, .. } = two_customers(&store).await;
    for (visible_to, is_there) in [
        (VisibleTo::Everyone, true),
        (VisibleTo::Customer(ada), true),
        (VisibleTo::Customer(bob), false),
    ] {
        let mut unit = store.begin(store.seams.meta());
        let loaded = unit.orders().get(adas.id(), visible_to).await.unwrap();
        assert_eq!(loaded.is_some(), is_there, "{visible_to:?}");
        let view = store.view(adas.id(), visible_to).await;
        assert_eq!(view.is_some(), is_there, "{visible_to:?}");
    }
}

async fn a_list_holds_only_ones_own(store: OrderingStore) {
    let two = two_customers(&store).await;
    let everything = OrdersWanted::default();
    assert_eq!(
        list(&store, everything, VisibleTo::Customer(two.ada)).await,
        [two.adas.id()]
    );
    assert_eq!(
        list(&store, everything, VisibleTo::Everyone).await,
        [two.bobs.id(), two.adas.id()]
    );
    let stranger = VisibleTo::Customer(CustomerId::new(store.seams.next_id()));
    assert_eq!(list(&store, everything, stranger).await, []);
}

async fn asking_for_somebody_elses_list_gets_nothing(store: OrderingStore) {
    let two = two_customers(&store).await;
    let bobs = OrdersWanted {
        customer_id: Some(two.bob),
        ..OrdersWanted::default()
    };
    assert_eq!(list(&store, bobs, VisibleTo::Customer(two.ada)).await, []);
    assert_eq!(list(&store, bobs, VisibleTo::Everyone).await, [two.bobs.id()]);
    let by_reference = OrdersWanted {
        reference: Some(two.bobs.record().reference),
        ..OrdersWanted::default()
    };
    assert_eq!(list(&store, by_reference, VisibleTo::Customer(two.ada)).await, []);
    assert_eq!(
        list(&store, by_reference, VisibleTo::Customer(two.bob)).await,
        [two.bobs.id()]
    );
}
