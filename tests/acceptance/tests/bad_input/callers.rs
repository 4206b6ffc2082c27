//! Callers who are not who they say, or ask for what is not theirs.

use acceptance::{
    Asking, Engine, TestApp, a_custom_line, an_address, an_order, answer::text, on_every_engine,
};
use reqwest::Client;
use serde_json::{Value, json};

use crate::shop::Shop;

on_every_engine!(
    someone_elses_order_is_as_good_as_none,
    nobody_orders_at_another_customers_expense,
    a_forged_token_is_no_token,
    a_token_of_a_megabyte_hurts_nobody_but_its_sender
);

/// `{"typ":"JWT","alg":"none"}`
const UNSIGNED: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0";

async fn someone_elses_order_is_as_good_as_none(engine: Engine) {
    let shop = Shop::open(engine).await;
    let eve = shop.app.customer("eve").await;
    let nobodys = "/orders/0197b2c4-0000-7000-8000-00000000dead";
    for path in [shop.order_path().as_str(), nobodys, "/orders/7"] {
        for request in [
            shop.app.get(path),
            shop.app
                .post(&format!("{path}/lines"))
                .json(&a_custom_line().body()),
            shop.app.post(&format!("{path}/confirm")).json(&an_address()),
            shop.app.post(&format!("{path}/cancel")).json(&json!({})),
        ] {
            let answer = request.by(&eve).answer().await;
            assert_eq!(
                answer.refusal(),
                (404, "order_not_found".to_owned()),
                "{}",
                answer.text
            );
        }
    }
    for request in [
        shop.app.patch(&shop.line_path()).json(&json!({"quantity": 2})),
        shop.app.delete(&shop.line_path()),
    ] {
        let answer = request.by(&eve).answer().await;
        assert_eq!(
            answer.refusal(),
            (404, "order_not_found".to_owned()),
            "{}",
            answer.text
        );
    }
    assert_eq!(shop.app.orders(&eve).await, Vec::<Value>::new());
    let reference = format!("/orders?reference={}", text(&shop.order["reference"]));
    let found = shop.app.get(&reference).by(&eve).answer().await.expecting(200);
    assert_eq!(found["data"], json!([]));
    let hers = shop
        .app
        .get(&format!("/orders?customer_id={}", shop.ada.user_id))
        .by(&eve)
        .answer()
        .await;
    assert_eq!(hers.refusal(), (403, "insufficient_role".to_owned()));
    shop.assert_nothing_happened("all that").await;
}

async fn nobody_orders_at_another_customers_expense(engine: Engine) {
    let shop = Shop::open(engine).await;
    let eve = shop.app.customer("eve").await;
    let mut order = an_order().with_line(a_custom_line()).body();
    order["customer_id"] = json!(shop.ada.user_id);
    let answer = shop.app.post("/orders").by(&eve).json(&order).answer().await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    shop.assert_nothing_happened(&answer.text).await;
    assert_eq!(shop.app.orders(&eve).await, Vec::<Value>::new());
}

async fn a_forged_token_is_no_token(engine: Engine) {
    let shop = Shop::open(engine).await;
    let eve = shop.app.customer("eve").await;
    let elsewhere = TestApp::start(engine);
    let ada_elsewhere = elsewhere.customer("ada").await;
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<String>>();
    let (ada, eve) = (parts(&shop.ada.access_token), parts(&eve.access_token));
    let mut claims = ada[1].clone();
    // Another letter in the middle: a claim has changed, whichever it is.
    let middle = claims.len() / 2;
    let other = if claims[middle..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    claims.replace_range(middle..=middle, other);
    for (forged, how) in [
        (format!("{UNSIGNED}.{}.", ada[1]), "the algorithm none"),
        (
            format!("{UNSIGNED}.{}.{}", ada[1], ada[2]),
            "the algorithm none, with a signature",
        ),
        (
            format!("{}.{}.{}", ada[0], ada[1], eve[2]),
            "another token's signature",
        ),
        (format!("{}.{claims}.{}", ada[0], ada[2]), "changed claims"),
        (format!("{}.{}", ada[0], ada[1]), "no signature"),
        (format!("{}x", shop.ada.access_token), "a letter more"),
        (ada_elsewhere.access_token, "another installation's secret"),
        (shop.ada.refresh_token.clone(), "a refresh token"),
        ("x".repeat(60_000), "60,000 letters"),
        (format!("{}.", "x.".repeat(10_000)), "many dots"),
        (String::new(), "nothing"),
    ] {
        let order = an_order().with_line(a_custom_line()).body();
        let answer = shop
            .app
            .post("/orders")
            .bearer_auth(&forged)
            .json(&order)
            .answer()
            .await;
        assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()), "{how}");
        assert!(
            answer
                .header("www-authenticate")
                .unwrap()
                .contains("invalid_token"),
            "{how}"
        );
        shop.assert_nothing_happened(how).await;
    }
    let without = shop.app.get("/users/me").answer().await;
    assert_eq!(without.refusal(), (401, "missing_token".to_owned()));
    assert_eq!(
        without.header("www-authenticate"),
        Some("Bearer realm=\"orderly\"")
    );
}

async fn a_token_of_a_megabyte_hurts_nobody_but_its_sender(engine: Engine) {
    let shop = Shop::open(engine).await;
    // Whether an answer comes through depends on how much was sent by then; a success must not. The client is one
    // that nobody uses again: the server closes its connection.
    let request = Client::new().get(format!("{}/api/v1/users/me", shop.app.server.url()));
    if let Ok(response) = request.bearer_auth("x".repeat(1_000_000)).send().await {
        assert!(response.status().is_client_error(), "{response:?}");
    }
    shop.assert_nothing_happened("that").await;
}
