//! The catalogue and the customer's tier alone decide what an order costs.

use acceptance::{Asking, Engine, Login, TestApp, an_address, answer::text, on_every_engine, steps::take};
use serde_json::{Value, json};

on_every_engine!(
    prices_follow_the_catalogue_and_the_tier,
    a_tier_is_given_on_the_command_line_as_well,
    the_price_list_survives_a_kill_right_after_a_change
);

/// The body of an order of one of this product, at the price that is expected, if any is.
fn one(product: &Value, expected: Option<&str>) -> Value {
    let mut line = json!({"product_id": product["id"], "quantity": 1});
    if let Some(amount) = expected {
        line["unit_price"] = json!({"amount": amount, "currency": "GBP"});
    }
    json!({"currency": "GBP", "lines": [line]})
}

async fn list_tea(app: &TestApp, sam: &Login) -> Value {
    let tea = json!({"sku": "TEA-250", "name": "Tea", "unit_price": {"amount": "20.00", "currency": "GBP"}});
    let listed = app
        .post("/products")
        .by(sam)
        .json(&tea)
        .answer()
        .await
        .expecting(201);
    app.wait_idle();
    listed
}

async fn reprice(app: &TestApp, sam: &Login, product: &Value, amount: &str) {
    let price = json!({"unit_price": {"amount": amount, "currency": "GBP"}});
    let path = format!("/products/{}", text(&product["id"]));
    app.patch(&path)
        .by(sam)
        .json(&price)
        .answer()
        .await
        .expecting(200);
}

/// The price of an order's first line.
fn amount(order: &Value) -> &str {
    order["lines"][0]["unit_price"]["amount"].as_str().unwrap()
}

async fn prices_follow_the_catalogue_and_the_tier(engine: Engine) {
    let app = TestApp::start(engine);
    let (ada, sam) = (app.customer("ada").await, app.staff().await);
    let tea = list_tea(&app, &sam).await;
    let first = app.place(&ada, &one(&tea, Some("20.00"))).await;
    assert_eq!(
        (amount(&first), first["lines"][0]["product_name"].as_str()),
        ("20.00", Some("Tea"))
    );

    let tier = app.put(&format!("/customers/{}/tier", ada.user_id)).by(&sam);
    let gold = tier.json(&json!({"tier": "gold"})).answer().await.expecting(200);
    assert_eq!(gold["tier"], "gold");
    assert_eq!(amount(&app.place(&ada, &one(&tea, None)).await), "18.00");

    reprice(&app, &sam, &tea, "21.00").await;
    app.wait_idle();
    let order = app.post("/orders").by(&ada).json(&one(&tea, Some("18.00")));
    let refused = order.answer().await;
    assert_eq!(refused.refusal(), (409, "price_changed".to_owned()));
    let current = json!({"amount": "18.90", "currency": "GBP"});
    assert_eq!(refused.json()["current"], current);
    let second = app.place(&ada, &one(&tea, Some("18.90"))).await;
    assert_eq!(amount(&second), "18.90");
    // What is placed keeps its price, and is no price lock: it is asked for again when it is confirmed.
    assert_eq!(app.order(&ada, &first["id"]).await, first);
    let refused = take(&app, &ada, &first, "confirm", &an_address()).await;
    assert_eq!(refused.refusal(), (409, "price_changed".to_owned()));

    let delist = format!("/products/{}/delist", text(&tea["id"]));
    app.post(&delist).by(&sam).answer().await.expecting(200);
    app.wait_idle();
    let refused = take(&app, &ada, &second, "confirm", &an_address()).await;
    assert_eq!(refused.refusal(), (422, "unknown_product".to_owned()));
}

async fn a_tier_is_given_on_the_command_line_as_well(engine: Engine) {
    let app = TestApp::start(engine);
    let (ada, sam) = (app.customer("ada").await, app.staff().await);
    let tea = list_tea(&app, &sam).await;
    let told = app
        .run(&["customers", "tier", &ada.user_id, "silver"])
        .expecting_success();
    assert_eq!(told, "ada@example.com is at the silver tier\n");
    let again = app
        .run(&["customers", "tier", &ada.user_id, "silver", "--json"])
        .expecting_success();
    let customer: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(
        (&customer["tier"], &customer["version"]),
        (&json!("silver"), &json!(2))
    );
    assert_eq!(amount(&app.place(&ada, &one(&tea, None)).await), "19.00");
    let line = app
        .run(&["customers", "tier", &ada.user_id, "platinum"])
        .expecting_one_line(1);
    assert!(
        line.contains("platinum") && line.contains("standard, silver or gold"),
        "{line}"
    );
    let nobody = "0197b2c4-0000-7000-8000-00000000dead";
    let line = app
        .run(&["customers", "tier", nobody, "gold"])
        .expecting_one_line(1);
    assert!(line.contains("no such customer"), "{line}");
}

async fn the_price_list_survives_a_kill_right_after_a_change(engine: Engine) {
    let mut app = TestApp::start(engine);
    let (ada, sam) = (app.customer("ada").await, app.staff().await);
    let tea = list_tea(&app, &sam).await;
    for pounds in 21..26 {
        reprice(&app, &sam, &tea, &format!("{pounds}.00")).await;
    }
    app.kill_and_restart();
    app.wait_idle();
    assert_eq!(amount(&app.place(&ada, &one(&tea, None)).await), "25.00");
}
