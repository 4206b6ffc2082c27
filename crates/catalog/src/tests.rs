//! The use cases, on the store in memory.

use std::sync::Arc;

use message_bus::{Actor, Command, CommandMeta, Conflict, Handles, Replay, UseCaseError};
use serde_json::json;
use shared_kernel::{
    Clock, Currency, Money, ProductId, Role, Version,
    in_memory::{CountingIds, ManualClock},
};

use crate::{
    Catalog, ChangeProduct, DelistProduct, ListProduct, Product, ProductStatus, in_memory::InMemoryCatalog,
};

pub(crate) fn a_product() -> Product {
    Product {
        id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
        sku: "TEA-250".to_owned(),
        name: "Assam tea, 250 g".to_owned(),
        unit_price: gbp("11.90"),
        status: ProductStatus::Listed,
        created_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        updated_at: "2026-01-02T00:00:00.000001Z".parse().unwrap(),
        version: Version::new(2),
    }
}

fn gbp(amount: &str) -> Money {
    Money::parse(amount, Currency::Gbp).unwrap()
}

/// The catalogue, and staff who work on it.
struct Shop {
    catalog: Catalog,
    store: Arc<InMemoryCatalog>,
    clock: ManualClock,
    ids: Arc<CountingIds>,
}

impl Shop {
    fn new() -> Self {
        let (store, ids) = (Arc::<InMemoryCatalog>::default(), Arc::<CountingIds>::default());
        Self {
            catalog: Catalog::new(store.clone(), ids.clone()),
            store,
            clock: ManualClock::default(),
            ids,
        }
    }

    fn meta(&self) -> CommandMeta {
        let id = "0197b2c4-6d00-7000-8000-00000000000c".parse().unwrap();
        let role = Role::Staff;
        CommandMeta::new(Actor::User { id, role }, self.clock.now(), self.ids.as_ref())
    }

    fn meta_with_key(&self, key: &str) -> CommandMeta {
        let key = key.to_owned();
        let fingerprint = [7; 32];
        CommandMeta {
            replay: Some(Replay { key, fingerprint }),
            ..self.meta()
        }
    }

    async fn send<C: Command<Output = Product>>(&self, command: C) -> Result<Product, UseCaseError>
    where
        Catalog: Handles<C>,
    {
        self.catalog.send(command, self.meta()).await
    }

    async fn tea(&self) -> Product {
        self.send(list("TEA-250", "Assam tea, 250 g")).await.unwrap()
    }

    /// The types of the events so far, each with its version.
    fn events(&self) -> Vec<(String, u32)> {
        let events = self.store.events().into_iter();
        events
            .map(|event| (event.event_type, event.aggregate_version.number()))
            .collect()
    }
}

fn list(sku: &str, name: &str) -> ListProduct {
    ListProduct {
        sku: sku.to_owned(),
        name: name.to_owned(),
        unit_price: gbp("11.90"),
    }
}

fn change(product_id: ProductId) -> ChangeProduct {
    ChangeProduct {
        product_id,
        name: None,
        unit_price: None,
    }
}

