//! From placing to delivery, and how orders are found again.

use acceptance::{
    Asking, Engine, TestApp, an_address, an_order,
    answer::text,
    bodies::a_shipment,
    on_every_engine,
    steps::{path, taken},
};
use serde_json::{Value, json};

on_every_engine!(
    an_order_is_placed_confirmed_shipped_and_delivered,
    a_list_is_newest_first_by_status_and_goes_on_where_it_ended
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
    assert_eq!(order["total"]["amount"], "40.03");
    assert_eq!(order["customer_id"], json!(ada.user_id));

    let confirmed = taken(&app, &ada, &order, "confirm", &an_address()).await;
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
    let shipped = taken(&app, &sam, &order, "ship", &a_shipment()).await;
    let too_late = change().answer().await;
    assert_eq!(too_late.refusal(), (409, "address_not_changeable".to_owned()));
    assert_eq!(
        (&shipped["status"], &shipped["shipment"]),
        (&json!("shipped"), &a_shipment())
    );
    let delivered = taken(&app, &sam, &order, "deliver", &json!({})).await;
    assert_eq!(
        (&delivered["status"], &delivered["version"]),
        (&json!("delivered"), &json!(6))
    );
    assert_eq!(delivered["allowed_actions"], json!([]));
    assert_eq!(app.order(&ada, &order["id"]).await, delivered);
    assert_eq!(app.orders(&ada).await, [delivered]);
}

async fn a_list_is_newest_first_by_status_and_goes_on_where_it_ended(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let mut newest_first = Vec::new();
    for number in 0..5 {
        let line = app.kettle().await.of(number + 1);
        newest_first.insert(0, app.place(&ada, &an_order().with_line(line).body()).await);
    }
    let first = app.get("/orders?limit=2").by(&ada).answer().await;
    let link = first.header("link").unwrap().to_owned();
    assert!(link.ends_with("rel=\"next\""), "{link}");
    let page = first.expecting(200);
    assert_eq!(page["data"].as_array().unwrap().as_slice(), &newest_first[..2]);
    // What is placed in between does not push the rest down.
    app.place(&ada, &an_order().with_line(app.kettle().await).body())
        .await;
    let next = format!("/orders?limit=2&cursor={}", text(&page["next_cursor"]));
    let second = app.read(&ada, &next).await;
    assert_eq!(second["data"].as_array().unwrap().as_slice(), &newest_first[2..4]);

    taken(&app, &ada, &newest_first[4], "cancel", &json!({})).await;
    let cancelled = app.read(&ada, "/orders?status=cancelled").await;
    assert_eq!(cancelled["data"].as_array().unwrap().len(), 1);
    assert_eq!(cancelled["data"][0]["id"], newest_first[4]["id"]);
    assert_eq!(cancelled["next_cursor"], Value::Null);
}
