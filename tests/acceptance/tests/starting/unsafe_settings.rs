//! Settings of a PostgreSQL server that are changed while it is used. What would be lost is never acknowledged.

use acceptance::{
    Asking, Engine, Installation, TestApp, an_address, an_order, steps::path,
    throwaway_postgres::ThrowawayPostgres,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What the doctor finds in the server's settings.
fn findings_of(examined: &Value) -> Vec<Value> {
    let examinations = examined["examinations"].as_array().unwrap().iter();
    let of_the_server: Vec<_> = examinations
        .filter(|examination| examination["invariant"] == "safe_settings")
        .collect();
    assert_eq!(of_the_server.len(), 1, "{examined}");
    of_the_server[0]["findings"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_while_the_server_would_lose_it_and_all_goes_on_when_it_would_not() {
    let postgres = ThrowawayPostgres::start();
    let app = TestApp::start_in(Installation::on_server(postgres.url().clone()));
    let (ada, admin) = (app.customer("ada").await, app.admin().await);
    let body = an_order().with_line(app.kettle().await).body();
    app.place(&ada, &body).await;
    let database = app.installation().database();
    for setting in ["fsync", "full_page_writes"] {
        database.change_setting(setting, "off");
        let placed = app.post("/orders").by(&ada).json(&body).answer().await;
        assert_eq!(placed.status, 503, "{}", placed.text);
        assert!(placed.header("Retry-After").is_some());
        app.server.log().wait_for(&format!("{setting} = off"));
        let ready = format!("{}/readyz", app.server.url());
        let ready = reqwest::Client::new().get(ready).answer().await;
        assert_eq!(ready.status, 503, "{}", ready.text);
        let examined = app
            .post("/ops/invariants")
            .by(&admin)
            .answer()
            .await
            .expecting(200);
        let findings = findings_of(&examined);
        assert_eq!(
            findings[0]["subject"],
            format!("the setting {setting}"),
            "{findings:?}"
        );
        database.change_setting(setting, "on");
        app.place(&ada, &body).await;
    }
    assert_eq!(app.orders(&ada).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_database_has_for_others_changes_nothing_for_orderly_and_the_doctor_tells_of_it() {
    let installation = Installation::new(Engine::Postgres);
    let name = installation
        .database()
        .url()
        .path()
        .trim_start_matches('/')
        .to_owned();
    let alter = |what: &str| format!("ALTER DATABASE {name} {what}");
    for setting in [
        "SET synchronous_commit = off",
        "SET default_transaction_isolation = 'serializable'",
    ] {
        installation.database().run(&alter(setting));
    }
    let app = TestApp::start_in(installation);
    let ada = app.customer("ada").await;
    let body = an_order().with_line(app.kettle().await).body();
    // Serializable transactions that write to the same tables at the same time are refused now and then.
    let mut clients = JoinSet::new();
    for _ in 0..16 {
        let placing = app.post("/orders").by(&ada).json(&body);
        clients.spawn(async move {
            let mut orders = Vec::new();
            for _ in 0..5 {
                orders.push(placing.try_clone().unwrap().answer().await.expecting(201));
            }
            orders
        });
    }
    let orders: Vec<Value> = clients.join_all().await.into_iter().flatten().collect();
    let mut confirmations = JoinSet::new();
    for order in &orders {
        let confirming = app.post(&path(order, "confirm")).by(&ada).json(&an_address());
        confirmations.spawn(confirming.answer());
    }
    for answer in confirmations.join_all().await {
        answer.expecting(200);
    }
    let doctor = app.run(&["doctor", "--json"]);
    assert_eq!(doctor.code, 1, "{}", doctor.stdout);
    let subjects: Vec<Value> = findings_of(&serde_json::from_str(&doctor.stdout).unwrap())
        .iter()
        .map(|finding| finding["subject"].clone())
        .collect();
    assert_eq!(
        subjects,
        [
            json!("the setting default_transaction_isolation"),
            json!("the setting synchronous_commit")
        ]
    );
    app.installation().database().run(&alter("RESET ALL"));
}
