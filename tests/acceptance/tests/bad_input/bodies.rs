//! Bodies that are no JSON, or JSON of another shape.

use acceptance::{Asking, Engine, PASSWORD, a_custom_line, an_order, on_every_engine};
use serde_json::json;

use crate::shop::{Shop, an_order_with, price};

on_every_engine!(
    what_is_not_json_is_refused,
    everything_that_is_wrong_with_a_body_is_said_at_once,
    wrong_types_are_refused,
    unknown_fields_are_refused_wherever_they_are,
    a_body_of_100_kib_is_refused
);

async fn what_is_not_json_is_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    for not_json in [
        "{",
        "currency=USD",
        "{'currency': 'USD'}",
        "{\"currency\": \"USD\"} trailing",
    ] {
        shop.refuses(
            shop.app.post("/orders").json_text(not_json),
            400,
            "malformed_json",
        )
        .await;
    }
    shop.refuses(shop.app.post("/orders").json_text(""), 400, "missing_body")
        .await;
    shop.refuses(
        shop.app.post("/orders").json_text("[".repeat(100_000 / 2)),
        400,
        "json_too_deep",
    )
    .await;
    shop.refuses(
        shop.app.post("/orders").form(&[("currency", "USD")]),
        415,
        "unsupported_media_type",
    )
    .await;
}

async fn everything_that_is_wrong_with_a_body_is_said_at_once(engine: Engine) {
    let shop = Shop::open(engine).await;
    let order = json!({
        "currency": "DOGE",
        "lines": [
            {"product_id": "12", "product_name": 7, "quantity": -1, "unit_price": {"amount": 19.99, "currency": "USD"}},
            "no object",
        ],
        "coupon": "WELCOME",
    });
    let answer = shop.app.post("/orders").by(&shop.ada).json(&order).answer().await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(answer.redacted(), @r#"
        {
          "code": "invalid_body",
          "detail": "fields of the body are wrong; see errors",
          "errors": [
            {
              "code": "unknown_currency",
              "detail": "\"DOGE\" is no currency known here; expected USD, EUR, GBP or INR",
              "pointer": "/currency"
            },
            {
              "code": "invalid_id",
              "detail": "expected a UUID",
              "pointer": "/lines/0/product_id"
            },
            {
              "code": "wrong_type",
              "detail": "found a number, expected a text",
              "pointer": "/lines/0/product_name"
            },
            {
              "code": "invalid_quantity",
              "detail": "-1 is no quantity; expected a whole number from 1 to 1000000",
              "pointer": "/lines/0/quantity"
            },
            {
              "code": "amount_is_a_number",
              "detail": "found a number, expected a text, as in \"19.99\"",
              "pointer": "/lines/0/unit_price/amount"
            },
            {
              "code": "wrong_type",
              "detail": "found a text, expected an object",
              "pointer": "/lines/1"
            },
            {
              "code": "unknown_field",
              "detail": "there is no such field here",
              "pointer": "/coupon"
            }
          ],
          "instance": "/api/v1/orders",
          "request_id": "[request_id]",
          "status": 422,
          "title": "Invalid body",
          "type": "urn:orderly:problem:invalid_body"
        }
        "#);
    }
    shop.assert_nothing_happened(&answer.text).await;
}

async fn wrong_types_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    for (order, error) in [
        (json!({"currency": 1, "lines": []}), "/currency wrong_type"),
        (json!({"currency": "USD", "lines": {}}), "/lines wrong_type"),
        (json!({"currency": "USD"}), "/lines missing_field"),
        (
            json!({"currency": "USD", "lines": [], "customer_id": 7}),
            "/customer_id wrong_type",
        ),
        (json!([]), " wrong_type"),
        (json!(null), " wrong_type"),
        (
            an_order_with("quantity", json!("2")),
            "/lines/0/quantity wrong_type",
        ),
        (
            an_order_with("product_id", json!("kettle")),
            "/lines/0/product_id invalid_id",
        ),
        (
            an_order_with("unit_price", json!("19.99")),
            "/lines/0/unit_price wrong_type",
        ),
    ] {
        shop.refuses_to_place(&order, &[error]).await;
    }
    for (email, error) in [
        (json!(7), "/email wrong_type"),
        (json!("ada"), "/email invalid_email"),
    ] {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = shop.app.post("/users").json(&body).answer().await;
        assert_eq!(answer.errors(), [error]);
    }
}

async fn unknown_fields_are_refused_wherever_they_are(engine: Engine) {
    let shop = Shop::open(engine).await;
    let mut order = an_order().with_line(a_custom_line()).body();
    order["discount"] = json!("100%");
    shop.refuses_to_place(&order, &["/discount unknown_field"]).await;
    let free = an_order_with("total", price("0.00", "USD"));
    shop.refuses_to_place(&free, &["/lines/0/total unknown_field"])
        .await;
    let mut rounded = price("19.99", "USD");
    rounded["rounding"] = json!("down");
    shop.refuses_to_place(
        &an_order_with("unit_price", rounded),
        &["/lines/0/unit_price/rounding unknown_field"],
    )
    .await;

    let admin = json!({"email": "eve@example.com", "password": PASSWORD, "role": "admin"});
    let answer = shop.app.post("/users").json(&admin).answer().await;
    assert_eq!(answer.refusal(), (422, "invalid_body".to_owned()));
    assert_eq!(answer.errors(), ["/role unknown_field"]);
    let log_in = shop.app.try_to_log_in("eve@example.com", PASSWORD).await;
    assert_eq!(
        log_in.refusal(),
        (400, "invalid_grant".to_owned()),
        "a refused registration left a user"
    );
}

async fn a_body_of_100_kib_is_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    let mut padded = an_order().with_line(a_custom_line()).body().to_string();
    padded += &" ".repeat(100 * 1024);
    let answer = shop
        .refuses(
            shop.app.post("/orders").json_text(padded.clone()),
            413,
            "body_too_large",
        )
        .await;
    assert_eq!(answer["limit"], 65536);
    let anonymous = shop.app.post("/users").json_text(padded).answer().await;
    assert_eq!(anonymous.refusal(), (413, "body_too_large".to_owned()));
    let form = [
        ("grant_type", "password"),
        ("username", &"x".repeat(100 * 1024)),
        ("password", "x"),
    ];
    let token = shop.app.token(&form).await;
    assert_eq!(token.refusal(), (413, "invalid_request".to_owned()));
}
