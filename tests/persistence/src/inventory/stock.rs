//! Stock items and their ledgers: what goes in comes out, guarded by versions.

use inventory_app::store::STOCK_ITEM_KEY;
use inventory_domain::{ChangedBy, StockItem};
use message_bus::{CommitError, ReactsTo};
use shared_kernel::{AggregateRoot, Currency, Money, PageRequest, ProductId, Version, events::ProductListed};

use super::{InventoryStore, everything};
use crate::{
    engines::on_every_engine,
    stores::{assert_exists_already, assert_stale},
};

on_every_engine!(
    inventory:
    an_opened_item_has_nothing_and_no_ledger,
    an_item_is_opened_once,
    a_listed_product_is_opened_once,
    what_is_adjusted_is_stored_with_its_entry,
    a_stale_item_is_a_conflict_and_nothing_is_written,
    of_two_who_change_an_item_at_once_one_does,
    what_nothing_happened_to_is_not_written,
    a_ledger_is_read_newest_first_page_by_page,
    stock_is_listed_page_by_page,
    what_is_available_is_told_of_many_products,
    what_there_is_not_is_not_found,
);

fn adjusted(store: &InventoryStore, mut item: StockItem, delta: i64) -> StockItem {
    let reason = format!("changed by {delta}, 'twas \"said\"");
    item.adjust(delta, reason, None, store.by(), store.seams.now())
        .unwrap();
    item
}

async fn an_opened_item_has_nothing_and_no_ledger(store: InventoryStore) {
    let product = store.product(0).await;
    let item = store.item(product).await;
    assert_eq!((item.on_hand, item.reserved, item.available), (0, 0, 0));
    assert_eq!(item.version, Version::FIRST);
    let loaded = store.load(product).await.unwrap();
    assert_eq!(loaded.version(), Version::FIRST);
    assert_eq!(store.face().ledger(product, everything()).await.unwrap().data, []);
}

async fn an_item_is_opened_once(store: InventoryStore) {
    let product = store.product(3).await;
    assert_exists_already(&store.save(StockItem::open(product)).await, STOCK_ITEM_KEY);
    assert_eq!(store.numbers(product).await, (3, 0));
}

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

async fn what_is_adjusted_is_stored_with_its_entry(store: InventoryStore) {
    let product = store.product(0).await;
    let item = store.load(product).await.unwrap();
    let item = adjusted(&store, adjusted(&store, item, 1_000_000_000), -999_999_999);
    store.save(item.clone()).await.unwrap();
    let view = store.item(product).await;
    assert_eq!((view.on_hand, view.version), (1, Version::new(3)));
    let ledger = store.face().ledger(product, everything()).await.unwrap().data;
    let entries: Vec<_> = item.ledger_entries().collect();
    assert_eq!(ledger.len(), 2);
    for (stored, (version, entry)) in ledger.iter().rev().zip(entries) {
        assert_eq!((stored.product_id, stored.version), (product, version));
        assert_eq!((stored.delta, &stored.reason), (entry.delta, &entry.reason));
        assert_eq!(stored.recorded_at, entry.at);
        let by = stored.actor.clone().map(ChangedBy::Actor);
        assert_eq!((by.as_ref(), stored.order_id), (Some(&entry.by), None));
    }
    store.agrees().await;
}

async fn a_stale_item_is_a_conflict_and_nothing_is_written(store: InventoryStore) {
    let (product, other) = (store.product(5).await, store.product(5).await);
    let stale = store.load(product).await.unwrap();
    let fresh = store.load(product).await.unwrap();
    store.save(adjusted(&store, fresh, -1)).await.unwrap();
    let mut unit = store.begin(store.seams.meta());
    let bystander = store.load(other).await.unwrap();
    unit.stock().save(adjusted(&store, bystander, 1));
    unit.stock().save(adjusted(&store, stale, -2));
    let result = unit.commit(None).await;
    assert_stale(&result);
    assert_eq!(store.numbers(product).await, (4, 0));
    assert_eq!(store.numbers(other).await, (5, 0));
    store.agrees().await;
}

