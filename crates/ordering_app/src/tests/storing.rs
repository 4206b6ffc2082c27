//! The in-memory store keeps the promises of a real one.

use message_bus::CommitError;
use ordering_domain::Order;
use shared_kernel::{OrderId, Version};

use super::shop::{Shop, a_line, ada, customer, staff};
use crate::{UnitOfWork, VisibleTo};

async fn load(shop: &Shop, id: OrderId) -> (UnitOfWork<'_>, Order) {
    let mut unit = shop.ordering.begin(&shop.meta(staff()));
    let order = unit.orders().get(id, VisibleTo::Everyone).await.unwrap().unwrap();
    (unit, order)
}

#[tokio::test]
async fn the_repository_returns_copies() {
    let shop = Shop::new();
    let before = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let (_, mut order) = load(&shop, before.id).await;
    order.cancel(None, before.placed_at).unwrap();
    assert_eq!(shop.ordering.order(before.id, &staff()).await.unwrap(), before);
}

#[tokio::test]
async fn dropping_a_unit_of_work_is_a_rollback() {
    let shop = Shop::new();
    let before = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let (mut unit, mut order) = load(&shop, before.id).await;
    order.cancel(None, before.placed_at).unwrap();
    unit.orders().save(order);
    drop(unit);
    assert_eq!(shop.ordering.order(before.id, &staff()).await.unwrap(), before);
    assert_eq!(shop.store.events().len(), 1);
}

#[tokio::test]
async fn of_two_who_loaded_the_same_version_one_commits() {
    let shop = Shop::new();
    let placed = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let (mut first, mut order) = load(&shop, placed.id).await;
    let (mut second, mut stale) = load(&shop, placed.id).await;
    order.cancel(Some("first".to_owned()), placed.placed_at).unwrap();
    stale.cancel(Some("second".to_owned()), placed.placed_at).unwrap();
    first.orders().save(order);
    second.orders().save(stale);
    first.commit(None).await.unwrap();
    assert!(matches!(
        second.commit(None).await,
        Err(CommitError::VersionConflict)
    ));
    let order = shop.ordering.order(placed.id, &staff()).await.unwrap();
    assert_eq!(order.version, Version::new(2));
    assert_eq!(order.cancellation.unwrap().reason.unwrap(), "first");
}

#[tokio::test]
async fn a_unit_of_work_commits_all_or_nothing() {
    let shop = Shop::new();
    let one = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let other = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let (mut unit, mut order) = load(&shop, one.id).await;
    let mut stale = unit
        .orders()
        .get(other.id, VisibleTo::Everyone)
        .await
        .unwrap()
        .unwrap();
    shop.confirm(other.id).await.unwrap();
    order.cancel(None, one.placed_at).unwrap();
    stale.cancel(None, one.placed_at).unwrap();
    unit.orders().save(order);
    unit.orders().save(stale);
    assert!(matches!(
        unit.commit(None).await,
        Err(CommitError::VersionConflict)
    ));
    assert_eq!(shop.ordering.order(one.id, &staff()).await.unwrap(), one);
}

#[tokio::test]
async fn saving_what_did_not_change_writes_nothing() {
    let shop = Shop::new();
    let placed = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let (mut unit, order) = load(&shop, placed.id).await;
    let confirmed = shop.confirm(placed.id).await.unwrap();
    unit.orders().save(order);
    unit.commit(None).await.unwrap();
    assert_eq!(shop.ordering.order(placed.id, &staff()).await.unwrap(), confirmed);
}
