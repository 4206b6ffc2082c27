//! Bad input to the real binary: forged tokens, and what cannot be read off a socket. Wrong values are tested in `crates/web`, and
//! odd ones in every place in `odd_values`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

use acceptance::{Asking, Engine, TestApp, a_custom_line, an_order, on_every_engine};
use reqwest::{Client, Method};
use serde_json::Value;

on_every_engine!(
    what_cannot_be_read_is_a_problem_over_a_socket_too,
    a_forged_token_is_no_token,
    a_token_of_a_megabyte_hurts_nobody_but_its_sender
);

/// `{"typ":"JWT","alg":"none"}`
const UNSIGNED: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0";

async fn what_cannot_be_read_is_a_problem_over_a_socket_too(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let orders = || app.post("/orders");
    for (request, status, code) in [
        (orders().json_text("{'currency': 'USD'}"), 400, "malformed_json"),
        (orders().json_text("[".repeat(50_000)), 400, "json_too_deep"),
        (orders().json_text(" ".repeat(100 * 1024)), 413, "body_too_large"),
        (app.get("/nothing"), 404, "route_not_found"),
        (app.request(Method::PUT, "/orders"), 405, "method_not_allowed"),
    ] {
        let answer = request.by(&ada).answer().await;
        assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(app.orders(&ada).await, Vec::<Value>::new());
}

async fn a_forged_token_is_no_token(engine: Engine) {
    let app = TestApp::start(engine);
    let (ada, eve) = (app.customer("ada").await, app.customer("eve").await);
    let elsewhere = TestApp::start(engine);
    let ada_elsewhere = elsewhere.customer("ada").await;
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<String>>();
    let (hers, eves) = (parts(&ada.access_token), parts(&eve.access_token));
    let mut claims = hers[1].clone();
    // Another letter in the middle: a claim has changed, whichever it is.
    let middle = claims.len() / 2;
    let other = if claims[middle..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    claims.replace_range(middle..=middle, other);
    for (forged, how) in [
        (format!("{UNSIGNED}.{}.", hers[1]), "the algorithm none"),
        (
            format!("{UNSIGNED}.{}.{}", hers[1], hers[2]),
            "the algorithm none, with a signature",
        ),
        (
            format!("{}.{}.{}", hers[0], hers[1], eves[2]),
            "another token's signature",
        ),
        (format!("{}.{claims}.{}", hers[0], hers[2]), "changed claims"),
        (format!("{}.{}", hers[0], hers[1]), "no signature"),
        (format!("{}x", ada.access_token), "a letter more"),
        (ada_elsewhere.access_token, "another installation's secret"),
        (ada.refresh_token.clone(), "a refresh token"),
        ("x".repeat(60_000), "60,000 letters"),
        (format!("{}.", "x.".repeat(10_000)), "many dots"),
        (String::new(), "nothing"),
    ] {
        let order = an_order().with_line(a_custom_line()).body();
        let answer = app
            .post("/orders")
            .bearer_auth(&forged)
            .json(&order)
            .answer()
            .await;
        assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()), "{how}");
        assert!(
            answer
                .header("www-authenticate")
                .unwrap()
                .contains("invalid_token"),
            "{how}"
        );
    }
    assert_eq!(app.orders(&ada).await, Vec::<Value>::new());
    let without = app.get("/users/me").answer().await;
    assert_eq!(without.refusal(), (401, "missing_token".to_owned()));
    assert_eq!(
        without.header("www-authenticate"),
        Some("Bearer realm=\"orderly\"")
    );
}

async fn a_token_of_a_megabyte_hurts_nobody_but_its_sender(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    // Whether an answer arrives depends on how much was sent by then; it must not be a success. The client is not
    // used again: the server closes its connection.
    let request = Client::new().get(format!("{}/api/v1/users/me", app.server.url()));
    if let Ok(response) = request.bearer_auth("x".repeat(1_000_000)).send().await {
        assert!(response.status().is_client_error(), "{response:?}");
    }
    assert_eq!(app.get("/users/me").by(&ada).answer().await.status, 200);
}
