//! The token endpoints, in RFC 6749's words.

use actix_web::{http::StatusCode, test::TestRequest};
use serde_json::json;

use super::shop::{Answered, By, PASSWORD, Shop, get, post};

async fn token(shop: &Shop, form: &[(&str, &str)]) -> Answered {
    shop.send(post("/auth/token").set_form(form)).await
}

fn error(answer: &Answered) -> (u16, String) {
    let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), error)
}

#[actix_web::test]
async fn a_password_gets_tokens_that_nobody_caches() {
    let shop = Shop::open();
    shop.customer("ada").await;
    let form = [
        ("grant_type", "password"),
        ("username", "ada@example.com"),
        ("password", PASSWORD),
        ("client_id", "ignored"),
    ];
    let answer = token(&shop, &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut tokens = answer.json();
    assert!(tokens["access_token"].take().is_string());
    assert!(tokens["refresh_token"].take().is_string());
    let expected =
        json!({"access_token": null, "token_type": "Bearer", "expires_in": 900, "refresh_token": null});
    assert_eq!(tokens, expected);
}

#[actix_web::test]
async fn a_refresh_token_gets_the_next_pair() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &ada.refresh_token),
    ];
    let answer = token(&shop, &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_ne!(answer.json()["refresh_token"], json!(ada.refresh_token));
}

#[actix_web::test]
async fn what_is_wrong_with_a_grant_is_never_said() {
    let shop = Shop::open();
    shop.customer("ada").await;
    let grant = |username, password| {
        [
            ("grant_type", "password"),
            ("username", username),
            ("password", password),
        ]
    };
    let wrong_password = token(&shop, &grant("ada@example.com", "a wrong password")).await;
    let nobody = token(&shop, &grant("nobody@example.com", PASSWORD)).await;
    assert_eq!(error(&wrong_password), (400, "invalid_grant".to_owned()));
    assert_eq!(wrong_password.text, nobody.text);
    assert_eq!(wrong_password.header("content-type"), Some("application/json"));
    let forged = token(
        &shop,
        &[("grant_type", "refresh_token"), ("refresh_token", "forged")],
    )
    .await;
    assert_eq!(forged.text, nobody.text);
}

#[actix_web::test]
async fn malformed_token_requests_keep_the_shape() {
    let shop = Shop::open();
    let invalid = (400, "invalid_request".to_owned());
    assert_eq!(error(&token(&shop, &[]).await), invalid);
    let twice = [("grant_type", "password"), ("grant_type", "password")];
    assert_eq!(error(&token(&shop, &twice).await), invalid);
    let without_password = [
        ("grant_type", "password"),
        ("username", "ada@example.com"),
        ("password", ""),
    ];
    assert_eq!(error(&token(&shop, &without_password).await), invalid);
    assert_eq!(
        error(&token(&shop, &[("grant_type", "implicit")]).await),
        (400, "unsupported_grant_type".to_owned())
    );
    let json = shop
        .send(post("/auth/token").set_json(json!({"grant_type": "password"})))
        .await;
    assert_eq!(error(&json), (415, "invalid_request".to_owned()));
    let long = "x".repeat(4 * 1024);
    assert_eq!(
        error(&token(&shop, &[("grant_type", &long)]).await),
        (413, "invalid_request".to_owned())
    );
}

#[actix_web::test]
async fn revoking_a_token_ends_its_session_and_any_token_will_do() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let revoke = |token: &str| -> TestRequest { post("/auth/revoke").set_form([("token", token)]) };
    assert_eq!(shop.send(revoke("unknown")).await.status, StatusCode::OK);
    assert_eq!(shop.send(get("/users/me").by(&ada)).await.status, StatusCode::OK);
    assert_eq!(shop.send(revoke(&ada.refresh_token)).await.status, StatusCode::OK);
    assert_eq!(
        shop.send(get("/users/me").by(&ada)).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        error(&shop.send(post("/auth/revoke").set_form([("hint", "x")])).await),
        (400, "invalid_request".to_owned())
    );
}
