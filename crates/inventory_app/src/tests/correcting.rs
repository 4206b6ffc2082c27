//! Stock that does not add up is found, and corrected when an operator asks for it.

use message_bus::{Conflict, Handles, UseCaseError};

use super::warehouse::{Warehouse, code, everything};
use crate::{CorrectStock, StockDrift};

#[tokio::test]
async fn stock_that_agrees_is_no_finding() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    here.confirm(here.new_order(), &[(pot, 3)]).await.unwrap();
    assert_eq!(here.inventory.drifted(100).await.unwrap(), []);
}

#[tokio::test]
async fn drift_is_told_with_what_would_mend_it_and_mended_only_when_told_to() {
    let here = Warehouse::new();
    let (pot, cosy) = (here.product(5).await, here.product(5).await);
    let order = here.new_order();
    here.confirm(order, &[(pot, 3), (cosy, 1)]).await.unwrap();
    here.store.tamper(pot, 4, 0);
    here.store.tamper(cosy, 7, 1);
    assert_eq!(code(here.cancel(order).await), "stock_out_of_step");

    let drifted = here.inventory.drifted(100).await.unwrap();
    assert_eq!(
        drifted[0].to_string(),
        "found 4 on hand and 0 reserved; expected 5 on hand by the ledger and 3 reserved for what is held"
    );
    let corrections: Vec<_> = drifted.iter().filter_map(StockDrift::correction).collect();
    let told: Vec<_> = corrections
        .iter()
        .map(|correction| {
            (
                correction.product_id,
                correction.ledger_delta,
                correction.reserved_from,
                correction.reserved_to,
            )
        })
        .collect();
    assert_eq!(told, [(pot, -1, 0, 3), (cosy, 2, 1, 1)]);
    assert_eq!(
        here.inventory.drifted(100).await.unwrap(),
        drifted,
        "looking changed something"
    );

    here.inventory
        .send(CorrectStock { corrections }, here.meta())
        .await
        .unwrap();
    here.agrees().await;
    assert_eq!(
        here.numbers(pot).await,
        (4, 3),
        "what somebody can count was changed"
    );
    let ledger = here.inventory.ledger(pot, everything()).await.unwrap().data;
    assert_eq!((ledger[0].delta, &*ledger[0].reason), (-1, "corrected"));
    here.cancel(order).await.unwrap();
    assert_eq!(here.numbers(pot).await, (4, 0));
}

#[tokio::test]
async fn corrections_of_stock_that_changed_since_are_refused_as_a_whole() {
    let here = Warehouse::new();
    let (pot, cosy) = (here.product(5).await, here.product(5).await);
    here.store.tamper(pot, 4, 0);
    here.store.tamper(cosy, 4, 0);
    let drifted = here.inventory.drifted(100).await.unwrap();
    let corrections = drifted.iter().filter_map(StockDrift::correction).collect();
    here.adjust(cosy, 1).await.unwrap();
    let result = here
        .inventory
        .send(CorrectStock { corrections }, here.meta())
        .await;
    assert!(
        matches!(result, Err(UseCaseError::Conflict(Conflict::StaleVersion { .. }))),
        "{result:?}"
    );
    assert_eq!(here.deltas(pot).await, [5]);
    assert_eq!(here.inventory.drifted(100).await.unwrap().len(), 2);
}

#[tokio::test]
async fn more_held_than_there_is_is_found_and_has_no_correction() {
    let here = Warehouse::new();
    let pot = here.product(5).await;
    here.confirm(here.new_order(), &[(pot, 5)]).await.unwrap();
    here.store.tamper(pot, 4, 4);
    let drifted = here.inventory.drifted(100).await.unwrap();
    assert_eq!(drifted.len(), 1);
    assert_eq!(drifted[0].correction(), None);
}