fn code(result: Result<Product, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_product_is_listed_and_told_of() {
    let shop = Shop::new();
    let tea = shop.tea().await;
    assert_eq!((tea.status, tea.version), (ProductStatus::Listed, Version::FIRST));
    assert_eq!(
        (tea.created_at, tea.updated_at),
        (shop.clock.now(), shop.clock.now())
    );
    assert_eq!(shop.catalog.product(tea.id).await.unwrap(), tea);
    let [event] = shop.store.events().try_into().unwrap();
    assert_eq!(
        (event.source.as_str(), event.event_type.as_str()),
        ("catalog", "ProductListed")
    );
    assert_eq!(
        event.data,
        json!({
            "product_id": tea.id,
            "sku": "TEA-250",
            "name": "Assam tea, 250 g",
            "unit_price": {"amount": "11.90", "currency": "GBP"},
        })
    );
}

#[tokio::test]
async fn name_and_price_change_together_or_one_by_one() {
    let shop = Shop::new();
    let tea = shop.tea().await;
    shop.clock.advance_seconds(1);
    let dearer = ChangeProduct {
        unit_price: Some(gbp("0.00")),
        ..change(tea.id)
    };
    let free = shop.send(dearer).await.unwrap();
    assert_eq!(
        (free.name.as_str(), free.unit_price),
        ("Assam tea, 250 g", gbp("0"))
    );
    assert_eq!(
        (free.created_at, free.updated_at),
        (tea.created_at, shop.clock.now())
    );
    let renamed = ChangeProduct {
        name: Some("Assam".to_owned()),
        ..change(tea.id)
    };
    let renamed = shop.send(renamed).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.unit_price), ("Assam", gbp("0")));
    let told = shop.store.events().pop().unwrap();
    assert_eq!(
        (told.event_type.as_str(), told.aggregate_version),
        ("ProductRepriced", renamed.version)
    );
    assert_eq!(
        (&told.data["name"], &told.data["sku"]),
        (&json!("Assam"), &json!("TEA-250"))
    );
    let too_long = ChangeProduct {
        name: Some("x".repeat(201)),
        ..change(tea.id)
    };
    assert_eq!(code(shop.send(too_long).await), "text_too_long");
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let shop = Shop::new();
    let tea = shop.tea().await;
    let same = ChangeProduct {
        name: Some(tea.name.clone()),
        unit_price: Some(tea.unit_price),
        ..change(tea.id)
    };
    assert_eq!(shop.send(same).await.unwrap(), tea);
    assert_eq!(shop.send(change(tea.id)).await.unwrap(), tea);
    let product_id = tea.id;
    let delisted = shop.send(DelistProduct { product_id }).await.unwrap();
    assert_eq!(delisted.status, ProductStatus::Delisted);
    assert_eq!(shop.send(DelistProduct { product_id }).await.unwrap(), delisted);
    assert_eq!(
        shop.events(),
        [("ProductListed".to_owned(), 1), ("ProductDelisted".to_owned(), 2)]
    );
}

#[tokio::test]
async fn a_version_that_is_not_there_any_more_is_a_conflict() {
    let shop = Shop::new();
    let product_id = shop.tea().await.id;
    let meta = CommandMeta {
        expected_version: Some(Version::new(7)),
        ..shop.meta()
    };
    let result = shop.catalog.send(DelistProduct { product_id }, meta).await;
    let Err(UseCaseError::Conflict(Conflict::StaleVersion { current, .. })) = result else {
        panic!("{result:?}");
    };
    assert_eq!(current, Version::FIRST);
}

#[tokio::test]
async fn a_command_repeated_under_its_key_is_answered_as_the_first_time() {
    let shop = Shop::new();
    let listed = list("TEA-250", "Assam tea, 250 g");
    let first = shop
        .catalog
        .send(listed.clone(), shop.meta_with_key("list"))
        .await;
    let again = shop.catalog.send(listed, shop.meta_with_key("list")).await;
    let tea = first.unwrap();
    assert_eq!(again.unwrap(), tea);
    let delist = DelistProduct { product_id: tea.id };
    let delisted = shop
        .catalog
        .send(delist.clone(), shop.meta_with_key("one"))
        .await
        .unwrap();
    // Nothing changes, and the answer is recorded all the same.
    let nothing_new = shop
        .catalog
        .send(delist.clone(), shop.meta_with_key("two"))
        .await
        .unwrap();
    assert_eq!(
        shop.catalog
            .send(delist, shop.meta_with_key("two"))
            .await
            .unwrap(),
        nothing_new
    );
    assert_eq!(nothing_new, delisted);
    assert_eq!(shop.events().len(), 2);
}

#[tokio::test]
async fn a_product_that_is_not_there_is_not_found() {
    let shop = Shop::new();
    let missing = a_product().id;
    for result in [
        shop.catalog.product(missing).await,
        shop.send(change(missing)).await,
        shop.send(DelistProduct { product_id: missing }).await,
    ] {
        assert!(matches!(result, Err(UseCaseError::NotFound(_))), "{result:?}");
    }
}
