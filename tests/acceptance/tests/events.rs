//! Events of one context that reach another, also when the server is killed in between.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

use acceptance::{
    Asking, Engine, Login, PASSWORD, TestApp, a_custom_line, an_order, answer::text, on_every_engine,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_every_engine!(
    a_deactivated_users_customer_is_closed_and_places_no_orders,
    a_server_killed_right_after_registrations_delivers_them_when_it_is_back,
    a_user_made_while_no_server_runs_is_heard_of_when_one_does,
    a_user_made_beside_a_running_server_is_heard_of
);

async fn customer_of(app: &TestApp, staff: &Login, user_id: &str) -> Value {
    app.read(staff, &format!("/customers/{user_id}")).await
}

async fn a_deactivated_users_customer_is_closed_and_places_no_orders(engine: Engine) {
    let app = TestApp::start(engine);
    let admin = app.admin().await;
    let ada = app.register("ada").await;
    let id = text(&ada["id"]);
    let mut order = an_order().with_line(a_custom_line()).body();
    order["customer_id"] = ada["id"].clone();

    app.post(&format!("/users/{id}/deactivate"))
        .by(&admin)
        .answer()
        .await
        .expecting(200);
    app.wait_idle();
    assert_eq!(customer_of(&app, &admin, &id).await["status"], "closed");
    let refused = app.post("/orders").by(&admin).json(&order).answer().await;
    assert_eq!(refused.refusal(), (409, "customer_closed".to_owned()));

    app.post(&format!("/users/{id}/reactivate"))
        .by(&admin)
        .answer()
        .await
        .expecting(200);
    app.wait_idle();
    assert_eq!(customer_of(&app, &admin, &id).await["status"], "open");
    app.place(&admin, &order).await;
}

async fn a_server_killed_right_after_registrations_delivers_them_when_it_is_back(engine: Engine) {
    let mut app = TestApp::start(engine);
    let sam = app.staff().await;
    let mut registering = JoinSet::new();
    for number in 0..12 {
        let body = json!({"email": format!("user{number}@example.com"), "password": PASSWORD});
        let request = app.post("/users").json(&body);
        registering.spawn(async move { request.send().await?.json::<Value>().await });
    }
    let mut registered = Vec::new();
    while registered.len() < 5 {
        registered.extend(registering.join_next().await.unwrap().unwrap());
    }
    app.server.kill();
    // Those that were answered in the meantime count as well.
    registered.extend(registering.join_all().await.into_iter().filter_map(Result::ok));
    app.restart();
    app.wait_idle();
    for user in registered {
        let customer = customer_of(&app, &sam, &text(&user["id"])).await;
        assert_eq!(
            (&customer["email"], &customer["version"]),
            (&user["email"], &json!(1))
        );
    }
}

async fn a_user_made_while_no_server_runs_is_heard_of_when_one_does(engine: Engine) {
    let mut app = TestApp::start(engine);
    let sam = app.staff().await;
    app.wait_idle();
    app.server.stop();
    let grace = app.create_user("grace", "staff");
    let line = app.run(&["wait-idle", "--timeout", "1"]).expecting_one_line(1);
    assert!(line.contains("1 events unpublished"), "{line}");
    app.restart();
    app.wait_idle();
    assert_eq!(
        customer_of(&app, &sam, &text(&grace["id"])).await["email"],
        "grace@example.com"
    );
}

async fn a_user_made_beside_a_running_server_is_heard_of(engine: Engine) {
    let app = TestApp::start(engine);
    let sam = app.staff().await;
    let grace = app.create_user("grace", "admin");
    app.wait_idle();
    assert_eq!(
        customer_of(&app, &sam, &text(&grace["id"])).await["email"],
        "grace@example.com"
    );
}
