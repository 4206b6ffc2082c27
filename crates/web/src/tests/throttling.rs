//! A caller who guesses is refused, with the time to wait.

use std::net::SocketAddr;

use actix_web::{http::StatusCode, test::TestRequest};
use serde_json::json;

use super::shop::{Answered, PASSWORD, Shop, post};

fn caller(address: &str) -> SocketAddr {
    format!("{address}:40000").parse().unwrap()
}

async fn log_in(shop: &Shop, address: &str, password: &str) -> Answered {
    let form = [
        ("grant_type", "password"),
        ("username", "ada@example.com"),
        ("password", password),
    ];
    shop.send(post("/auth/token").peer_addr(caller(address)).set_form(form))
        .await
}

#[actix_web::test]
async fn a_guesser_gets_429_with_retry_after_in_the_token_endpoints_shape_and_the_owner_gets_in() {
    let shop = Shop::open();
    shop.customer("ada").await;
    let mut last = log_in(&shop, "192.0.2.1", "wrong").await;
    for _ in 0..30 {
        last = log_in(&shop, "192.0.2.1", "wrong").await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last.json()["error"], "temporarily_unavailable");
    let wait: i64 = last.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");

    let owner = log_in(&shop, "198.51.100.1", PASSWORD).await;
    assert_eq!(owner.status, StatusCode::OK);
    let same_address = log_in(&shop, "192.0.2.1", PASSWORD).await;
    assert_eq!(same_address.status, StatusCode::TOO_MANY_REQUESTS);
    shop.clock.advance_seconds(wait);
    let same_address = log_in(&shop, "192.0.2.1", PASSWORD).await;
    assert_eq!(same_address.status, StatusCode::OK);
}

#[actix_web::test]
async fn no_header_makes_another_caller_of_somebody() {
    let shop = Shop::open();
    let mut statuses = Vec::new();
    for number in 0..30 {
        let form = [
            ("grant_type", "password"),
            ("username", "ada@example.com"),
            ("password", "wrong"),
        ];
        let request = post("/auth/token")
            .peer_addr(caller("192.0.2.1"))
            .insert_header(("X-Forwarded-For", format!("10.0.0.{number}")))
            .insert_header(("Forwarded", format!("for=10.0.0.{number}")));
        statuses.push(shop.send(request.set_form(form)).await.status);
    }
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
}

#[actix_web::test]
async fn whoever_registers_too_many_gets_a_problem_with_the_seconds_to_wait() {
    let shop = Shop::open();
    let register = |number: u32| -> TestRequest {
        post("/users").peer_addr(caller("192.0.2.1")).set_json(json!({
            "email": format!("user{number}@example.com"),
            "password": PASSWORD,
        }))
    };
    let mut number = 0;
    let refused = loop {
        let answer = shop.send(register(number)).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        number += 1;
        assert!(number < 1_000, "nobody is ever told to wait");
    };
    assert_eq!(refused.refusal(), (429, "throttled".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.json()["retry_after_seconds"], 1);
    shop.clock.advance_seconds(1);
    assert_eq!(shop.send(register(number)).await.status, StatusCode::CREATED);
}
