//! The price list: it is kept up to date from the catalogue's events, and an order reads it and its customer in one query.

use message_bus::{CommandMeta, Delivery, ReactsTo, UseCaseError};
use ordering_app::Ordering;
use ordering_domain::{Customer, PriceListEntry, ProductStatus};
use shared_kernel::{
    Currency, CustomerId, EventId, IntegrationEvent, Money, ProductId, Version,
    events::{ProductDelisted, ProductListed, ProductRepriced},
};

use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    an_entry_is_read_back_field_by_field,
    an_entry_follows_its_product,
    many_products_at_once_have_an_entry_each,
    customer_and_prices_come_together,
);

fn listed(product_id: ProductId, minor_units: i64, currency: Currency) -> ProductListed {
    ProductListed {
        product_id,
        sku: "TEA-250".to_owned(),
        name: "Tee „Übersee“ 東京".to_owned(),
        unit_price: Money::from_minor_units(minor_units, currency).unwrap(),
    }
}

fn a_product(store: &OrderingStore) -> ProductId {
    ProductId::new(store.seams.next_id())
}

async fn hears<E: IntegrationEvent>(
    store: &OrderingStore,
    product_id: ProductId,
    version: u32,
    event: E,
) -> Result<(), UseCaseError>
where
    Ordering: ReactsTo<E>,
{
    let delivery = Delivery {
        consumer: "ordering.products",
        event_id: EventId::new(store.seams.next_id()),
        aggregate_id: product_id.uuid(),
        version: Version::new(version),
        previous_version: Version::new(version - 1),
    };
    let meta = CommandMeta {
        delivery: Some(delivery),
        ..store.seams.meta()
    };
    store.face().react(event, meta).await
}

async fn entry(store: &OrderingStore, product_id: ProductId) -> Option<PriceListEntry> {
    let mut unit = store.begin(store.seams.meta());
    unit.price_list().get(product_id).await.unwrap()
}

async fn an_entry_is_read_back_field_by_field(store: OrderingStore) {
    for currency in Currency::ALL {
        for minor_units in [0, 1, i64::MAX] {
            let product_id = a_product(&store);
            let event = listed(product_id, minor_units, currency);
            hears(&store, product_id, 1, event.clone()).await.unwrap();
            let expected = PriceListEntry {
                product_id,
                name: event.name,
                list_price: event.unit_price,
                status: ProductStatus::Listed,
            };
            assert_eq!(entry(&store, product_id).await, Some(expected));
        }
    }
    assert_eq!(entry(&store, a_product(&store)).await, None);
}

async fn an_entry_follows_its_product(store: OrderingStore) {
    let (tea, other) = (a_product(&store), a_product(&store));
    for product in [tea, other] {
        let event = listed(product, 11_90, Currency::Gbp);
        hears(&store, product, 1, event).await.unwrap();
    }
    let untouched = entry(&store, other).await.unwrap();
    let repriced = ProductRepriced {
        product_id: tea,
        sku: "TEA-250".to_owned(),
        name: "Assam".to_owned(),
        unit_price: Money::from_minor_units(12_40, Currency::Eur).unwrap(),
    };
    hears(&store, tea, 2, repriced.clone()).await.unwrap();
    let mut expected = PriceListEntry {
        product_id: tea,
        name: repriced.name,
        list_price: repriced.unit_price,
        status: ProductStatus::Listed,
    };
    assert_eq!(entry(&store, tea).await, Some(expected.clone()));
    let delisted = ProductDelisted { product_id: tea };
    hears(&store, tea, 3, delisted).await.unwrap();
    expected.status = ProductStatus::Delisted;
    assert_eq!(entry(&store, tea).await, Some(expected));
    assert_eq!(entry(&store, other).await, Some(untouched));
}

async fn many_products_at_once_have_an_entry_each(store: OrderingStore) {
    let products: Vec<ProductId> = (0..50).map(|_| a_product(&store)).collect();
    let hear =
        |(price, product): (i64, ProductId)| hears(&store, product, 1, listed(product, price, Currency::Usd));
    let heard = (0..).zip(products.clone()).map(hear);
    for heard in futures_util::future::join_all(heard).await {
        heard.unwrap();
    }
    for (price, product) in (0..).zip(products) {
        let entry = entry(&store, product).await.unwrap();
        assert_eq!(entry.list_price.minor_units(), price);
    }
}

async fn customer_and_prices_come_together(store: OrderingStore) {
    let (tea, cup, unheard_of) = (a_product(&store), a_product(&store), a_product(&store));
    for (product, price) in [(tea, 11_90), (cup, 4_50)] {
        hears(&store, product, 1, listed(product, price, Currency::Gbp))
            .await
            .unwrap();
    }
    let (ada, nobody) = (
        CustomerId::new(store.seams.next_id()),
        CustomerId::new(store.seams.next_id()),
    );
    let customer = Customer::register(ada, "ada@example.com".parse().unwrap());
    store.save_customer(customer.clone()).await.unwrap();
    for (asked, who, expected) in [
        (vec![], ada, vec![]),
        (vec![cup], ada, vec![cup]),
        (vec![tea, unheard_of, cup], nobody, vec![tea, cup]),
    ] {
        let unit = store.begin(store.seams.meta());
        let (found, mut prices) = unit.customer_and_prices(who, &asked).await.unwrap();
        assert_eq!(found, (who == ada).then(|| customer.clone()));
        prices.sort_by_key(|entry| entry.product_id);
        let products: Vec<_> = prices.iter().map(|entry| entry.product_id).collect();
        assert_eq!(products, expected);
        for entry in prices {
            let price = if entry.product_id == tea { 11_90 } else { 4_50 };
            assert_eq!(entry.list_price.minor_units(), price);
        }
    }
}
