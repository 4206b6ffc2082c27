//! Each rule that product.md names, at its boundary, with its own error. Staff order, whose lines may cost anything.

use acceptance::{
    Asking, Engine, TestApp, a_custom_line, an_address, an_order, answer::text, bodies::a_shipment,
    on_every_engine, steps::take,
};
use serde_json::json;

use crate::steps::{one_kettle, refused};

on_every_engine!(
    a_total_of_exactly_10_000_is_accepted_and_a_cent_more_is_not,
    an_order_has_at_most_50_lines,
    an_order_without_lines_cannot_be_confirmed,
    an_order_is_confirmed_once_and_then_keeps_its_lines,
    pending_and_confirmed_orders_are_cancelled_once,
    a_shipped_or_delivered_order_cannot_be_cancelled
);

async fn a_total_of_exactly_10_000_is_accepted_and_a_cent_more_is_not(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.staff().await;
    let at_the_limit = an_order().with_line(a_custom_line().of(4).at("2500.00")).body();
    let order = app.place(&ada, &at_the_limit).await;
    assert_eq!(order["total"]["amount"], "10000.00");

    let a_cent_more = an_order()
        .with_line(a_custom_line().of(4).at("2500.00"))
        .with_line(a_custom_line().at("0.01"))
        .body();
    let answer = app.post("/orders").by(&ada).json(&a_cent_more).answer().await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(answer.redacted(), @r#"
        {
          "code": "order_total_limit",
          "detail": "found a total of USD 10000.01, expected at most USD 10000.00",
          "instance": "/api/v1/orders",
          "limit": {
            "amount": "10000.00",
            "currency": "USD"
          },
          "request_id": "[request_id]",
          "status": 422,
          "title": "Order total limit",
          "total": {
            "amount": "10000.01",
            "currency": "USD"
          },
          "type": "urn:orderly:problem:order_total_limit"
        }
        "#);
    }
    assert_eq!(app.orders(&ada).await.len(), 1);

    let add = ("lines", a_custom_line().at("0.01").body());
    refused(&app, &ada, &order, add, "order_total_limit", 422).await;
    let line = format!(
        "/orders/{}/lines/{}",
        text(&order["id"]),
        text(&order["lines"][0]["id"])
    );
    let five = app
        .patch(&line)
        .by(&ada)
        .json(&json!({"quantity": 5}))
        .answer()
        .await;
    assert_eq!(five.refusal(), (422, "order_total_limit".to_owned()));
    assert_eq!(app.order(&ada, &order["id"]).await, order);
}

async fn an_order_has_at_most_50_lines(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.staff().await;
    let order = app
        .place(&ada, &an_order().with_lines(50, &a_custom_line()).body())
        .await;
    assert_eq!(order["lines"].as_array().unwrap().len(), 50);
    refused(
        &app,
        &ada,
        &order,
        ("lines", a_custom_line().body()),
        "order_line_limit",
        422,
    )
    .await;
    let too_many = an_order().with_lines(51, &a_custom_line()).body();
    let answer = app.post("/orders").by(&ada).json(&too_many).answer().await;
    assert_eq!(answer.refusal(), (422, "order_line_limit".to_owned()));
    assert_eq!(app.orders(&ada).await.len(), 1);
}

async fn an_order_without_lines_cannot_be_confirmed(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.staff().await;
    let order = app.place(&ada, &an_order().body()).await;
    refused(
        &app,
        &ada,
        &order,
        ("confirm", an_address()),
        "order_without_lines",
        409,
    )
    .await;
}

async fn an_order_is_confirmed_once_and_then_keeps_its_lines(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.staff().await;
    let order = app.place(&ada, &one_kettle(&app).await).await;
    take(&app, &ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    refused(
        &app,
        &ada,
        &order,
        ("confirm", an_address()),
        "order_already_confirmed",
        409,
    )
    .await;
    refused(
        &app,
        &ada,
        &order,
        ("lines", a_custom_line().body()),
        "order_not_pending",
        409,
    )
    .await;
    let line = format!(
        "/orders/{}/lines/{}",
        text(&order["id"]),
        text(&order["lines"][0]["id"])
    );
    let changed = app
        .patch(&line)
        .by(&ada)
        .json(&json!({"quantity": 3}))
        .answer()
        .await;
    assert_eq!(changed.refusal(), (409, "order_not_pending".to_owned()));
    let removed = app.delete(&line).by(&ada).answer().await;
    assert_eq!(removed.refusal(), (409, "order_not_pending".to_owned()));
}

async fn pending_and_confirmed_orders_are_cancelled_once(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.staff().await;
    let pending = app.place(&ada, &one_kettle(&app).await).await;
    let cancelled = take(&app, &ada, &pending, "cancel", &json!({"reason": "too slow"}))
        .await
        .expecting(200);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(
        cancelled["cancellation"],
        json!({"code": "on_request", "reason": "too slow", "shortages": []})
    );
    refused(
        &app,
        &ada,
        &pending,
        ("cancel", json!({})),
        "order_already_cancelled",
        409,
    )
    .await;
    refused(
        &app,
        &ada,
        &pending,
        ("lines", a_custom_line().body()),
        "order_not_pending",
        409,
    )
    .await;

    let confirmed = app.place(&ada, &one_kettle(&app).await).await;
    take(&app, &ada, &confirmed, "confirm", &an_address())
        .await
        .expecting(200);
    take(&app, &ada, &confirmed, "cancel", &json!({}))
        .await
        .expecting(200);
    refused(
        &app,
        &ada,
        &confirmed,
        ("cancel", json!({})),
        "order_already_cancelled",
        409,
    )
    .await;
}

async fn a_shipped_or_delivered_order_cannot_be_cancelled(engine: Engine) {
    let app = TestApp::start(engine);
    let sam = app.staff().await;
    let order = app.place(&sam, &one_kettle(&app).await).await;
    refused(
        &app,
        &sam,
        &order,
        ("ship", a_shipment()),
        "order_not_confirmed",
        409,
    )
    .await;
    take(&app, &sam, &order, "confirm", &an_address())
        .await
        .expecting(200);
    refused(
        &app,
        &sam,
        &order,
        ("deliver", json!({})),
        "order_not_shipped",
        409,
    )
    .await;
    take(&app, &sam, &order, "ship", &a_shipment())
        .await
        .expecting(200);
    refused(
        &app,
        &sam,
        &order,
        ("cancel", json!({})),
        "order_cannot_be_cancelled",
        409,
    )
    .await;
    refused(
        &app,
        &sam,
        &order,
        ("ship", a_shipment()),
        "order_not_confirmed",
        409,
    )
    .await;
    take(&app, &sam, &order, "deliver", &json!({}))
        .await
        .expecting(200);
    refused(
        &app,
        &sam,
        &order,
        ("deliver", json!({})),
        "order_not_shipped",
        409,
    )
    .await;
    refused(
        &app,
        &sam,
        &order,
        ("cancel", json!({})),
        "order_cannot_be_cancelled",
        409,
    )
    .await;
}
