//! `ETag`, `If-Match`, `If-None-Match`.

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use serde_json::json;

use super::shop::{By, Shop, a_line, get, post, request};

#[actix_web::test]
async fn a_change_to_a_stale_version_is_refused_with_the_current_one() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let lines = format!("/orders/{}/lines", order["id"].as_str().unwrap());
    let add = |if_match: &str| -> TestRequest {
        post(&lines)
            .by(&ada)
            .set_json(a_line())
            .insert_header(("If-Match", if_match))
    };
    let answer = shop.send(add("\"1\"")).await;
    assert_eq!(
        (answer.status, answer.header("etag")),
        (StatusCode::OK, Some("\"2\""))
    );
    for stale in ["\"1\"", "\"3\"", "\"something else\"", "W/\"2\"", "\"02\""] {
        let answer = shop.send(add(stale)).await;
        assert_eq!(answer.refusal(), (412, "version_mismatch".to_owned()), "{stale}");
        assert_eq!(answer.json()["current_version"], 2);
        let names_no_version = !matches!(stale, "\"1\"" | "\"3\"");
        let detail = answer.json()["detail"].to_string();
        assert_eq!(
            detail.contains("a weak tag (W/…) never matches"),
            names_no_version,
            "{stale}: {detail}"
        );
    }
    for malformed in ["", "2", "\"2", "\"1\", \"2\"", "**"] {
        let answer = shop.send(add(malformed)).await;
        assert_eq!(
            answer.refusal(),
            (400, "malformed_if_match".to_owned()),
            "{malformed}"
        );
    }
    let answer = shop.send(add("*")).await;
    assert_eq!(answer.header("etag"), Some("\"3\""));
}

#[actix_web::test]
async fn a_version_that_the_caller_has_is_not_sent_again() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let with = |tags: &str| get(&path).by(&ada).insert_header(("If-None-Match", tags));
    for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let answer = shop.send(with(known)).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::NOT_MODIFIED, ""),
            "{known}"
        );
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
    for unknown in ["\"2\"", "1", "nonsense"] {
        assert_eq!(shop.send(with(unknown)).await.status, StatusCode::OK, "{unknown}");
    }
    let cancel = post(&format!("{path}/cancel"))
        .by(&ada)
        .insert_header(("If-None-Match", "*"));
    let answer = shop.send(cancel).await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (StatusCode::OK, &json!("cancelled"))
    );
}

#[actix_web::test]
async fn a_head_request_gets_the_headers_of_a_get() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let answer = shop.send(request(Method::HEAD, "/users/me").by(&ada)).await;
    assert_eq!(
        (answer.status, answer.header("etag")),
        (StatusCode::OK, Some("\"1\""))
    );
}
