//! Products over HTTP, and what customers pay for them.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::shop::{Answered, By, Login, Shop, a_line, an_order, get, post, request};

const KEY: (&str, &str) = ("Idempotency-Key", "0123456789abcdef");

fn tea() -> Value {
    json!({"sku": "TEA-250", "name": "Tea", "unit_price": {"amount": "11.90", "currency": "GBP"}})
}

async fn list(shop: &Shop, staff: &Login, sku: &str, name: &str) -> Answered {
    let mut product = tea();
    product["sku"] = json!(sku);
    product["name"] = json!(name);
    shop.post(staff, "/products", product).await
}

fn path(product: &Value) -> String {
    format!("/products/{}", product["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_product_is_listed_seen_by_anybody_changed_and_delisted() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let answer = shop.post(&staff, "/products", tea()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let mut product = answer.json();
    let path = path(&product);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(answer.header("location"), Some(format!("/api/v1{path}").as_str()));
    let with_stock = |product: &Value, available: Value| {
        let mut shown = product.clone();
        shown["available"] = available;
        shown
    };
    assert_eq!(
        shop.send(get(&path)).await.json(),
        with_stock(&product, Value::Null)
    );
    let unchanged = get(&path).insert_header(("If-None-Match", "\"1\""));
    assert_eq!(shop.send(unchanged).await.status, StatusCode::NOT_MODIFIED);
    assert!(product["id"].take().is_string());
    let expected = json!({
        "id": null,
        "sku": "TEA-250",
        "name": "Tea",
        "unit_price": {"amount": "11.90", "currency": "GBP"},
        "status": "listed",
        "created_at": "2026-01-01T00:00:00.000000Z",
        "updated_at": "2026-01-01T00:00:00.000000Z",
        "version": 1,
    });
    assert_eq!(product, expected);

    let price = json!({"amount": "12.40", "currency": "GBP"});
    let change = || {
        let body = json!({"unit_price": price, "name": null});
        let request = request(Method::PATCH, &path).by(&staff);
        request.insert_header(("If-Match", "\"1\"")).set_json(body)
    };
    let changed = shop.send(change()).await;
    assert_eq!(
        (changed.json()["unit_price"].clone(), changed.header("etag")),
        (price.clone(), Some("\"2\""))
    );
    assert_eq!(changed.json()["name"], "Tea");
    assert_eq!(
        shop.send(change()).await.refusal(),
        (412, "version_mismatch".to_owned())
    );

    let delist = || post(&format!("{path}/delist")).by(&staff);
    let delisted = shop.send(delist().insert_header(KEY)).await;
    assert_eq!(delisted.json()["status"], "delisted");
    let again = shop.send(delist().insert_header(KEY)).await;
    assert_eq!(
        (again.header("idempotent-replayed"), &again.text),
        (Some("true"), &delisted.text)
    );
    assert_eq!(shop.send(delist()).await.text, delisted.text);
    assert_eq!(
        shop.send(get(&path)).await.json(),
        with_stock(&delisted.json(), Value::Null)
    );
    let late = request(Method::PATCH, &path)
        .by(&staff)
        .set_json(json!({"name": "Assam"}));
    assert_eq!(
        shop.send(late).await.refusal(),
        (409, "product_delisted".to_owned())
    );
}

#[actix_web::test]
async fn listing_is_repeatable_and_refused_for_what_is_wrong() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let place = || post("/products").by(&staff).insert_header(KEY).set_json(tea());
    let (first, again) = (shop.send(place()).await, shop.send(place()).await);
    assert_eq!((again.status, again.text), (first.status, first.text));
    assert_eq!(again.headers.get("location"), first.headers.get("location"));
    for (sku, name, status, code) in [
        ("tea-250", "Tea", 409, "sku_already_listed"),
        ("TEA 250", "Tea", 422, "invalid_sku"),
        ("T", " ", 422, "text_missing"),
        ("T", "a\nb", 422, "text_not_printable"),
    ] {
        let answer = list(&shop, &staff, sku, name).await;
        assert_eq!(answer.refusal(), (status, code.to_owned()), "{sku} {name:?}");
    }
    let too_long = list(&shop, &staff, "T", &"x".repeat(201)).await;
    assert_eq!(too_long.refusal(), (422, "text_too_long".to_owned()));
    assert_eq!(too_long.json()["limit"], 200);
    let body = json!({"name": 1, "unit_price": {"amount": "-1", "currency": "GBP"}, "colour": "red"});
    let wrong = shop.post(&staff, "/products", body).await;
    let expected = [
        "/sku missing_field",
        "/name wrong_type",
        "/unit_price/amount negative_money",
        "/colour unknown_field",
    ];
    assert_eq!(wrong.errors(), expected);
    let listed = list(&shop, &staff, "cup-1", "Cup").await.json();
    let free = json!({"amount": "0.004", "currency": "GBP"});
    let repriced = request(Method::PATCH, &path(&listed));
    for asked in [
        post("/products").set_json(json!({"sku": "cup-2", "name": "Cup", "unit_price": free})),
        repriced.set_json(json!({"unit_price": free})),
    ] {
        let refused = shop.send(asked.by(&staff)).await;
        assert_eq!(refused.errors(), ["/unit_price/amount too_many_decimals"]);
        assert_eq!(
            refused.json()["errors"][0]["detail"],
            "found 3 decimal places, expected at most 2, as GBP has"
        );
    }
    let nothing = get("/products/7");
    assert_eq!(
        shop.send(nothing).await.refusal(),
        (404, "product_not_found".to_owned())
    );
}

#[actix_web::test]
async fn the_list_is_paged_and_searched_by_the_beginning_of_names() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    for (number, name) in ["Teapot", "tea", "Cup", "TEA towel", "Saucer"]
        .into_iter()
        .enumerate()
    {
        let answer = list(&shop, &staff, &format!("P{number}"), name).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }
    for (query, expected) in [
        ("?limit=2", vec!["Cup", "Saucer", "tea", "TEA towel", "Teapot"]),
        ("?limit=1&q=TeA", vec!["tea", "TEA towel", "Teapot"]),
        ("?q=x", vec![]),
    ] {
        let mut names = Vec::new();
        let mut next = format!("/products{query}");
        loop {
            let answer = shop.send(get(&next)).await;
            let page = answer.json();
            let on_page = page["data"].as_array().unwrap();
            names.extend(
                on_page
                    .iter()
                    .map(|product| product["name"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page["next_cursor"].as_str() else {
                assert_eq!(answer.header("link"), None);
                break;
            };
            assert!(answer.header("link").unwrap().contains(cursor));
            next = format!("/products{query}&cursor={cursor}");
        }
        assert_eq!(names, expected, "{query}");
    }
}

#[actix_web::test]
async fn a_price_that_is_not_the_customers_and_a_product_that_is_not_listed_are_refused() {
    let shop = Shop::open();
    let (ada, staff) = (shop.customer("ada").await, shop.staff().await);
    let with = |field: &str, value: Value| {
        let mut order = an_order();
        order["lines"][0][field] = value;
        post("/orders").set_json(order)
    };
    let changed = with("unit_price", json!({"amount": "18.00", "currency": "USD"}));
    let answer = shop.send(changed.by(&ada)).await;
    assert_eq!(answer.refusal(), (409, "price_changed".to_owned()));
    let problem = answer.json();
    assert_eq!(problem["product_id"], a_line()["product_id"]);
    assert_eq!(problem["given"], json!({"amount": "18.00", "currency": "USD"}));
    assert_eq!(problem["current"], json!({"amount": "19.99", "currency": "USD"}));

    let unlisted = || with("product_id", json!("0197b2c4-0000-7000-8000-00000000dead"));
    let answer = shop.send(unlisted().by(&ada)).await;
    assert_eq!(answer.refusal(), (422, "unknown_product".to_owned()));
    assert_eq!(
        answer.json()["product_id"],
        "0197b2c4-0000-7000-8000-00000000dead"
    );
    // Staff have to give its name.
    assert_eq!(
        shop.send(unlisted().by(&staff)).await.refusal().1,
        "unknown_product"
    );
    let mut custom = an_order();
    custom["lines"][0]["product_id"] = json!("0197b2c4-0000-7000-8000-00000000dead");
    custom["lines"][0]["product_name"] = json!("Sample");
    let placed = shop.post(&staff, "/orders", custom).await;
    assert_eq!(placed.json()["lines"][0]["product_name"], "Sample", "{placed:?}");

    let fee = |stock: Value| {
        let mut order = an_order();
        order["lines"][0]["product_id"] = json!("0197b2c4-0000-7000-8000-00000000dead");
        order["lines"][0]["product_name"] = json!("Shipping");
        order["lines"][0]["stock"] = stock;
        post("/orders").set_json(order)
    };
    for (stock, shown) in [
        (json!(false), json!(false)),
        (json!(true), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let placed = shop.send(fee(stock).by(&staff)).await;
        assert_eq!(placed.json()["lines"][0]["stock"], shown, "{placed:?}");
    }
    for login in [&ada, &staff] {
        let answer = shop.send(with("stock", json!(false)).by(login)).await;
        assert_eq!(
            answer.refusal(),
            (422, "listed_product_asks_for_stock".to_owned())
        );
        assert_eq!(answer.json()["product_id"], a_line()["product_id"]);
    }

    let without_price = with("unit_price", Value::Null).by(&ada);
    let placed = shop.send(without_price).await;
    assert_eq!(placed.json()["lines"][0]["unit_price"]["amount"], "19.99");
    let in_euros = with("unit_price", json!({"amount": "19.99", "currency": "EUR"}));
    assert_eq!(
        shop.send(in_euros.by(&ada)).await.refusal().1,
        "currency_mismatch"
    );
}

#[actix_web::test]
async fn only_a_customer_who_is_known_can_be_put_at_a_tier() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let nobody = "/customers/0197b2c4-0000-7000-8000-00000000dead/tier";
    let answer = shop.put(&staff, nobody, json!({"tier": "gold"})).await;
    assert_eq!(answer.refusal(), (404, "customer_not_found".to_owned()));
    let answer = shop.put(&staff, nobody, json!({"tier": "platinum"})).await;
    assert_eq!(answer.refusal(), (422, "unknown_tier".to_owned()));
}
