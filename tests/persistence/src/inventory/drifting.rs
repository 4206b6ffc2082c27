//! Stock that is read and then written over, as the known bug does it: it is caught, and what it left behind can be mended.

use std::sync::Arc;

use inventory_app::CorrectStock;
use message_bus::{Doctor, Handles, invariants::doctor::Invariant};

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
    let drifted = store.face().drifted().await.unwrap();
    let doctor = Doctor::new(vec![], vec![], store.seams.clock()).and_also(Arc::new(store.face()));
    let examined = doctor.examine().await.unwrap();
    assert_eq!((examined.len(), examined[0].invariant), (1, Invariant::Stock));
    assert_eq!(examined[0].findings, drifted.findings);
    assert_eq!(drifted.findings.len(), 1, "the doctor finds it");
    // More is held than there is: what has no numbers to be mended with has to be delivered first.
    assert_eq!(drifted.corrections, []);
    let bring = inventory_app::AdjustStock {
        product_id: pot,
        delta: i64::from(sold) - 100,
        reason: "bought elsewhere".to_owned(),
        expected_on_hand: None,
    };
    store.face().handle(bring, store.seams.meta()).await.unwrap();
    let corrections = store.face().drifted().await.unwrap().corrections;
    assert_eq!((corrections.len(), corrections[0].reserved_to), (1, sold));
    store
        .face()
        .handle(CorrectStock { corrections }, store.seams.meta())
        .await
        .unwrap();
    assert_eq!(store.numbers(pot).await, (sold, sold));
    store.agrees().await;
}
