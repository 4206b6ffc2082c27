//! Registering: once per address, with a password that is worth the name.

use acceptance::{Asking, Engine, PASSWORD, TestApp, on_every_engine};
use serde_json::json;
use tokio::task::JoinSet;

on_every_engine!(
    registering_answers_the_user_and_never_the_password,
    an_address_registers_once_however_it_is_written,
    of_many_who_register_one_address_at_once_one_gets_it,
    passwords_that_are_too_short_too_long_or_too_common_are_refused
);

async fn registering_answers_the_user_and_never_the_password(engine: Engine) {
    let app = TestApp::start(engine);
    let body = json!({"email": "Ada@example.com", "password": PASSWORD});
    let answer = app.post("/users").json(&body).answer().await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), Some("/api/v1/users/me"));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    insta::allow_duplicates! {
        insta::assert_snapshot!(answer.redacted(), @r#"
        {
          "active": true,
          "created_at": "[created_at]",
          "email": "Ada@example.com",
          "id": "[id]",
          "role": "customer",
          "version": 1
        }
        "#);
    }
    assert!(!answer.text.contains(PASSWORD));
}

async fn an_address_registers_once_however_it_is_written(engine: Engine) {
    let app = TestApp::start(engine);
    app.register("ada").await;
    let body = json!({"email": "ADA@Example.com", "password": PASSWORD});
    let answer = app.post("/users").json(&body).answer().await;
    assert_eq!(answer.refusal(), (409, "email_already_registered".to_owned()));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    insta::allow_duplicates! {
        insta::assert_snapshot!(answer.redacted(), @r#"
        {
          "code": "email_already_registered",
          "detail": "a user with the address ADA@Example.com is registered already",
          "email": "ADA@Example.com",
          "instance": "/api/v1/users",
          "request_id": "[request_id]",
          "status": 409,
          "title": "Email already registered",
          "type": "urn:orderly:problem:email_already_registered"
        }
        "#);
    }
}

async fn of_many_who_register_one_address_at_once_one_gets_it(engine: Engine) {
    let app = TestApp::start(engine);
    let mut registering = JoinSet::new();
    // Fewer than one address may be asked for at once before its callers are told to wait.
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
    let found = app
        .get("/users?email=ada%40example.com")
        .by(&admin)
        .answer()
        .await
        .expecting(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}

async fn passwords_that_are_too_short_too_long_or_too_common_are_refused(engine: Engine) {
    let app = TestApp::start(engine);
    let register = |password: &str| {
        app.post("/users")
            .json(&json!({"email": "ada@example.com", "password": password}))
            .answer()
    };
    for (password, code) in [
        ("seven77", "password_length"),
        (&"x".repeat(129), "password_length"),
        ("password", "common_password"),
    ] {
        assert_eq!(
            register(password).await.refusal(),
            (422, code.to_owned()),
            "{password}"
        );
    }
    assert_eq!(
        register(&"länger".repeat(21)).await.status,
        201,
        "128 characters are counted, not bytes"
    );
}
