//! Many at once: they share commits, but not errors.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first thing that is not as they say, and tell what they measured"
)]

use acceptance::{Answer, Asking, Engine, TestApp, an_address, an_order, answer::text, on_every_engine};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_every_engine!(
    orders_placed_by_64_clients_are_all_durable_and_share_commits,
    of_20_simultaneous_refreshes_of_one_token_none_throws_the_user_out,
    lines_added_to_one_order_at_once_are_each_there_or_refused,
    of_those_who_name_the_same_version_one_wins,
    an_order_confirmed_by_16_at_once_is_confirmed_once
);

const CLIENTS: usize = 64;
const ORDERS_EACH: usize = 10;

/// The figures that a context's committer logged when it closed.
fn closing_statistics(app: &TestApp, context: &str) -> (u64, u64) {
    let log = app.server.log().so_far();
    let line = log
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|line| line["context"] == context && line["write_sets"].is_number())
        .unwrap_or_else(|| {
            panic!(
                "the {context} context did not say how it closed:\n{}",
                log.join("\n")
            )
        });
    (
        line["commits"].as_u64().unwrap(),
        line["write_sets"].as_u64().unwrap(),
    )
}

async fn orders_placed_by_64_clients_are_all_durable_and_share_commits(engine: Engine) {
    let mut app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let mut clients = JoinSet::new();
    let kettle = app.kettle().await;
    for units in 1..=CLIENTS as u64 {
        let body = an_order().with_line(kettle.clone().of(units)).body();
        let request = app.post("/orders").by(&ada).json(&body);
        clients.spawn(async move {
            let mut placed = Vec::new();
            for _ in 0..ORDERS_EACH {
                placed.push(request.try_clone().unwrap().answer().await.expecting(201));
            }
            placed
        });
    }
    let mut placed: Vec<Value> = clients.join_all().await.into_iter().flatten().collect();
    app.wait_idle();
    app.server.stop();
    let (commits, write_sets) = closing_statistics(&app, "ordering");
    let orders = u64::try_from(placed.len()).unwrap();
    println!("{orders} orders of {CLIENTS} clients: {write_sets} write sets in {commits} commits");
    // Besides the orders: the customers of Ada and of who listed the kettle, and its entry on the price list.
    assert_eq!(write_sets, orders + 3);
    assert!(
        write_sets > commits,
        "found {write_sets} write sets in {commits} commits, expected them to share"
    );

    app.restart();
    let mut kept = app.orders(&ada).await;
    let by_id = |order: &Value| text(&order["id"]);
    placed.sort_by_key(by_id);
    kept.sort_by_key(by_id);
    assert!(kept == placed, "what is kept differs from what was answered");
}

async fn of_20_simultaneous_refreshes_of_one_token_none_throws_the_user_out(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &ada.refresh_token),
    ];
    let mut refreshing = JoinSet::new();
    for _ in 0..20 {
        refreshing.spawn(app.post("/auth/token").form(&form).answer());
    }
    let tokens: Vec<Value> = refreshing
        .join_all()
        .await
        .into_iter()
        .map(|answer| answer.expecting(200))
        .collect();
    for pair in &tokens {
        assert_eq!(
            pair["refresh_token"], tokens[0]["refresh_token"],
            "there is one successor"
        );
        let me = app
            .get("/users/me")
            .bearer_auth(text(&pair["access_token"]))
            .answer()
            .await;
        assert_eq!(me.status, 200);
    }
    assert_eq!(app.refresh(&text(&tokens[0]["refresh_token"])).await.status, 200);
}

/// The same request, so many times at once.
async fn at_once(count: usize, request: impl Fn() -> reqwest::RequestBuilder) -> Vec<Answer> {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        requests.spawn(request().answer());
    }
    requests.join_all().await
}

fn with_status(answers: &[Answer], status: u16) -> Vec<&Answer> {
    answers.iter().filter(|answer| answer.status == status).collect()
}

async fn lines_added_to_one_order_at_once_are_each_there_or_refused(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app.place(&ada, &an_order().body()).await;
    let path = format!("/orders/{}/lines", text(&order["id"]));
    let line = app.kettle().await.body();
    let answers = at_once(32, || app.post(&path).by(&ada).json(&line)).await;
    let added = with_status(&answers, 200);
    let lost = with_status(&answers, 409);
    assert_eq!(added.len() + lost.len(), answers.len(), "{answers:?}");
    assert!(
        lost.iter().all(|answer| answer.refusal().1 == "conflict"),
        "{lost:?}"
    );
    assert!(!added.is_empty());
    let kept = app.order(&ada, &order["id"]).await;
    assert_eq!(kept["lines"].as_array().unwrap().len(), added.len());
    assert_eq!(kept["version"], json!(1 + added.len()));
    let mut versions: Vec<u64> = added
        .iter()
        .map(|answer| answer.json()["version"].as_u64().unwrap())
        .collect();
    versions.sort_unstable();
    let each_once: Vec<u64> = (2..).take(added.len()).collect();
    assert_eq!(versions, each_once, "two changes were told the same version");
}

async fn of_those_who_name_the_same_version_one_wins(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app.place(&ada, &an_order().body()).await;
    let path = format!("/orders/{}/lines", text(&order["id"]));
    let line = app.kettle().await.body();
    let answers = at_once(32, || {
        app.post(&path).by(&ada).header("If-Match", "\"1\"").json(&line)
    })
    .await;
    assert_eq!(with_status(&answers, 200).len(), 1);
    let stale = with_status(&answers, 412);
    assert_eq!(stale.len(), 31, "{answers:?}");
    assert!(
        stale.iter().all(|answer| answer.json()["current_version"] == 2),
        "{stale:?}"
    );
    assert_eq!(app.order(&ada, &order["id"]).await["version"], 2);
}

async fn an_order_confirmed_by_16_at_once_is_confirmed_once(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app
        .place(&ada, &an_order().with_line(app.kettle().await).body())
        .await;
    let path = format!("/orders/{}/confirm", text(&order["id"]));
    let answers = at_once(16, || app.post(&path).by(&ada).json(&an_address())).await;
    assert_eq!(with_status(&answers, 200).len(), 1);
    for answer in with_status(&answers, 409) {
        assert_eq!(answer.refusal().1, "order_already_confirmed");
    }
    assert_eq!(with_status(&answers, 409).len(), 15, "{answers:?}");
    app.wait_idle();
    let order = app.order(&ada, &order["id"]).await;
    assert_eq!(
        (&order["version"], &order["allocation"]),
        (&json!(3), &json!("reserved")),
        "one version each for the confirmation and for what inventory said"
    );
}
