//! Reservations: what goes in comes out, in every state, and an order has one.

use inventory_app::store::ORDER_INDEX;
use inventory_domain::{fulfil, release, reserve};
use shared_kernel::{OrderId, PageRequest, ProductId, Version};

use super::{InventoryStore, everything};
use crate::{
    engines::on_every_engine,
    event_history::history,
    stores::{assert_exists_already, assert_stale},
};

on_every_engine!(
    inventory:
    a_reservation_is_stored_in_every_state_it_can_reach,
    a_rejected_reservation_keeps_what_was_short,
    an_order_has_one_reservation,
    a_stale_reservation_is_a_conflict_and_nothing_is_written,
    reservations_are_listed_newest_first,
    the_doctor_sees_where_reservations_stand,
);

async fn reserved(store: &InventoryStore, lines: &[(ProductId, u32)]) -> OrderId {
    let order = store.order();
    let products: Vec<_> = lines.iter().map(|(product, _)| *product).collect();
    let request = store.request(order, lines);
    store
        .decide(order, &products, |_, stock| reserve(request, stock).unwrap())
        .await
        .unwrap();
    order
}

async fn a_reservation_is_stored_in_every_state_it_can_reach(store: InventoryStore) {
    let (pot, cosy) = (store.product(9).await, store.product(9).await);
    let [released, shipped] = [
        reserved(&store, &[(pot, 2), (cosy, 1), (pot, 1)]).await,
        reserved(&store, &[(pot, 4)]).await,
    ];
    let held = store.reservation(released).await.unwrap();
    let lines: Vec<_> = held
        .lines
        .iter()
        .map(|line| (line.product_id, line.quantity))
        .collect();
    assert_eq!(lines, [(pot, 3), (cosy, 1)]);
    assert_eq!(
        (&*held.state, held.version, held.shortages.len()),
        ("held", Version::FIRST, 0)
    );
    assert_eq!(store.numbers(pot).await, (9, 7));

    store.seams.advance_seconds(5);
    let now = store.seams.now();
    store
        .decide(released, &[pot, cosy], |reservation, stock| {
            let mut reservation = reservation.unwrap();
            release(&mut reservation, stock, now).unwrap();
            reservation
        })
        .await
        .unwrap();
    store
        .decide(shipped, &[pot], |reservation, stock| {
            let mut reservation = reservation.unwrap();
            fulfil(&mut reservation, stock, now).unwrap();
            reservation
        })
        .await
        .unwrap();
    let after = store.reservation(released).await.unwrap();
    assert_eq!((&*after.state, after.version), ("released", Version::new(2)));
    assert_eq!((after.decided_at, after.updated_at), (held.decided_at, now));
    assert_eq!(after.lines, held.lines);
    let gone = store.reservation(shipped).await.unwrap();
    assert_eq!(&*gone.state, "committed");
    assert_eq!(store.numbers(pot).await, (5, 0));
    let ledger = store.face().ledger(pot, everything()).await.unwrap().data;
    assert_eq!((ledger[0].delta, ledger[0].order_id), (-4, Some(shipped)));
    for (view, second) in [(after, "StockReleased"), (gone, "StockCommitted")] {
        let events = store.history.of("reservation", view.id.uuid()).await;
        assert_eq!(events, history(&[(1, "StockReserved"), (2, second)]));
    }
    store.agrees().await;
}

async fn a_rejected_reservation_keeps_what_was_short(store: InventoryStore) {
    let (pot, cosy) = (store.product(2).await, store.product(9).await);
    let unknown = ProductId::new(store.seams.next_id());
    let order = reserved(&store, &[(unknown, 3_000_000), (pot, 3), (cosy, 9)]).await;
    let rejected = store.reservation(order).await.unwrap();
    assert_eq!((&*rejected.state, rejected.lines.len()), ("rejected", 3));
    let short: Vec<_> = rejected
        .shortages
        .iter()
        .map(|short| (short.product_id, short.requested, short.available))
        .collect();
    assert_eq!(short, [(pot, 3, 2), (unknown, 3_000_000, 0)]);
    assert_eq!(store.numbers(cosy).await, (9, 0));
    let events = store.history.of("reservation", rejected.id.uuid()).await;
    assert_eq!(events, history(&[(1, "StockReservationRejected")]));
    store.agrees().await;
}

