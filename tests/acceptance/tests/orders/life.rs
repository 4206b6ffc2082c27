//! From placing to delivery.

use acceptance::{
    Asking, Engine, TestApp, an_address, an_order,
    answer::text,
    bodies::a_shipment,
    on_every_engine,
    steps::{path, take},
};
use serde_json::json;

use crate::steps::{one_kettle, refused};

on_every_engine!(
    an_order_is_placed_confirmed_shipped_and_delivered,
    lines_are_added_changed_and_removed_while_an_order_is_pending,
    customers_do_not_ship_or_deliver_their_own_orders
);

async fn an_order_is_placed_confirmed_shipped_and_delivered(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let sam = app.staff().await;

    let body = an_order()
        .with_line(app.kettle().await.of(2))
        .with_line(app.product("Cup", "0.05").await)
        .body();
    let placed = app.post("/orders").by(&ada).json(&body).answer().await;
    assert_eq!((placed.status, placed.header("etag")), (201, Some("\"1\"")));
    let order = placed.json();
    let location = format!("/api/v1/orders/{}", text(&order["id"]));
    assert_eq!(placed.header("location"), Some(location.as_str()));
    insta::allow_duplicates! {
        insta::assert_snapshot!(placed.redacted(), @r#"
        {
          "allocation": "none",
          "allowed_actions": [
            "add_line",
            "remove_line",
            "change_quantity",
            "confirm",
            "cancel"
          ],
          "cancellation": null,
          "currency": "USD",
          "customer_id": "[customer_id]",
          "id": "[id]",
          "lines": [
            {
              "id": "[id]",
              "product_id": "[product_id]",
              "product_name": "Kettle",
              "quantity": 2,
              "total": {
                "amount": "39.98",
                "currency": "USD"
              },
              "unit_price": {
                "amount": "19.99",
                "currency": "USD"
              }
            },
            {
              "id": "[id]",
              "product_id": "[product_id]",
              "product_name": "Cup",
              "quantity": 1,
              "total": {
                "amount": "0.05",
                "currency": "USD"
              },
              "unit_price": {
                "amount": "0.05",
                "currency": "USD"
              }
            }
          ],
          "placed_at": "[placed_at]",
          "reference": "[reference]",
          "shipment": null,
          "shipping_address": null,
          "status": "pending",
          "total": {
            "amount": "40.03",
            "currency": "USD"
          },
          "updated_at": "[updated_at]",
          "version": 1
        }
        "#);
    }
    assert_eq!(order["customer_id"], json!(ada.user_id));

    let confirmed = take(&app, &ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    assert_eq!(
        (&confirmed["status"], &confirmed["version"]),
        (&json!("confirmed"), &json!(3))
    );
    assert_eq!(confirmed["allocation"], "reserved", "it was waited for");
    assert_eq!(confirmed["shipping_address"], an_address()["shipping_address"]);
    let elsewhere = json!({"street": "", "city": "", "state": "", "postal_code": "75001", "country": "FR"});
    let change = || {
        app.put(&path(&order, "shipping_address"))
            .by(&ada)
            .json(&elsewhere)
    };
    let stale = change().header("If-Match", "\"1\"").answer().await;
    assert_eq!(stale.refusal(), (412, "version_mismatch".to_owned()));
    let moved = change().header("If-Match", "\"3\"").answer().await.expecting(200);
    assert_eq!(
        (&moved["shipping_address"], &moved["version"]),
        (&elsewhere, &json!(4))
    );
    assert_eq!(change().answer().await.expecting(200), moved, "a repeated PUT");
    let shipped = take(&app, &sam, &order, "ship", &a_shipment())
        .await
        .expecting(200);
    let too_late = change().answer().await;
    assert_eq!(too_late.refusal(), (409, "address_not_changeable".to_owned()));
    assert_eq!(
        (&shipped["status"], &shipped["shipment"]),
        (&json!("shipped"), &a_shipment())
    );
    let delivered = take(&app, &sam, &order, "deliver", &json!({}))
        .await
        .expecting(200);
    assert_eq!(
        (&delivered["status"], &delivered["version"]),
        (&json!("delivered"), &json!(6))
    );
    assert_eq!(delivered["allowed_actions"], json!([]));
    assert_eq!(app.order(&ada, &order["id"]).await, delivered);
    assert_eq!(app.orders(&ada).await, [delivered]);
}

async fn lines_are_added_changed_and_removed_while_an_order_is_pending(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app.place(&ada, &an_order().body()).await;
    assert_eq!(
        (&order["lines"], &order["total"]["amount"]),
        (&json!([]), &json!("0.00"))
    );
    let kettle = app.product("Dear kettle", "20.00").await.of(2);
    let added = take(&app, &ada, &order, "lines", &kettle.body())
        .await
        .expecting(200);
    assert_eq!(added["total"]["amount"], "40.00");
    let line = format!(
        "/orders/{}/lines/{}",
        text(&order["id"]),
        text(&added["lines"][0]["id"])
    );
    let changed = app
        .patch(&line)
        .by(&ada)
        .json(&json!({"quantity": 3}))
        .answer()
        .await
        .expecting(200);
    assert_eq!(
        (&changed["lines"][0]["quantity"], &changed["total"]["amount"]),
        (&json!(3), &json!("60.00"))
    );
    let removed = app.delete(&line).by(&ada).answer().await;
    assert_eq!((removed.status, removed.header("etag")), (200, Some("\"4\"")));
    assert_eq!(removed.json()["lines"], json!([]));
    let again = app.delete(&line).by(&ada).answer().await;
    assert_eq!(again.refusal(), (404, "order_line_not_found".to_owned()));
    assert_eq!(app.order(&ada, &order["id"]).await, removed.json());
}

async fn customers_do_not_ship_or_deliver_their_own_orders(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app.place(&ada, &one_kettle(&app).await).await;
    take(&app, &ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    refused(
        &app,
        &ada,
        &order,
        ("ship", a_shipment()),
        "insufficient_role",
        403,
    )
    .await;
    refused(
        &app,
        &ada,
        &order,
        ("deliver", json!({})),
        "insufficient_role",
        403,
    )
    .await;
}
