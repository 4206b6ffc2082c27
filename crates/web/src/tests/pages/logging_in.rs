//! Who can log in, with which cookie, and for how long.

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use super::Browser;
use crate::tests::shop::{By, PASSWORD, Shop, post, put};

async fn is_in(browser: &mut Browser<'_>) -> bool {
    let answer = browser.get("/ops").await;
    match answer.status {
        StatusCode::OK => true,
        StatusCode::SEE_OTHER => {
            assert_eq!(answer.header("location"), Some("/ops/log-in"));
            false
        }
        other => panic!("found {other}, expected 200 or 303"),
    }
}

#[actix_web::test]
async fn an_admin_gets_in_and_out() {
    let shop = Shop::open();
    let mut browser = Browser::of_an_admin(&shop).await;
    assert!(is_in(&mut browser).await);
    let page = browser.get("/ops").await;
    assert!(page.text.contains("admin@example.com"));
    let kept = browser.cookie.clone();
    let out = browser.post("/ops/log-out", &[]).await;
    assert_eq!(out.header("location"), Some("/ops/log-in"), "{out:?}");
    assert_eq!(browser.cookie, None, "the cookie is taken back");
    browser.cookie = kept;
    assert!(!is_in(&mut browser).await, "and worth nothing to whoever kept it");
}

#[actix_web::test]
async fn nobody_else_gets_in_and_leaves_no_session_behind() {
    let shop = Shop::open();
    let (ada, staff) = (shop.customer("ada").await, shop.staff().await);
    for (username, login) in [("ada@example.com", &ada), ("staff@example.com", &staff)] {
        let mut browser = Browser::of(&shop);
        let refused = browser.log_in(username, PASSWORD).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text.contains("expected admin"), "{}", refused.text);
        assert_eq!(browser.cookie, None);
        let sessions = shop.get(login, "/users/me/sessions").await.json();
        assert_eq!(sessions["data"].as_array().unwrap().len(), 1);
    }
}

#[actix_web::test]
async fn a_wrong_password_is_told_as_an_unknown_user_is() {
    let shop = Shop::open();
    shop.admin().await;
    let wrong = Browser::of(&shop).log_in("admin@example.com", "wrong").await;
    let nobody = Browser::of(&shop).log_in("nobody@example.com", PASSWORD).await;
    assert_eq!(
        (wrong.status, &wrong.text),
        (StatusCode::BAD_REQUEST, &nobody.text)
    );
    assert!(
        wrong
            .text
            .contains("The e-mail address or the password is wrong."),
        "{}",
        wrong.text
    );
    let empty = Browser::of(&shop).log_in("", "").await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.header("content-type").unwrap().starts_with("text/html"));
}

#[actix_web::test]
async fn whoever_guesses_waits_as_at_the_token_route() {
    let shop = Shop::open();
    shop.admin().await;
    let mut browser = Browser::of(&shop);
    let mut last = browser.log_in("admin@example.com", "wrong").await;
    for _ in 0..60 {
        last = browser.log_in("admin@example.com", "wrong").await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.header("retry-after").is_some());
    assert!(last.text.contains("Too many attempts"), "{}", last.text);
}

#[actix_web::test]
async fn the_cookie_is_for_these_pages_alone_and_secure_when_the_browser_came_by_https() {
    let shop = Shop::open();
    shop.admin().await;
    let form = [("username", "admin@example.com"), ("password", PASSWORD)];
    for (headers, secure) in [
        (vec![], false),
        (vec![("Origin", "http://127.0.0.1:8080")], false),
        (vec![("X-Forwarded-Proto", "https")], false),
        (vec![("Origin", "https://ops.example.com")], true),
    ] {
        let mut request = Browser::of(&shop).request(Method::POST, "/ops/log-in");
        for header in &headers {
            request = request.insert_header(*header);
        }
        let answer = shop.send(request.set_form(form)).await;
        let (_, attributes) = answer.header("set-cookie").unwrap().split_once("; ").unwrap();
        let expected = if secure { "; Secure" } else { "" };
        assert_eq!(
            attributes,
            format!("Path=/ops; HttpOnly; SameSite=Strict{expected}"),
            "{headers:?}"
        );
    }
}

#[actix_web::test]
async fn a_cookie_is_no_token_and_a_token_no_cookie() {
    let shop = Shop::open();
    let admin = shop.admin().await;
    let mut browser = Browser::of(&shop);
    browser.log_in("admin@example.com", PASSWORD).await;
    let with_the_cookie = browser.request(Method::GET, "/api/v1/ops/contexts");
    assert_eq!(
        shop.send(with_the_cookie).await.refusal(),
        (401, "missing_token".to_owned())
    );
    browser.cookie = Some(format!("orderly_operator={}", admin.access_token));
    assert!(!is_in(&mut browser).await);
}

#[actix_web::test]
async fn a_cookie_serves_for_twelve_hours() {
    let shop = Shop::open();
    let mut browser = Browser::of_an_admin(&shop).await;
    shop.clock.advance_seconds(12 * 60 * 60 - 1);
    assert!(is_in(&mut browser).await);
    shop.clock.advance_seconds(1);
    assert!(!is_in(&mut browser).await);
}

#[actix_web::test]
async fn another_role_a_deactivation_and_the_end_of_the_session_bind_at_once() {
    for change in ["role", "deactivate", "session"] {
        let shop = Shop::open();
        let mut browser = Browser::of_an_admin(&shop).await;
        let admin = shop.log_in("admin@example.com").await;
        let id = shop.get(&admin, "/users/me").await.json()["id"].clone();
        let id = id.as_str().unwrap();
        assert!(is_in(&mut browser).await);
        match change {
            "role" => {
                let request = put(&format!("/users/{id}/role")).by(&admin);
                shop.send(request.set_json(json!({"role": "staff"}))).await;
            }
            "deactivate" => {
                shop.send(post(&format!("/users/{id}/deactivate")).by(&admin))
                    .await;
            }
            _ => {
                let body = json!({"current_password": PASSWORD, "new_password": "another correct horse"});
                shop.put(&admin, "/users/me/password", body).await;
            }
        }
        assert!(!is_in(&mut browser).await, "{change}");
    }
}