async fn of_two_who_change_an_item_at_once_one_does(store: InventoryStore) {
    let product = store.product(5).await;
    let [one, two] = [-1, -2];
    let load = async |delta| adjusted(&store, store.load(product).await.unwrap(), delta);
    let (one, two) = (load(one).await, load(two).await);
    let (first, second) = tokio::join!(store.save(one), store.save(two));
    match (first, second) {
        (Ok(()), Err(CommitError::VersionConflict)) => assert_eq!(store.numbers(product).await, (4, 0)),
        (Err(CommitError::VersionConflict), Ok(())) => assert_eq!(store.numbers(product).await, (3, 0)),
        unexpected => panic!("{unexpected:?}"),
    }
    store.agrees().await;
}

async fn what_nothing_happened_to_is_not_written(store: InventoryStore) {
    let product = store.product(5).await;
    let untouched = store.load(product).await.unwrap();
    let fresh = store.load(product).await.unwrap();
    store.save(adjusted(&store, fresh, -1)).await.unwrap();
    store.save(untouched).await.unwrap();
    assert_eq!(store.numbers(product).await, (4, 0));
}

async fn a_ledger_is_read_newest_first_page_by_page(store: InventoryStore) {
    let (product, other) = (store.product(1).await, store.product(9).await);
    for delta in 2..=5 {
        let item = store.load(product).await.unwrap();
        store.save(adjusted(&store, item, delta)).await.unwrap();
    }
    let mut page = PageRequest {
        limit: 2,
        after: None,
    };
    let (mut deltas, mut pages) = (Vec::new(), 0);
    loop {
        let found = store.face().ledger(product, page).await.unwrap();
        deltas.extend(found.data.iter().map(|entry| entry.delta));
        pages += 1;
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!((deltas, pages), (vec![5, 4, 3, 2, 1], 3));
    let others = store.face().ledger(other, everything()).await.unwrap();
    assert_eq!((others.data.len(), others.next), (1, None));
}

async fn stock_is_listed_page_by_page(store: InventoryStore) {
    let mut products = Vec::new();
    for on_hand in 1..=4 {
        products.push((store.product(on_hand).await, on_hand));
    }
    products.sort();
    let page = |after| PageRequest { limit: 2, after };
    let first = store.face().stock(page(None)).await.unwrap();
    let second = store.face().stock(page(first.next)).await.unwrap();
    assert_eq!((first.next, second.next), (Some(products[1].0), None));
    let listed = first.data.iter().chain(&second.data);
    let listed: Vec<_> = listed.map(|item| (item.product_id, item.on_hand)).collect();
    assert_eq!(listed, products);
}

async fn what_is_available_is_told_of_many_products(store: InventoryStore) {
    let (pot, cosy) = (store.product(5).await, store.product(0).await);
    let order = store.order();
    let request = store.request(order, &[(pot, 2)]);
    store
        .decide(order, &[pot], |_, stock| {
            inventory_domain::reserve(request, stock).unwrap()
        })
        .await
        .unwrap();
    let unknown = ProductId::new(store.seams.next_id());
    let available = store
        .face()
        .available(&[pot, cosy, unknown].into())
        .await
        .unwrap();
    assert_eq!(available, [(pot, 3), (cosy, 0)].into());
    assert!(store.face().available(&[].into()).await.unwrap().is_empty());
}

async fn what_there_is_not_is_not_found(store: InventoryStore) {
    let unknown = ProductId::new(store.seams.next_id());
    assert!(
        store
            .port
            .stock_items(&[unknown].into())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.load(unknown).await.is_none());
    assert_eq!(store.port.ledger(unknown, everything()).await.unwrap(), []);
    assert_eq!(store.face().stock(everything()).await.unwrap().data, []);
}
