//! An order's stock from its confirmation on, through the context's face.

use inventory_app::{AdjustStock, CountStock};
use message_bus::{Handles, ReactsTo, UseCaseError};
use shared_kernel::{Currency, LineStock, Money, ProductId, events::ProductListed};

use super::InventoryStore;
use crate::engines::on_every_engine;

on_every_engine!(
    inventory:
    a_listed_product_is_opened_once,
    every_answer_is_what_is_stored,
    the_same_product_on_two_lines_is_summed,
    an_order_that_asks_for_no_stock_has_no_reservation,
    releasing_and_shipping_late_or_twice_changes_nothing,
    a_duplicate_among_many_fails_alone,
);

async fn a_listed_product_is_opened_once(store: InventoryStore) {
    let (face, product_id) = (store.face(), ProductId::new(store.seams.next_id()));
    let listed = || ProductListed {
        product_id,
        sku: "POT-1".to_owned(),
        name: "Teapot".to_owned(),
        unit_price: Money::zero(Currency::Usd),
    };
    face.react(listed(), store.seams.reacting(product_id.uuid(), 1, 0))
        .await
        .unwrap();
    let item = store.item(product_id).await;
    face.react(listed(), store.seams.reacting(product_id.uuid(), 2, 1))
        .await
        .unwrap();
    assert_eq!(store.item(product_id).await, item);
    let (one, two) = (store.face(), store.face());
    let other = ProductListed {
        product_id: ProductId::new(store.seams.next_id()),
        ..listed()
    };
    let (first, second) = tokio::join!(
        one.react(other.clone(), store.seams.meta()),
        two.react(other, store.seams.meta()),
    );
    first.unwrap();
    second.unwrap();
}

async fn every_answer_is_what_is_stored(store: InventoryStore) {
    let (face, product_id) = (store.face(), store.product(0).await);
    let adjust = AdjustStock {
        product_id,
        delta: 7,
        reason: "a delivery came in".to_owned(),
        expected_on_hand: Some(0),
    };
    let adjusted = face.send(adjust, store.seams.meta()).await.unwrap();
    assert_eq!(store.item(product_id).await, adjusted.stock);
    let ledger = face.ledger(product_id, super::everything()).await.unwrap();
    assert_eq!(ledger.data, [adjusted.entry]);
    let count = CountStock {
        product_id,
        counted: 5,
        expected_on_hand: 7,
    };
    let counted = face.send(count, store.seams.meta()).await.unwrap();
    assert_eq!(store.item(product_id).await, counted);
    assert_eq!(counted.on_hand, 5);
}

async fn the_same_product_on_two_lines_is_summed(store: InventoryStore) {
    let (face, pot) = (store.face(), store.product(5).await);
    let (too_much, enough) = (store.order(), store.order());
    store
        .confirm(&face, too_much, &[(pot, 3), (pot, 3)])
        .await
        .unwrap();
    store.confirm(&face, enough, &[(pot, 3), (pot, 2)]).await.unwrap();
    assert_eq!(store.states([too_much, enough]).await, ["rejected", "held"]);
    assert_eq!(store.numbers(pot).await, (5, 5));
    store.agrees().await;
}

async fn an_order_that_asks_for_no_stock_has_no_reservation(store: InventoryStore) {
    let (face, order) = (store.face(), store.order());
    let mut event = super::confirmed(order, &[(ProductId::new(store.seams.next_id()), 1)]);
    for line in &mut event.lines {
        line.stock = LineStock::NotAsked;
    }
    face.react(event.clone(), store.reacting(order, 2, 0))
        .await
        .unwrap();
    assert_eq!(store.reservation(order).await, None);
    let twice = face.react(event, store.reacting(order, 2, 0)).await;
    assert!(matches!(twice, Err(UseCaseError::Conflict(_))), "{twice:?}");
    store.cancel(&face, order).await.unwrap();
    assert_eq!(store.reservation(order).await, None);
}

async fn releasing_and_shipping_late_or_twice_changes_nothing(store: InventoryStore) {
    let (face, pot) = (store.face(), store.product(5).await);
    let orders = [store.order(), store.order(), store.order()];
    let [cancelled, shipped, never] = orders;
    store.confirm(&face, cancelled, &[(pot, 2)]).await.unwrap();
    store.confirm(&face, shipped, &[(pot, 2)]).await.unwrap();
    store.cancel(&face, cancelled).await.unwrap();
    store.ship(&face, shipped).await.unwrap();
    let again = store.reacting(cancelled, 5, 3);
    face.react(super::confirmed(cancelled, &[(pot, 1)]), again)
        .await
        .unwrap();
    for order in [cancelled, shipped] {
        let twice = store.cancel(&face, order).await;
        assert!(matches!(twice, Err(UseCaseError::Conflict(_))), "{twice:?}");
    }
    assert_eq!(store.numbers(pot).await, (3, 0));
    assert_eq!(store.states(orders).await, ["released", "committed"]);
    assert_eq!(store.reservation(never).await, None);
    store.agrees().await;
}

async fn a_duplicate_among_many_fails_alone(store: InventoryStore) {
    let (face, pot) = (store.face(), store.product(100).await);
    let known = store.order();
    store.confirm(&face, known, &[(pot, 1)]).await.unwrap();
    let mut orders: Vec<_> = (0..20).map(|_| store.order()).collect();
    orders.insert(10, known);
    let answers = futures_util::future::join_all(
        orders
            .iter()
            .map(|order| async { store.confirm(&face, *order, &[(pot, 1)]).await }),
    )
    .await;
    for (order, answer) in orders.iter().zip(answers) {
        match answer {
            Ok(()) => assert_ne!(*order, known),
            Err(UseCaseError::Conflict(_)) => assert_eq!(*order, known),
            Err(error) => panic!("{order}: {error}"),
        }
    }
    assert_eq!(store.numbers(pot).await, (100, 21));
    store.agrees().await;
}
