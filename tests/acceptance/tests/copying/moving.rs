//! What was stored before is there afterwards, and operation continues.

use std::fs;

use acceptance::{Answer, Asking, Engine, Installation, Login, TestApp, an_order, answer::text};
use serde_json::{Value, json};

use crate::{arguments, copy_to, rows_in};

/// Everything that staff sees of orders: the pages of the list, and each order by itself with its version.
async fn orders_as_told(app: &TestApp, staff: &Login) -> Vec<(String, Option<String>)> {
    let mut told = Vec::new();
    let mut page = "/orders?limit=25".to_owned();
    loop {
        let list = app.get(&page).by(staff).answer().await;
        let body = list.json();
        told.push((list.text, None));
        for order in body["data"].as_array().unwrap() {
            let path = format!("/orders/{}", text(&order["id"]));
            let answer = app.get(&path).by(staff).answer().await;
            told.push((answer.text.clone(), answer.header("etag").map(str::to_owned)));
        }
        match body["next_cursor"].as_str() {
            Some(cursor) => page = format!("/orders?limit=25&cursor={cursor}"),
            None => return told,
        }
    }
}

async fn place_under_a_key(app: &TestApp, login: &Login) -> Answer {
    app.post("/orders")
        .by(login)
        .header("Idempotency-Key", "placed-before-the-move")
        .json(&an_order().with_line(app.kettle().await).body())
        .answer()
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_notices_that_an_installation_has_moved() {
    let mut old = TestApp::start(Engine::Sqlite);
    let seeded = old.run(&["seed", "--orders", "60", "--json"]).expecting_success();
    let seeded: Value = serde_json::from_str(&seeded).unwrap();
    assert_eq!(
        seeded["orders_added"].as_object().unwrap().len(),
        5,
        "in every state: {seeded}"
    );
    let sam = old.staff().await;
    let ada = old.customer("ada").await;
    let elsewhere = old.log_in("ada").await;
    let placed = place_under_a_key(&old, &ada).await;
    old.wait_idle();
    let before = orders_as_told(&old, &sam).await;
    old.server.stop();
    // The event of her account is not delivered when the installation moves.
    let grace = old.create_user("grace", "customer");

    let new = Installation::new(Engine::Postgres);
    let copy = copy_to(&new);
    let report: Value = serde_json::from_str(&old.run(&arguments(&copy)).expecting_success()).unwrap();
    assert_eq!(report["rows"], json!(rows_in(&new)));
    let rows = |context: &str, table: &str| {
        let tables = report["tables"].as_array().unwrap();
        let found = tables
            .iter()
            .find(|found| found["context"] == context && found["table"] == table);
        found.unwrap()["rows"].as_u64().unwrap()
    };
    assert_eq!(rows("ordering", "orders"), 61);
    assert_eq!(
        rows("accounts", "sessions"),
        4,
        "Ada's two, Sam's, and one of who listed the kettle"
    );
    assert_eq!(rows("notifications", "addresses"), rows("ordering", "customers"));
    assert!(rows("ordering", "consumer_positions") > 0 && rows("ordering", "command_log") > 0);

    let secret = old.installation().path().join(text(&report["token_secret_file"]));
    fs::copy(secret, new.path().join("token_secret")).unwrap();
    let app = TestApp::start_in(new);
    assert!(
        orders_as_told(&app, &sam).await == before,
        "something is told otherwise"
    );
    for login in [&ada, &elsewhere] {
        app.refresh(&login.refresh_token).await.expecting(200);
    }
    let again = place_under_a_key(&app, &ada).await;
    assert_eq!((again.status, &again.text), (201, &placed.text));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    app.wait_idle();
    let customer = app
        .get(&format!("/customers/{}", text(&grace["id"])))
        .by(&sam)
        .answer()
        .await;
    assert_eq!(customer.expecting(200)["email"], grace["email"]);
    app.place(&ada, &an_order().with_line(app.kettle().await).body())
        .await;

    old.restart();
    assert_eq!(old.orders(&ada).await.len(), 1, "the folder was left as it was");
}
