//! What an order costs comes from the catalogue and the customer's tier, and nobody else says so.

use acceptance::{
    Asking, Engine, Login, TestApp, a_custom_line, an_address, an_order, answer::text, on_every_engine,
    steps::take,
};
use serde_json::{Value, json};

on_every_engine!(
    prices_follow_the_catalogue_and_the_tier,
    a_tier_is_given_on_the_command_line_as_well,
    a_pending_order_is_no_price_lock_and_no_way_around_delisting,
    an_account_that_is_closed_confirms_nothing,
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
    let refused = async |login: &Login, order: Value| {
        let answer = app.post("/orders").by(login).json(&order).answer().await;
        (answer.refusal(), answer.json())
    };
    let first = app.place(&ada, &one(&tea, Some("20.00"))).await;
    assert_eq!(
        (amount(&first), first["lines"][0]["product_name"].as_str()),
        ("20.00", Some("Tea"))
    );

    let tier = format!("/customers/{}/tier", ada.user_id);
    let gold = app
        .put(&tier)
        .by(&sam)
        .json(&json!({"tier": "gold"}))
        .answer()
        .await;
    assert_eq!(gold.header("etag"), Some("\"2\""));
    assert_eq!(gold.expecting(200)["tier"], "gold");
    let shown = app
        .get(&format!("/customers/{}", ada.user_id))
        .by(&sam)
        .answer()
        .await;
    assert_eq!(shown.expecting(200)["tier"], "gold");
    assert_eq!(amount(&app.place(&ada, &one(&tea, None)).await), "18.00");
    let (code, problem) = refused(&ada, one(&tea, Some("20.00"))).await;
    assert_eq!(code, (409, "price_changed".to_owned()));
    assert_eq!(problem["current"], json!({"amount": "18.00", "currency": "GBP"}));

    reprice(&app, &sam, &tea, "21.00").await;
    app.wait_idle();
    let (code, problem) = refused(&ada, one(&tea, Some("18.00"))).await;
    assert_eq!(code, (409, "price_changed".to_owned()));
    assert_eq!(problem["current"], json!({"amount": "18.90", "currency": "GBP"}));
    let second = app.place(&ada, &one(&tea, Some("18.90"))).await;
    let line = one(&tea, None)["lines"][0].clone();
    let with_another = take(&app, &ada, &second, "lines", &line).await.expecting(200);
    assert_eq!(with_another["total"]["amount"], "37.80");
    assert_eq!(
        app.order(&ada, &first["id"]).await,
        first,
        "what is placed keeps its price"
    );

    let delist = format!("/products/{}/delist", text(&tea["id"]));
    app.post(&delist).by(&sam).answer().await.expecting(200);
    app.wait_idle();
    let (code, problem) = refused(&ada, one(&tea, None)).await;
    assert_eq!(code, (422, "unknown_product".to_owned()));
    assert_eq!(problem["product_id"], tea["id"]);
    let custom = an_order().with_line(a_custom_line().at("3.00")).body();
    assert_eq!(
        refused(&ada, custom.clone()).await.0,
        (422, "unknown_product".to_owned())
    );
    let mut for_ada = custom;
    for_ada["customer_id"] = json!(ada.user_id);
    let placed = app.place(&sam, &for_ada).await;
    assert_eq!(
        (amount(&placed), &placed["customer_id"]),
        ("3.00", &json!(ada.user_id))
    );
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

async fn a_pending_order_is_no_price_lock_and_no_way_around_delisting(engine: Engine) {
    let app = TestApp::start(engine);
    let (ada, sam) = (app.customer("ada").await, app.staff().await);
    let tea = list_tea(&app, &sam).await;
    let order = app.place(&ada, &one(&tea, None)).await;
    let line = format!(
        "/orders/{}/lines/{}",
        text(&order["id"]),
        text(&order["lines"][0]["id"])
    );
    let asks_for_more = async || {
        let more = app.patch(&line).by(&ada).json(&json!({"quantity": 2}));
        more.answer().await.refusal()
    };
    let price = |amount: &str| json!({"amount": amount, "currency": "GBP"});

    reprice(&app, &sam, &tea, "19.00").await;
    app.wait_idle();
    assert_eq!(asks_for_more().await, (409, "price_changed".to_owned()));
    let refused = take(&app, &ada, &order, "confirm", &an_address()).await;
    assert_eq!(refused.refusal(), (409, "price_changed".to_owned()));
    let changed = &refused.json()["lines"];
    assert_eq!(
        *changed,
        json!([{
            "line_id": order["lines"][0]["id"],
            "product_id": tea["id"],
            "given": price("20.00"),
            "current": price("19.00"),
        }])
    );
    assert_eq!(app.order(&ada, &order["id"]).await, order, "nothing has happened");

    // Accepted: the line is removed, and added at the price that was told.
    app.delete(&line).by(&ada).answer().await.expecting(200);
    let anew = json!({"product_id": tea["id"], "quantity": 1, "unit_price": changed[0]["current"]});
    let order = take(&app, &ada, &order, "lines", &anew).await.expecting(200);
    let confirmed = take(&app, &ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    assert_eq!(confirmed["total"], price("19.00"));

    let late = app.place(&ada, &one(&tea, None)).await;
    let delist = format!("/products/{}/delist", text(&tea["id"]));
    app.post(&delist).by(&sam).answer().await.expecting(200);
    app.wait_idle();
    let refused = take(&app, &ada, &late, "confirm", &an_address()).await;
    assert_eq!(refused.refusal(), (422, "unknown_product".to_owned()));
    assert_eq!(
        refused.json()["lines"],
        json!([{"line_id": late["lines"][0]["id"], "product_id": tea["id"]}])
    );

    // What staff sell off at a price of their own is theirs to sell, and hers to confirm.
    let mut sold_off = one(&tea, Some("3.00"));
    sold_off["customer_id"] = json!(ada.user_id);
    sold_off["lines"][0]["product_name"] = json!("Last of the tea");
    let sold_off = app.place(&sam, &sold_off).await;
    take(&app, &ada, &sold_off, "confirm", &an_address())
        .await
        .expecting(200);
}

async fn an_account_that_is_closed_confirms_nothing(engine: Engine) {
    let app = TestApp::start(engine);
    let (ada, sam, root) = (app.customer("ada").await, app.staff().await, app.admin().await);
    let tea = list_tea(&app, &sam).await;
    let order = app.place(&ada, &one(&tea, None)).await;
    let deactivate = format!("/users/{}/deactivate", ada.user_id);
    app.post(&deactivate).by(&root).answer().await.expecting(200);
    app.wait_idle();
    let refused = take(&app, &sam, &order, "confirm", &an_address()).await;
    assert_eq!(refused.refusal(), (409, "customer_closed".to_owned()));
    assert_eq!(app.order(&sam, &order["id"]).await, order);
    let reactivate = format!("/users/{}/reactivate", ada.user_id);
    app.post(&reactivate).by(&root).answer().await.expecting(200);
    app.wait_idle();
    take(&app, &sam, &order, "confirm", &an_address())
        .await
        .expecting(200);
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
