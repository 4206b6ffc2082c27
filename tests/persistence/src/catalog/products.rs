//! Products: what is written is read back, or was refused and not stored.

use catalog::{ChangeProduct, DelistProduct, ListProduct, ProductStatus};
use message_bus::Handles;
use shared_kernel::{Currency, Money, ProductId, Version};

use super::{CatalogStore, code, eur};
use crate::{engines::on_every_engine, event_history::history};

on_every_engine!(
    catalog:
    a_product_is_read_back_field_by_field,
    every_answer_is_what_is_stored_and_told_of,
    a_sku_is_taken_once_however_it_is_cased,
    of_those_who_take_a_sku_at_once_one_gets_it,
    changes_at_the_same_time_are_all_there,
    a_repeated_command_is_carried_out_once,
);

async fn a_product_is_read_back_field_by_field(on: CatalogStore) {
    for (number, currency) in (0..).zip(Currency::ALL) {
        for minor_units in [0, 1, i64::MAX] {
            let command = ListProduct {
                sku: format!("aZ9._-{number}-{minor_units}"),
                name: "Tee „Übersee“ 東京 'x' \"y\" \\".to_owned(),
                unit_price: Money::from_minor_units(minor_units, currency).unwrap(),
            };
            let product = on.face().send(command, on.seams.meta()).await.unwrap();
            assert_eq!(on.stored(product.id).await, Some(product));
        }
    }
    assert_eq!(on.stored(ProductId::new(on.seams.next_id())).await, None);
}

async fn every_answer_is_what_is_stored_and_told_of(on: CatalogStore) {
    let listed = on.list("TEA", "Tea").await.unwrap();
    let product_id = listed.id;
    assert_eq!(on.stored(product_id).await, Some(listed.clone()));
    on.seams.advance_seconds(1);
    let change = ChangeProduct {
        product_id,
        name: Some("Assam".to_owned()),
        unit_price: Some(Money::zero(Currency::Inr)),
    };
    let changed = on.face().send(change, on.seams.meta()).await.unwrap();
    assert_eq!(on.stored(product_id).await, Some(changed.clone()));
    assert_eq!(changed.created_at, listed.created_at);
    assert_eq!(changed.updated_at, on.seams.now());
    on.seams.advance_seconds(1);
    for _ in 0..2 {
        let delist = DelistProduct { product_id };
        let delisted = on.face().send(delist, on.seams.meta()).await.unwrap();
        assert_eq!(
            (delisted.status, delisted.version),
            (ProductStatus::Delisted, Version::new(3))
        );
        assert_eq!(on.stored(product_id).await, Some(delisted));
    }
    assert_eq!(
        on.events(product_id).await,
        history(&[
            (1, "ProductListed"),
            (2, "ProductRepriced"),
            (3, "ProductDelisted")
        ])
    );
}

async fn a_sku_is_taken_once_however_it_is_cased(on: CatalogStore) {
    let tea = on.list("Tea-250", "Tea").await.unwrap();
    for sku in ["Tea-250", "TEA-250", "tea-250"] {
        assert_eq!(code(on.list(sku, "Another").await), "sku_already_listed");
    }
    let delist = DelistProduct { product_id: tea.id };
    on.face().send(delist, on.seams.meta()).await.unwrap();
    assert_eq!(code(on.list("tea-250", "Another").await), "sku_already_listed");
    on.list("tea_250", "Another").await.unwrap();
}

async fn of_those_who_take_a_sku_at_once_one_gets_it(on: CatalogStore) {
    let takers = (0..20).map(|_| on.list("TEA", "Tea"));
    let answers = futures_util::future::join_all(takers).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(taken.len(), 1);
    for refusal in refused {
        assert_eq!(code(refusal), "sku_already_listed");
    }
}

async fn changes_at_the_same_time_are_all_there(on: CatalogStore) {
    let product_id = on.list("TEA", "Tea").await.unwrap().id;
    let face = on.face();
    let change = |name: Option<&str>, unit_price| {
        let command = ChangeProduct {
            product_id,
            name: name.map(str::to_owned),
            unit_price,
        };
        face.send(command, on.seams.meta())
    };
    let (renamed, repriced) = tokio::join!(change(Some("Assam"), None), change(None, Some(eur(21_00))));
    renamed.unwrap();
    repriced.unwrap();
    let tea = on.stored(product_id).await.unwrap();
    assert_eq!((tea.name.as_str(), tea.unit_price), ("Assam", eur(21_00)));
    assert_eq!(tea.version, Version::new(3));
}

async fn a_repeated_command_is_carried_out_once(on: CatalogStore) {
    let list = async |key| {
        let command = ListProduct {
            sku: "TEA".to_owned(),
            name: "Tea".to_owned(),
            unit_price: eur(19_99),
        };
        on.face().send(command, on.seams.with_key(key, 1)).await
    };
    let (first, twin) = tokio::join!(list("key"), list("key"));
    on.seams.advance_seconds(60);
    let later = list("key").await.unwrap();
    assert_eq!(first.unwrap(), later);
    assert_eq!(twin.unwrap(), later);
    assert_eq!(code(list("another key").await), "sku_already_listed");
    assert_eq!(on.events(later.id).await, history(&[(1, "ProductListed")]));
}
