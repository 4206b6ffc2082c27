//! Orders: what is saved is read back, or was refused and not stored.

use ordering_app::{UnitOfWork, VisibleTo};
use ordering_domain::{Customer, Order, OrderReference};
use shared_kernel::{AggregateRoot, Currency, CustomerId, OrderId, Version};

use super::builders::{NOTHING_LISTED, a_line, an_address, an_order};
use crate::{
    engines::on_every_engine,
    event_history::history,
    stores::{OrderingStore, assert_exists_already, assert_one_wins, assert_stale},
};

on_every_engine!(
    ordering:
    an_order_that_is_not_there_is_none,
    dropping_a_unit_of_work_writes_nothing,
    a_loaded_order_is_a_copy,
    a_stale_order_is_a_conflict_and_nothing_is_written,
    of_all_who_save_one_version_at_once_one_wins,
    an_order_is_placed_once,
    an_order_that_another_unit_of_work_loaded_is_stored_or_refused_whole,
    a_reference_names_one_order,
    what_did_not_change_is_not_written_and_not_guarded,
    an_empty_unit_of_work_commits,
);

async fn order_in(unit: &mut UnitOfWork<'_>, order: &Order) -> Order {
    let loaded = unit.orders().get(order.id(), VisibleTo::Everyone).await;
    loaded.unwrap().unwrap()
}

async fn an_order_that_is_not_there_is_none(store: OrderingStore) {
    store.save(an_order(&store.seams).place()).await.unwrap();
    let nowhere = OrderId::new(store.seams.next_id());
    assert!(store.load(nowhere).await.is_none());
    let view = store.view(nowhere, VisibleTo::Everyone).await;
    assert_eq!(view, None);
}

async fn dropping_a_unit_of_work_writes_nothing(store: OrderingStore) {
    let order = an_order(&store.seams).place();
    store.save(order.clone()).await.unwrap();
    let other = an_order(&store.seams).place();
    let mut unit = store.begin(store.seams.meta());
    let mut loaded = order_in(&mut unit, &order).await;
    loaded.cancel(None, store.seams.now()).unwrap();
    unit.orders().save(loaded);
    unit.orders().save(other.clone());
    drop(unit);
    assert_eq!(store.load(order.id()).await.unwrap().record(), order.record());
    assert!(store.load(other.id()).await.is_none());
    assert_eq!(store.order_history(other.id()).await, []);
}

async fn a_loaded_order_is_a_copy(store: OrderingStore) {
    let order = an_order(&store.seams).place();
    store.save(order.clone()).await.unwrap();
    let mut unit = store.begin(store.seams.meta());
    let mut loaded = order_in(&mut unit, &order).await;
    let line = a_line(&store.seams, Currency::Eur);
    loaded.add_line(line, store.seams.now()).unwrap();
    let again = order_in(&mut unit, &order).await;
    assert_eq!(again.record(), order.record());
    unit.commit(None).await.unwrap();
    assert_eq!(store.load(order.id()).await.unwrap().record(), order.record());
}

async fn a_stale_order_is_a_conflict_and_nothing_is_written(store: OrderingStore) {
    let order = an_order(&store.seams).with_lines(Currency::Eur, 2).place();
    store.save(order.clone()).await.unwrap();
    let mut slow = store.begin(store.seams.meta());
    let mut stale = order_in(&mut slow, &order).await;
    store
        .change(order.id(), |order| {
            order
                .confirm(an_address(), &NOTHING_LISTED, store.seams.now())
                .unwrap()
        })
        .await
        .unwrap();
    let before = store.load(order.id()).await.unwrap();

    let gone = stale.record().lines[0].id;
    stale.remove_line(gone, store.seams.now()).unwrap();
    let added = a_line(&store.seams, Currency::Eur);
    stale.add_line(added, store.seams.now()).unwrap();
    let other = an_order(&store.seams).place();
    let customer_id = CustomerId::new(store.seams.next_id());
    slow.orders().save(other.clone());
    slow.orders().save(stale);
    slow.customers().save(Customer::register(
        customer_id,
        "ada@example.com".parse().unwrap(),
    ));
    let refused = slow.commit(None).await;
    assert_stale(&refused);
    let after = store.load(order.id()).await.unwrap();
    assert_eq!(
        (after.record(), after.version()),
        (before.record(), before.version())
    );
    assert!(store.load(other.id()).await.is_none());
    assert!(store.load_customer(customer_id).await.is_none());
    assert_eq!(store.order_history(other.id()).await, []);
    assert_eq!(store.customer_history(customer_id).await, []);
    assert_eq!(
        store.order_history(order.id()).await,
        history(&[(1, "OrderPlaced"), (2, "OrderConfirmed")])
    );
}

