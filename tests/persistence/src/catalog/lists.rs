//! The list of products that can be bought.

use catalog::{DelistProduct, ProductPosition, ProductsWanted};
use message_bus::Handles;

use super::CatalogStore;
use crate::engines::on_every_engine;

on_every_engine!(
    catalog:
    the_list_goes_by_name_and_then_by_id,
    a_prefix_is_found_however_it_is_cased,
    what_is_delisted_is_not_on_it,
    pages_go_on_where_the_one_before_ended,
);

fn beginning_with(prefix: &str) -> ProductsWanted {
    ProductsWanted {
        name_prefix: prefix.to_owned(),
        limit: 100,
        after: None,
    }
}

async fn names(on: &CatalogStore, prefix: &str) -> Vec<String> {
    let page = on.face().products(beginning_with(prefix)).await.unwrap();
    assert_eq!(page.next, None);
    page.data.into_iter().map(|product| product.name).collect()
}

async fn the_list_goes_by_name_and_then_by_id(on: CatalogStore) {
    for (number, name) in ["zebra", "Tea", "apple", "TEA", "Übersee", "tea pot", "tea"]
        .into_iter()
        .enumerate()
    {
        on.list(&format!("P{number}"), name).await.unwrap();
    }
    assert_eq!(
        names(&on, "").await,
        ["apple", "Tea", "TEA", "tea", "tea pot", "zebra", "Übersee"]
    );
}

async fn a_prefix_is_found_however_it_is_cased(on: CatalogStore) {
    let all = [
        "Tea",
        "TEAPOT",
        "te",
        "Teb",
        "Über",
        "übersee",
        "100 % tea",
        "100_tea",
    ];
    for (number, name) in all.into_iter().enumerate() {
        on.list(&format!("P{number}"), name).await.unwrap();
    }
    for (prefix, expected) in [
        ("tea", vec!["Tea", "TEAPOT"]),
        ("TEAP", vec!["TEAPOT"]),
        ("ÜBER", vec!["Über", "übersee"]),
        ("100 %", vec!["100 % tea"]),
        ("100_", vec!["100_tea"]),
        ("%", vec![]),
        ("x", vec![]),
        ("\u{10ffff}", vec![]),
    ] {
        assert_eq!(names(&on, prefix).await, expected, "{prefix:?}");
    }
}

async fn what_is_delisted_is_not_on_it(on: CatalogStore) {
    let tea = on.list("TEA", "Tea").await.unwrap();
    on.list("CUP", "Cup").await.unwrap();
    let delist = DelistProduct { product_id: tea.id };
    on.face().send(delist, on.seams.meta()).await.unwrap();
    assert_eq!(names(&on, "").await, ["Cup"]);
}

async fn pages_go_on_where_the_one_before_ended(on: CatalogStore) {
    for number in 0..7 {
        let name = ["Tea", "TEA", "Cup"][number % 3];
        on.list(&format!("P{number}"), name).await.unwrap();
    }
    let whole = on.face().products(beginning_with("")).await.unwrap().data;
    for (prefix, expected) in [("", whole.clone()), ("tea", whole[2..].to_vec())] {
        for limit in 1..=8 {
            let (mut seen, mut after): (Vec<_>, Option<ProductPosition>) = (Vec::new(), None);
            loop {
                let wanted = ProductsWanted {
                    limit,
                    after,
                    ..beginning_with(prefix)
                };
                let page = on.face().products(wanted).await.unwrap();
                assert!(page.data.len() <= limit as usize);
                seen.extend(page.data);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{prefix:?} by {limit}");
        }
    }
}