async fn an_order_has_one_reservation(store: InventoryStore) {
    let pot = store.product(9).await;
    let order = reserved(&store, &[(pot, 2)]).await;
    let again = store.request(order, &[(pot, 3)]);
    let result = store
        .decide(order, &[pot], |_, stock| reserve(again, stock).unwrap())
        .await;
    assert_exists_already(&result, ORDER_INDEX);
    assert_eq!(store.numbers(pot).await, (9, 2));
    store.agrees().await;
}

async fn a_stale_reservation_is_a_conflict_and_nothing_is_written(store: InventoryStore) {
    let (pot, other) = (store.product(9).await, store.product(9).await);
    let order = reserved(&store, &[(pot, 2)]).await;
    let mut unit = store.begin(store.seams.meta());
    let mut stale = unit.reservations().of_orders(&[order].into()).await.unwrap();
    let now = store.seams.now();
    let cancelled = async |store: &InventoryStore| {
        store
            .decide(order, &[pot], |reservation, stock| {
                let mut reservation = reservation.unwrap();
                release(&mut reservation, stock, now).unwrap();
                reservation
            })
            .await
    };
    cancelled(&store).await.unwrap();
    // Another stock item's change goes with it.
    let mut bystander = store.load(other).await.unwrap();
    bystander.count(4, 9, store.by(), now).unwrap();
    unit.stock().save(bystander);
    let mut reservation = stale.remove(&order).unwrap();
    let mut stock = inventory_domain::Stock::from([(pot, {
        let mut item = inventory_domain::StockItem::open(pot);
        item.adjust(9, "as it was".to_owned(), None, store.by(), now)
            .unwrap();
        item
    })]);
    inventory_domain::reserve(store.request(store.order(), &[(pot, 2)]), &mut stock).unwrap();
    release(&mut reservation, &mut stock, now).unwrap();
    unit.reservations().save(reservation);
    let result = unit.commit(None).await;
    assert_stale(&result);
    assert_eq!(store.numbers(other).await, (9, 0));
    assert_eq!(store.reservation(order).await.unwrap().version, Version::new(2));
    store.agrees().await;
}

async fn reservations_are_listed_newest_first(store: InventoryStore) {
    let pot = store.product(9).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(reserved(&store, &[(pot, 1)]).await);
    }
    orders.reverse();
    let page = |after| PageRequest { limit: 2, after };
    let first = store.face().reservations(None, page(None)).await.unwrap();
    let second = store.face().reservations(None, page(first.next)).await.unwrap();
    let listed = first.data.iter().chain(&second.data);
    let listed: Vec<_> = listed.map(|reservation| reservation.order_id).collect();
    assert_eq!(listed, orders);
    assert_eq!(second.next, None);
    let own = store
        .face()
        .reservations(Some(orders[1]), everything())
        .await
        .unwrap();
    assert_eq!((own.data.len(), own.data[0].order_id), (1, orders[1]));
    let nobodys = store.face().reservations(Some(store.order()), everything()).await;
    assert_eq!(nobodys.unwrap().data, []);
}

async fn the_doctor_sees_where_reservations_stand(store: InventoryStore) {
    let pot = store.product(3).await;
    let mut orders = Vec::new();
    for units in [1, 1, 9, 1] {
        orders.push(reserved(&store, &[(pot, units)]).await);
    }
    let states = store.states(orders.iter().copied().chain([store.order()])).await;
    assert_eq!(states, ["held", "held", "rejected", "held"]);
    let page = |after| PageRequest { limit: 2, after };
    let first = store.face().held(page(None)).await.unwrap();
    let second = store.face().held(page(first.next)).await.unwrap();
    let held = first.data.iter().chain(&second.data);
    let held: Vec<_> = held.map(|status| status.order_id).collect();
    assert_eq!((held, second.next), (vec![orders[0], orders[1], orders[3]], None));
    assert!(first.data.iter().all(|status| status.version == Version::FIRST));
}
