//! Accounts on the real binary: Argon2id, signed tokens, and the command line. What each route answers is tested in `crates/web`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

use acceptance::{Asking, Engine, PASSWORD, TestApp, answer::text, on_every_engine, test_app::email};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_every_engine!(
    of_many_who_register_one_address_at_once_one_gets_it,
    a_session_is_opened_renewed_and_ended_with_real_tokens,
    a_new_password_ends_the_other_sessions,
    a_user_made_on_the_command_line_logs_in_and_is_made_once
);

async fn of_many_who_register_one_address_at_once_one_gets_it(engine: Engine) {
    let app = TestApp::start(engine);
    let mut registering = JoinSet::new();
    // Fewer requests for one address than are throttled.
    for _ in 0..8 {
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        registering.spawn(app.post("/users").json(&body).answer());
    }
    let mut answers: Vec<u16> = registering
        .join_all()
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    answers.sort_unstable();
    let mut expected = vec![409; 8];
    expected[0] = 201;
    assert_eq!(answers, expected);
    let admin = app.admin().await;
    let found = app.read(&admin, "/users?email=ada%40example.com").await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}

async fn a_session_is_opened_renewed_and_ended_with_real_tokens(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let elsewhere = app.log_in("ada").await;
    let next = app.refresh(&ada.refresh_token).await.expecting(200);
    let me = async |token: String| app.get("/users/me").bearer_auth(token).answer().await;
    let renewed = text(&next["access_token"]);
    assert_eq!(
        me(renewed.clone()).await.expecting(200)["email"],
        "ada@example.com"
    );
    let no_refresh_token = app.refresh(&ada.access_token).await;
    assert_eq!(no_refresh_token.refusal(), (400, "invalid_grant".to_owned()));

    let form = [("token", text(&next["refresh_token"]))];
    let revoked = app.post("/auth/revoke").form(&form).answer().await;
    assert_eq!(revoked.status, 200);
    assert_eq!(me(renewed).await.refusal(), (401, "invalid_token".to_owned()));
    let over = app.refresh(&form[0].1).await;
    assert_eq!(over.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!(me(elsewhere.access_token).await.status, 200);
}

async fn a_new_password_ends_the_other_sessions(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let elsewhere = app.log_in("ada").await;
    let another = "difference-engine-1822";
    let body = json!({"current_password": PASSWORD, "new_password": another});
    let changed = app.put("/users/me/password").by(&ada).json(&body).answer().await;
    assert_eq!((changed.status, changed.text.as_str()), (204, ""));
    assert_eq!(app.get("/users/me").by(&ada).answer().await.status, 200);
    assert_eq!(app.get("/users/me").by(&elsewhere).answer().await.status, 401);
    assert_eq!(app.try_to_log_in(&ada.email, PASSWORD).await.status, 400);
    assert_eq!(app.try_to_log_in(&ada.email, another).await.status, 200);
}

async fn a_user_made_on_the_command_line_logs_in_and_is_made_once(engine: Engine) {
    let app = TestApp::start(engine);
    let created = app.create_user("grace", "staff");
    let grace = app.log_in("grace").await;
    let me = app.read(&grace, "/users/me").await;
    assert_eq!((&me["id"], &me["role"]), (&created["id"], &Value::from("staff")));
    let arguments = [
        "users",
        "create",
        "--email",
        &email("grace"),
        "--role",
        "admin",
        "--password-stdin",
    ];
    let again = app.run_with_input(&arguments, PASSWORD);
    let line = again.expecting_one_line(1);
    assert!(line.contains("email_already_registered"), "{line}");
    let without_password = app.run(&[
        "users",
        "create",
        "--email",
        "x@example.com",
        "--role",
        "staff",
        "--password-stdin",
    ]);
    without_password.expecting_one_line(2);
}
