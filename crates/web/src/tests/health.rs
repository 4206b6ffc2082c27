//! What watches the process.

use std::sync::Arc;

use actix_web::{http::StatusCode, test::TestRequest};
use serde_json::json;

use super::shop::{Context, Shop};

#[actix_web::test]
async fn a_shop_whose_contexts_are_ready_is_ready() {
    let shop = Shop::open();
    let live = shop.send(TestRequest::with_uri("/livez")).await;
    assert_eq!(
        (live.status, live.json()),
        (StatusCode::OK, json!({"status": "live"}))
    );
    let ready = shop.send(TestRequest::with_uri("/readyz")).await;
    assert_eq!(ready.status, StatusCode::OK);
    let expected = json!({"status": "ready", "contexts": [
        {"context": "accounts", "status": "ready"},
        {"context": "ordering", "status": "ready"},
    ]});
    assert_eq!(ready.json(), expected);
}

#[actix_web::test]
async fn a_context_that_is_not_ready_is_named_but_not_its_reason() {
    let mut shop = Shop::open();
    shop.state.contexts = vec![
        Arc::new(Context("accounts", Ok(()))),
        Arc::new(Context("ordering", Err("/var/secret/path is full"))),
    ];
    let answer = shop.send(TestRequest::with_uri("/readyz")).await;
    assert_eq!(answer.refusal(), (503, "not_ready".to_owned()));
    assert!(answer.header("retry-after").is_some());
    let expected = json!([
        {"context": "accounts", "status": "ready"},
        {"context": "ordering", "status": "not_ready"},
    ]);
    assert_eq!(answer.json()["contexts"], expected);
    assert!(!answer.text.contains("secret"), "{}", answer.text);
    assert_eq!(
        shop.send(TestRequest::with_uri("/livez")).await.status,
        StatusCode::OK
    );
}
