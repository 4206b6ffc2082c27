//! Requests that are sent again.

use actix_web::http::StatusCode;
use serde_json::json;

use super::shop::{Answered, By, Shop, a_line, an_address, an_order, post};

const KEY: (&str, &str) = ("Idempotency-Key", "0123456789abcdef");

fn replayed(answer: &Answered) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

#[actix_web::test]
async fn a_repeated_order_is_answered_as_the_first_time_and_placed_once() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let place = || post("/orders").by(&ada).insert_header(KEY).set_json(an_order());
    let first = shop.send(place()).await;
    let again = shop.send(place()).await;
    assert_eq!((first.status, replayed(&first)), (StatusCode::CREATED, false));
    assert_eq!((again.status, replayed(&again)), (StatusCode::CREATED, true));
    assert_eq!(again.text, first.text, "byte for byte");
    for header in ["etag", "location", "content-type"] {
        assert_eq!(again.header(header), first.header(header), "{header}");
    }
    let quoted = post("/orders")
        .by(&ada)
        .insert_header(("Idempotency-Key", "\"0123456789abcdef\""))
        .set_json(an_order());
    assert!(replayed(&shop.send(quoted).await), "quoted, it is the same key");
    let list = shop.get(&ada, "/orders").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_key_that_was_used_for_another_body_is_refused() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    shop.send(post("/orders").by(&ada).insert_header(KEY).set_json(an_order()))
        .await;
    let other = json!({"currency": "USD", "lines": []});
    let answer = shop
        .send(post("/orders").by(&ada).insert_header(KEY).set_json(other))
        .await;
    assert_eq!(answer.refusal(), (422, "idempotency_key_reused".to_owned()));
}

#[actix_web::test]
async fn a_key_is_its_callers_own_and_its_paths() {
    let shop = Shop::open();
    let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
    let place = |login| post("/orders").by(login).insert_header(KEY).set_json(an_order());
    let first = shop.send(place(&ada)).await;
    let second = shop.send(place(&bob)).await;
    assert!(!replayed(&second));
    assert_ne!(first.json()["id"], second.json()["id"]);
    let line = format!("/orders/{}/lines", first.json()["id"].as_str().unwrap());
    let answer = shop
        .send(post(&line).by(&ada).insert_header(KEY).set_json(a_line()))
        .await;
    assert_eq!((answer.status, replayed(&answer)), (StatusCode::OK, false));
}

#[actix_web::test]
async fn a_repeated_confirmation_is_answered_before_if_match_is_looked_at() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let path = format!("/orders/{}/confirm", order["id"].as_str().unwrap());
    let confirm = || {
        post(&path)
            .by(&ada)
            .insert_header(KEY)
            .insert_header(("If-Match", "\"1\""))
            .set_json(json!({"shipping_address": an_address()}))
    };
    let first = shop.send(confirm()).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    let again = shop.send(confirm()).await;
    assert_eq!((again.status, replayed(&again)), (StatusCode::OK, true));
    assert_eq!(again.text, first.text);
}

#[actix_web::test]
async fn a_refusal_is_not_recorded_and_leaves_the_key_free() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let empty = json!({"currency": "USD", "lines": []});
    let order = shop.post(&ada, "/orders", empty).await.json();
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let confirm = || {
        post(&format!("{path}/confirm"))
            .by(&ada)
            .insert_header(KEY)
            .set_json(json!({"shipping_address": an_address()}))
    };
    let refused = shop.send(confirm()).await;
    assert_eq!(refused.refusal(), (409, "order_without_lines".to_owned()));
    shop.post(&ada, &format!("{path}/lines"), a_line()).await;
    let answer = shop.send(confirm()).await;
    assert_eq!((answer.status, replayed(&answer)), (StatusCode::OK, false));
}

#[actix_web::test]
async fn registering_again_with_the_key_is_no_conflict() {
    let shop = Shop::open();
    let register = || {
        let body = json!({"email": "ada@example.com", "password": "correct horse battery"});
        post("/users").insert_header(KEY).set_json(body)
    };
    let first = shop.send(register()).await;
    let again = shop.send(register()).await;
    assert_eq!((again.status, replayed(&again)), (StatusCode::CREATED, true));
    assert_eq!(again.text, first.text);
}

#[actix_web::test]
async fn a_key_of_another_form_is_refused() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let long = "k".repeat(300);
    for key in ["", "short", "with a space in it", "\"0123456789abcde\"", &long] {
        let request = post("/orders")
            .by(&ada)
            .insert_header(("Idempotency-Key", key))
            .set_json(an_order());
        let answer = shop.send(request).await;
        assert_eq!(
            answer.refusal(),
            (400, "malformed_idempotency_key".to_owned()),
            "{key:?}"
        );
    }
    let twice = post("/orders")
        .by(&ada)
        .append_header(KEY)
        .append_header(("Idempotency-Key", "fedcba9876543210"))
        .set_json(an_order());
    let answer = shop.send(twice).await;
    assert_eq!(answer.refusal(), (400, "malformed_idempotency_key".to_owned()));
}
