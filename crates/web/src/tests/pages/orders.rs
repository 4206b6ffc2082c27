//! Orders and their timelines, as admins find them.

use actix_web::http::StatusCode;

use super::Browser;
use crate::tests::shop::Shop;

#[actix_web::test]
async fn an_order_is_found_by_its_reference_and_by_its_id() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let mut browser = Browser::of_an_admin(&shop).await;
    assert!(browser.get("/ops/orders").await.text.contains("name=\"order\""));
    let (id, reference) = (
        order["id"].as_str().unwrap(),
        order["reference"].as_str().unwrap(),
    );
    for wanted in [id, reference, &format!("%20{}%20", reference.to_lowercase())] {
        let found = browser.get(&format!("/ops/orders?order={wanted}")).await;
        assert_eq!(
            found.header("location"),
            Some(format!("/ops/orders/{id}").as_str()),
            "{wanted}"
        );
    }
    let page = browser.get(&format!("/ops/orders/{id}")).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    for shown in [
        reference,
        "pending",
        "USD 39.98",
        "Private to ordering.",
        "after 1 attempt",
        "<svg class=\"picture\"",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
}

#[actix_web::test]
async fn what_is_no_order_is_not_found() {
    let shop = Shop::open();
    let mut browser = Browser::of_an_admin(&shop).await;
    for wanted in ["0197b2c4-0000-7000-8000-000000000bad", "7K3M-9QXD", "%3Cb%3E"] {
        let page = browser.get(&format!("/ops/orders?order={wanted}")).await;
        assert_eq!(page.status, StatusCode::OK, "{wanted}");
        assert!(
            page.text.contains("There is no such order.") && !page.text.contains("<b>"),
            "{wanted}"
        );
    }
    let page = browser.get("/ops/orders/7").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = browser.get("/ops/orders?order=%00").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}
