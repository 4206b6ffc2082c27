//! Probes of the process.

use actix_web::{http::StatusCode, test::TestRequest};
use operations::{Backlog, Commits, in_memory::InMemoryOperations};
use serde_json::json;

use super::shop::Shop;
use crate::StalledRelay;

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
    let away = InMemoryOperations::new("ordering");
    away.goes_away("/var/secret/path is full");
    shop.operated_as(vec![InMemoryOperations::new("accounts"), away]);
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

#[actix_web::test]
async fn contexts_that_were_ready_are_not_asked_again_for_a_second() {
    let mut shop = Shop::open();
    shop.operated_as(vec![InMemoryOperations::new("ordering")]);
    assert_eq!(ready(&shop).await.0, StatusCode::OK);
    let away = InMemoryOperations::new("ordering");
    away.goes_away("its disk is full");
    shop.operated_as(vec![away]);
    assert_eq!(ready(&shop).await.0, StatusCode::OK);
    shop.clock.advance_seconds(1);
    for _ in 0..2 {
        assert_eq!(ready(&shop).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
}

/// A shop whose only context has an event that is unpublished, and was so 90 seconds ago.
fn behind() -> Shop {
    let mut shop = Shop::open();
    let ordering = InMemoryOperations::new("ordering");
    let backlog = Backlog {
        unpublished: 1,
        oldest_unpublished_at: Some(shop.state.clock.now().plus_seconds(-90)),
        unfinished: 0,
    };
    ordering.stands_at(Commits::default(), backlog);
    shop.operated_as(vec![ordering]);
    shop
}

async fn ready(shop: &Shop) -> (StatusCode, serde_json::Value) {
    let answer = shop.send(TestRequest::with_uri("/readyz")).await;
    (answer.status, answer.json()["contexts"][0]["status"].clone())
}

#[actix_web::test]
async fn a_context_whose_events_do_not_move_is_behind() {
    let shop = behind();
    assert_eq!(ready(&shop).await, (StatusCode::OK, json!("ready")));
    shop.clock.advance_seconds(299);
    assert_eq!(ready(&shop).await, (StatusCode::OK, json!("ready")));
    shop.clock.advance_seconds(1);
    assert_eq!(
        ready(&shop).await,
        (StatusCode::SERVICE_UNAVAILABLE, json!("behind"))
    );
}

#[actix_web::test]
async fn without_an_objective_no_context_is_ever_behind() {
    let mut shop = behind();
    shop.state.stalled_relay = StalledRelay::of_at_most(0);
    for _ in 0..2 {
        assert_eq!(ready(&shop).await, (StatusCode::OK, json!("ready")));
        shop.clock.advance_seconds(1_000_000);
    }
}

#[actix_web::test]
async fn dead_letters_make_nobody_unready() {
    let shop = Shop::with_dead_letters(3);
    ready(&shop).await;
    shop.clock.advance_seconds(1_000_000);
    assert_eq!(ready(&shop).await.0, StatusCode::OK);
}
