//! Stock that is read and then written over, as the known bug does it: it is caught, and what it left behind can be mended.

use std::sync::Arc;

use inventory_app::{CorrectStock, StockDrift};
use message_bus::Handles;

use super::{InventoryStore, conserving::sell_out};
use crate::engines::on_every_database;

on_every_database!(
    inventory:
    stock_that_is_read_and_then_written_over_is_caught_and_mended,
);

async fn stock_that_is_read_and_then_written_over_is_caught_and_mended(store: InventoryStore) {
    let store = Arc::new(store);
    let pot = store.product(100).await;
    let broken = store.broken.clone().unwrap();
    let faces = [Arc::clone(&broken), broken].map(|units| Arc::new(store.face_over(units)));
    let sold = sell_out(&store, faces, pot).await;
    assert!(
        sold > 100,
        "found {sold} of 100 sold, expected the bug to sell more"
    );
    let drifted = store.face().drifted(10).await.unwrap();
    assert_eq!(drifted.len(), 1, "it is found");
    // More is held than there is: what has no numbers to be mended with has to be delivered first.
    assert_eq!(drifted[0].correction(), None);
    let bring = inventory_app::AdjustStock {
        product_id: pot,
        delta: i64::from(sold) - 100,
        reason: "bought elsewhere".to_owned(),
        expected_on_hand: None,
    };
    store.face().handle(bring, store.seams.meta()).await.unwrap();
    let drifted = store.face().drifted(10).await.unwrap();
    let corrections: Vec<_> = drifted.iter().filter_map(StockDrift::correction).collect();
    assert_eq!((corrections.len(), corrections[0].reserved_to), (1, sold));
    store
        .face()
        .handle(CorrectStock { corrections }, store.seams.meta())
        .await
        .unwrap();
    assert_eq!(store.numbers(pot).await, (sold, sold));
    store.agrees().await;
}
