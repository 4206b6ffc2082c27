//! Many at once: never more is sold than there was, and all is sold if there are enough orders.

use std::sync::Arc;

use futures_util::future::join_all;
use inventory_app::{AdjustStock, Inventory};
use message_bus::{Handles, UseCaseError};
use shared_kernel::{OrderId, ProductId};

use super::InventoryStore;
use crate::engines::on_every_engine;

on_every_engine!(
    inventory:
    a_hot_product_is_never_oversold_and_sold_out,
    baskets_of_opposite_order_all_get_an_answer,
    adjustments_in_between_are_taken_into_account,
    whatever_happens_at_once_the_numbers_agree,
);

/// So many as ask at once.
const TASKS: usize = 64;

/// Confirms an order as a dispatcher would: after a conflict it tries again.
pub(super) async fn confirm(
    store: &InventoryStore,
    face: &Inventory,
    order: OrderId,
    lines: &[(ProductId, u32)],
) {
    loop {
        match store.confirm(face, order, lines).await {
            Ok(()) => return,
            Err(UseCaseError::Conflict(_)) if store.reservation(order).await.is_none() => {}
            Err(UseCaseError::Conflict(_)) => return,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Orders of one to three units each, asked for at once through two contexts on one store, until none is left; returns how
/// many units the orders that were not rejected have.
pub(super) async fn sell_out(store: &Arc<InventoryStore>, faces: [Arc<Inventory>; 2], pot: ProductId) -> u32 {
    let asking = (0..TASKS).map(|task| {
        let (store, face) = (Arc::clone(store), Arc::clone(&faces[task % 2]));
        tokio::spawn(async move {
            let mut sold = 0;
            for attempt in 0..3 {
                let (order, units) = (store.order(), 1 + u32::try_from((task + attempt) % 3).unwrap());
                confirm(&store, &face, order, &[(pot, units)]).await;
                let states = store.states([order]).await;
                if states == ["held"] {
                    sold += units;
                }
            }
            sold
        })
    });
    let sold = join_all(asking.collect::<Vec<_>>()).await;
    sold.into_iter().map(Result::unwrap).sum()
}

async fn a_hot_product_is_never_oversold_and_sold_out(store: InventoryStore) {
    let store = Arc::new(store);
    let pot = store.product(100).await;
    let faces = [Arc::new(store.face()), Arc::new(store.face())];
    let sold = sell_out(&store, faces, pot).await;
    assert_eq!(sold, 100);
    assert_eq!(store.numbers(pot).await, (100, 100));
    store.agrees().await;
}

async fn baskets_of_opposite_order_all_get_an_answer(store: InventoryStore) {
    let store = Arc::new(store);
    let mut products = Vec::new();
    for _ in 0..5 {
        products.push(store.product(30).await);
    }
    let faces = [Arc::new(store.face()), Arc::new(store.face())];
    let asking = (0..TASKS).map(|task| {
        let (store, face) = (Arc::clone(&store), Arc::clone(&faces[task % 2]));
        let mut lines: Vec<_> = products.iter().map(|product| (*product, 1)).collect();
        if task % 2 == 0 {
            lines.reverse();
        }
        lines.rotate_left(task % 5);
        tokio::spawn(async move {
            let order = store.order();
            confirm(&store, &face, order, &lines).await;
            order
        })
    });
    let orders = join_all(asking.collect::<Vec<_>>()).await;
    let states = store.states(orders.into_iter().map(Result::unwrap)).await;
    let held = states.iter().filter(|state| **state == "held").count();
    assert_eq!((states.len(), held), (TASKS, 30));
    for product in products {
        assert_eq!(store.numbers(product).await, (30, 30));
    }
    store.agrees().await;
}

async fn adjustments_in_between_are_taken_into_account(store: InventoryStore) {
    let store = Arc::new(store);
    let pot = store.product(10).await;
    let face = Arc::new(store.face());
    let reserving = (0..TASKS).map(|_| {
        let (store, face) = (Arc::clone(&store), Arc::clone(&face));
        tokio::spawn(async move {
            let order = store.order();
            confirm(&store, &face, order, &[(pot, 1)]).await;
        })
    });
    let reserving: Vec<_> = reserving.collect();
    for _ in 0..10 {
        let adjust = AdjustStock {
            product_id: pot,
            delta: 1,
            reason: "found behind a shelf".to_owned(),
            expected_on_hand: None,
        };
        face.send(adjust, store.seams.meta()).await.unwrap();
    }
    for task in reserving {
        task.await.unwrap();
    }
    let (on_hand, reserved) = store.numbers(pot).await;
    assert_eq!(on_hand, 20);
    assert!((10..=20).contains(&reserved), "{reserved}");
    store.agrees().await;
}

/// Which orders get the stock depends on the scheduler, so shipped units are counted order by order, and the numbers have to agree
/// with that.
async fn whatever_happens_at_once_the_numbers_agree(store: InventoryStore) {
    let store = Arc::new(store);
    let products = [store.product(40).await, store.product(40).await];
    let faces = [Arc::new(store.face()), Arc::new(store.face())];
    let living = (0..TASKS).map(|task| {
        let (store, face) = (Arc::clone(&store), Arc::clone(&faces[task % 2]));
        let lines = [(products[task % 2], 1), (products[0], 1)];
        tokio::spawn(async move {
            let order = store.order();
            confirm(&store, &face, order, &lines).await;
            loop {
                let ended = match task % 4 {
                    0 | 1 => store.ship(&face, order).await,
                    _ => store.cancel(&face, order).await,
                };
                match ended {
                    Ok(()) => break,
                    Err(UseCaseError::Conflict(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            let state = store.states([order]).await.remove(0);
            match (task % 4, state.as_str()) {
                (0 | 1, "committed") => lines.to_vec(),
                (_, "rejected") | (2 | 3, "released") => Vec::new(),
                (kind, state) => panic!("an order of kind {kind} ended {state}"),
            }
        })
    });
    let shipped = join_all(living.collect::<Vec<_>>()).await;
    let shipped: Vec<_> = shipped.into_iter().flat_map(Result::unwrap).collect();
    for product in products {
        let lines = shipped.iter().filter(|(shipped, _)| *shipped == product);
        let units: u32 = lines.map(|(_, units)| units).sum();
        assert_eq!(store.numbers(product).await, (40 - units, 0), "{product}");
    }
    store.agrees().await;
}
