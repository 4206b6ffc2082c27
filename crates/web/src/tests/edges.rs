//! What holds for every answer, whatever the request.

use actix_web::{
    App,
    http::{Method, StatusCode},
    test::{self, TestRequest},
    web,
};
use serde_json::json;

use super::shop::{Answered, By, Shop, get, post, put, request};
use crate::{
    answer::{Answer, Handled},
    endpoint::public,
    registration::register,
    request::Request,
};

fn assert_headers(answer: &Answered) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    assert!(answer.header("request-id").is_some(), "{answer:?}");
}

#[actix_web::test]
async fn every_answer_has_its_headers_errors_too() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    for request in [
        TestRequest::with_uri("/livez"),
        get("/users/me").by(&ada),
        get("/users/me"),
        get("/nothing"),
        put("/users"),
        post("/orders").by(&ada).set_payload("{"),
        get("/users/me")
            .by(&ada)
            .insert_header(("If-None-Match", "\"1\"")),
    ] {
        assert_headers(&shop.send(request).await);
    }
}

#[actix_web::test]
async fn an_unknown_path_is_a_problem() {
    let answer = Shop::open().send(get("/nothing?secret=1")).await;
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let expected = json!({
        "type": "urn:orderly:problem:route_not_found",
        "title": "Route not found",
        "status": 404,
        "detail": "there is nothing at this path",
        "instance": "/api/v1/nothing",
        "code": "route_not_found",
        "request_id": "the-request",
    });
    assert_eq!(answer.json(), expected);
}

#[actix_web::test]
async fn another_method_is_refused_with_those_allowed() {
    let shop = Shop::open();
    let answer = shop.send(request(Method::DELETE, "/users")).await;
    assert_eq!(answer.refusal(), (405, "method_not_allowed".to_owned()));
    assert_eq!(answer.header("allow"), Some("POST, GET, HEAD"));
    let answer = shop.send(get("/auth/token")).await;
    assert_eq!(answer.header("allow"), Some("POST"));
}

#[actix_web::test]
async fn a_request_id_is_echoed_or_made() {
    let shop = Shop::open();
    let with_id = |id: &str| TestRequest::with_uri("/livez").insert_header(("Request-Id", id));
    let longest = "x".repeat(128);
    for id in ["a", "0/!~", &longest] {
        assert_eq!(shop.send(with_id(id)).await.header("request-id"), Some(id));
    }
    let too_long = "x".repeat(129);
    for id in ["", "two words", "ümlaut", &too_long] {
        let answer = shop.send(with_id(id)).await;
        let made = answer.header("request-id").unwrap();
        assert_eq!((made.len(), made.matches('-').count()), (36, 4), "{made}");
    }
}

#[actix_web::test]
async fn tokens_that_do_not_stand_are_refused_alike() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let answer = shop.send(get("/users/me")).await;
    assert_eq!(answer.refusal(), (401, "missing_token".to_owned()));
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"orderly\"")
    );
    let good = format!("Bearer {}", ada.access_token);
    for header in [
        "Bearer",
        "Bearer ",
        "Bearer forged",
        "Basic YTpi",
        &ada.access_token,
    ] {
        let answer = shop
            .send(get("/users/me").insert_header(("Authorization", header)))
            .await;
        assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()), "{header}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
    let twice = get("/users/me")
        .append_header(("Authorization", good.as_str()))
        .append_header(("Authorization", good.as_str()));
    assert_eq!(shop.send(twice).await.status, StatusCode::UNAUTHORIZED);
    let lower_case = good.replace("Bearer", "bearer");
    let answer = shop
        .send(get("/users/me").insert_header(("Authorization", lower_case)))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_token_expires() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    shop.clock.advance_seconds(899);
    assert_eq!(shop.get(&ada, "/users/me").await.status, StatusCode::OK);
    shop.clock.advance_seconds(1);
    let answer = shop.get(&ada, "/users/me").await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
}

#[actix_web::test]
async fn a_role_that_lacks_the_right_is_told_which_has_it() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let answer = shop.get(&ada, "/users?email=ada%40example.com").await;
    assert_eq!(answer.refusal(), (403, "insufficient_role".to_owned()));
    assert_eq!(answer.json()["needed_role"], "admin");
}

async fn panics(_: Request) -> Handled {
    panic!("the secret is 42")
}

async fn works(_: Request) -> Handled<&'static str> {
    Answer::ok(&"works")
}

#[actix_web::test]
async fn a_handler_that_panics_is_a_500_and_the_next_request_works() {
    let state = Shop::open().state;
    let table = vec![
        public(Method::GET, "/panics", panics),
        public(Method::GET, "/works", works),
    ];
    let configure = move |config: &mut web::ServiceConfig| register(config, table, state);
    let service = test::init_service(App::new().configure(configure)).await;

    let request = TestRequest::with_uri("/panics").to_request();
    let response = test::call_service(&service, request).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(response.headers().contains_key("request-id"));
    let body = test::read_body(response).await;
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains("internal_error") && !body.contains("42"), "{body}");

    let response = test::call_service(&service, TestRequest::with_uri("/works").to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
}
