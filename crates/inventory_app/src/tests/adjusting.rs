//! Staff adjust and count stock.

use message_bus::{CommandMeta, Conflict, Handles, NotFound, UseCaseError};
use shared_kernel::{ProductId, Version};

use super::warehouse::{Warehouse, code, everything};
use crate::{AdjustStock, CountStock};

fn adjusting(product_id: ProductId, delta: i64, expected_on_hand: Option<u32>) -> AdjustStock {
    AdjustStock {
        product_id,
        delta,
        reason: "found behind a shelf".to_owned(),
        expected_on_hand,
    }
}

fn is_unknown<T: std::fmt::Debug>(result: Result<T, UseCaseError>) {
    assert!(
        matches!(
            result,
            Err(UseCaseError::NotFound(NotFound { what: "stock_item" }))
        ),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_listed_product_has_nothing_until_somebody_brings_some() {
    let here = Warehouse::new();
    let product = here.product(0).await;
    assert_eq!(here.numbers(product).await, (0, 0));
    assert!(here.deltas(product).await.is_empty());
    here.list(product).await;
    let adjusted = here.adjust(product, 5).await.unwrap();
    assert_eq!((adjusted.entry.delta, adjusted.stock.on_hand), (5, 5));
    assert_eq!(adjusted.entry.version, adjusted.stock.version);
    assert_eq!(adjusted.entry.actor.as_deref(), Some("operator"));
    assert_eq!(here.inventory.stock_item(product).await.unwrap(), adjusted.stock);
    here.list(product).await;
    assert_eq!(
        here.numbers(product).await,
        (5, 0),
        "listed again, it was opened again"
    );
    here.agrees().await;
}

#[tokio::test]
async fn an_unknown_product_is_not_found() {
    let here = Warehouse::new();
    let nothing = ProductId::new(shared_kernel::IdGenerator::next_id(here.ids.as_ref()));
    is_unknown(here.adjust(nothing, 5).await);
    let count = CountStock {
        product_id: nothing,
        counted: 5,
        expected_on_hand: 0,
    };
    is_unknown(here.inventory.send(count, here.meta()).await);
    is_unknown(here.inventory.stock_item(nothing).await);
    is_unknown(here.inventory.ledger(nothing, everything()).await);
}

#[tokio::test]
async fn a_refused_adjustment_leaves_nothing() {
    let here = Warehouse::new();
    let product = here.product(5).await;
    let refused = async |command| code(here.inventory.send(command, here.meta()).await);
    assert_eq!(refused(adjusting(product, -6, None)).await, "insufficient_stock");
    assert_eq!(
        refused(adjusting(product, 1, Some(4))).await,
        "stock_changed_meanwhile"
    );
    assert_eq!(
        refused(adjusting(product, 1_000_000_000, None)).await,
        "on_hand_limit"
    );
    assert_eq!(
        refused(adjusting(product, 0, None)).await,
        "adjustment_without_change"
    );
    let nameless = AdjustStock {
        reason: String::new(),
        ..adjusting(product, 1, None)
    };
    assert_eq!(refused(nameless).await, "text_missing");
    assert_eq!(here.deltas(product).await, [5]);
    here.agrees().await;
}

#[tokio::test]
async fn a_count_compares_first() {
    let here = Warehouse::new();
    let product = here.product(5).await;
    let count = |counted, expected_on_hand| CountStock {
        product_id: product,
        counted,
        expected_on_hand,
    };
    let stale = here.inventory.send(count(3, 4), here.meta()).await;
    assert_eq!(code(stale), "stock_changed_meanwhile");
    let counted = here.inventory.send(count(3, 5), here.meta()).await.unwrap();
    assert_eq!(counted.on_hand, 3);
    let same = here.inventory.send(count(3, 3), here.meta()).await.unwrap();
    assert_eq!(
        same, counted,
        "a count that finds what was expected changed something"
    );
    assert_eq!(here.deltas(product).await, [-2, 5]);
}

#[tokio::test]
async fn a_version_that_is_named_must_be_there() {
    let here = Warehouse::new();
    let product = here.product(5).await;
    let named = |version| CommandMeta {
        expected_version: Some(Version::new(version)),
        ..here.meta()
    };
    let stale = here.inventory.send(adjusting(product, 1, None), named(1)).await;
    let Err(UseCaseError::Conflict(conflict)) = stale else {
        panic!("{stale:?}");
    };
    let expected = Conflict::StaleVersion {
        expected: Version::new(1),
        current: Version::new(2),
    };
    assert_eq!(conflict, expected);
    let adjusted = here.inventory.send(adjusting(product, 1, None), named(2)).await;
    assert_eq!(adjusted.unwrap().stock.version, Version::new(3));
}