async fn of_all_who_save_one_version_at_once_one_wins(store: OrderingStore) {
    let order = an_order(&store.seams).place();
    store.save(order.clone()).await.unwrap();
    let mut units = Vec::new();
    for _ in 0..3 {
        let mut unit = store.begin(store.seams.meta());
        let mut copy = order_in(&mut unit, &order).await;
        let line = a_line(&store.seams, Currency::Eur);
        copy.add_line(line, store.seams.now()).unwrap();
        unit.orders().save(copy);
        units.push(unit.commit(None));
    }
    let [a, b, c] = units.try_into().unwrap_or_else(|_| panic!("expected three"));
    let (a, b, c) = tokio::join!(a, b, c);
    assert_one_wins(&[a, b, c]);
    let loaded = store.load(order.id()).await.unwrap();
    assert_eq!(
        (loaded.version(), loaded.record().lines.len()),
        (Version::new(2), 2)
    );
}

async fn an_order_is_placed_once(store: OrderingStore) {
    let order = an_order(&store.seams).place();
    store.save(order.clone()).await.unwrap();
    let twin = an_order(&store.seams).with_id(order.id()).place();
    assert_exists_already(&store.save(twin).await, "orders.id");
    assert_eq!(store.load(order.id()).await.unwrap().record(), order.record());
    assert_eq!(
        store.order_history(order.id()).await,
        history(&[(1, "OrderPlaced")])
    );
}

async fn an_order_that_another_unit_of_work_loaded_is_stored_or_refused_whole(store: OrderingStore) {
    let order = an_order(&store.seams).with_lines(Currency::Eur, 2).place();
    store.save(order.clone()).await.unwrap();
    let before = store.load(order.id()).await.unwrap();
    let mut emptied = before.clone();
    for line in &order.record().lines {
        emptied.remove_line(line.id, store.seams.now()).unwrap();
    }
    let expected = match store.save(emptied.clone()).await {
        Ok(()) => emptied,
        Err(_) => before,
    };
    let stored = store.load(order.id()).await.unwrap();
    assert_eq!(
        (stored.record(), stored.version()),
        (expected.record(), expected.version())
    );
}

async fn a_reference_names_one_order(store: OrderingStore) {
    let reference = OrderReference::from_random_bits([0, 0, 0, 0, 1]);
    let first = an_order(&store.seams).referred_to_as(reference).place();
    store.save(first.clone()).await.unwrap();
    let (other, second) = (
        an_order(&store.seams).place(),
        an_order(&store.seams).referred_to_as(reference).place(),
    );
    let mut unit = store.begin(store.seams.meta());
    unit.orders().save(other.clone());
    unit.orders().save(second.clone());
    assert_exists_already(&unit.commit(None).await, "orders.reference");
    for order in [other, second] {
        assert!(store.load(order.id()).await.is_none());
        assert_eq!(store.order_history(order.id()).await, []);
    }
    store
        .change(first.id(), |order| order.cancel(None, store.seams.now()).unwrap())
        .await
        .unwrap();
}

async fn what_did_not_change_is_not_written_and_not_guarded(store: OrderingStore) {
    let order = an_order(&store.seams).place();
    store.save(order.clone()).await.unwrap();
    let mut slow = store.begin(store.seams.meta());
    let unchanged = order_in(&mut slow, &order).await;
    store
        .change(order.id(), |order| order.cancel(None, store.seams.now()).unwrap())
        .await
        .unwrap();
    let before = store.load(order.id()).await.unwrap();
    slow.orders().save(unchanged);
    slow.commit(None).await.unwrap();
    let after = store.load(order.id()).await.unwrap();
    assert_eq!(
        (after.record(), after.version()),
        (before.record(), before.version())
    );
}

async fn an_empty_unit_of_work_commits(store: OrderingStore) {
    let unit = store.begin(store.seams.meta());
    unit.commit(None).await.unwrap();
}
