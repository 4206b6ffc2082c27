//! Registering, one's own account, and what admins do.

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use super::shop::{By, PASSWORD, Shop, post, put, request};

#[actix_web::test]
async fn registering_answers_the_user_and_where_they_find_themselves() {
    let shop = Shop::open();
    let body = json!({"email": "Ada@example.com", "password": PASSWORD});
    let answer = shop.send(post("/users").set_json(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("location"), Some("/api/v1/users/me"));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let mut user = answer.json();
    assert!(user["id"].take().is_string());
    let expected = json!({
        "id": null,
        "email": "Ada@example.com",
        "role": "customer",
        "active": true,
        "created_at": "2026-01-01T00:00:00.000000Z",
        "version": 1,
    });
    assert_eq!(user, expected);
    assert!(!answer.text.contains(PASSWORD));
}

#[actix_web::test]
async fn an_address_registers_once() {
    let shop = Shop::open();
    shop.customer("ada").await;
    let body = json!({"email": "ADA@example.com", "password": PASSWORD});
    let answer = shop.send(post("/users").set_json(body)).await;
    assert_eq!(answer.refusal(), (409, "email_already_registered".to_owned()));
}

#[actix_web::test]
async fn a_user_changes_their_address_and_their_password() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let elsewhere = shop.log_in("ada@example.com").await;

    let body = json!({"email": "countess@example.com"});
    let answer = shop.put(&ada, "/users/me/email", body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["email"], "countess@example.com");

    let wrong = json!({"current_password": "a wrong password", "new_password": "another good password"});
    let answer = shop.put(&ada, "/users/me/password", wrong).await;
    assert_eq!(answer.refusal(), (422, "current_password_mismatch".to_owned()));

    let right = json!({"current_password": PASSWORD, "new_password": "another good password"});
    let answer = shop.put(&ada, "/users/me/password", right).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(shop.get(&ada, "/users/me").await.status, StatusCode::OK);
    let answer = shop.get(&elsewhere, "/users/me").await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
}

#[actix_web::test]
async fn putting_what_is_there_already_answers_the_user_as_they_are() {
    let shop = Shop::open();
    let admin = shop.admin().await;
    let ada = shop.customer("ada").await;
    let user = shop.get(&ada, "/users/me").await.json();
    let email = put("/users/me/email")
        .by(&ada)
        .set_json(json!({"email": user["email"]}));
    let role = put(&format!("/users/{}/role", user["id"].as_str().unwrap()))
        .by(&admin)
        .set_json(json!({"role": user["role"]}));
    for same in [email, role] {
        let answer = shop.send(same).await;
        assert_eq!((answer.status, &answer.json()), (StatusCode::OK, &user));
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
}

#[actix_web::test]
async fn a_user_sees_their_sessions_and_ends_one() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let eve = shop.customer("eve").await;
    let answer = shop.get(&ada, "/users/me/sessions").await;
    let sessions = answer.json();
    assert_eq!(sessions["data"].as_array().unwrap().len(), 1);
    let session = format!(
        "/users/me/sessions/{}",
        sessions["data"][0]["id"].as_str().unwrap()
    );

    let answer = shop.send(request(Method::DELETE, &session).by(&eve)).await;
    assert_eq!(answer.refusal(), (404, "session_not_found".to_owned()));
    let answer = shop.send(request(Method::DELETE, &session).by(&ada)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = shop.get(&ada, "/users/me").await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
}

#[actix_web::test]
async fn an_admin_finds_a_user_and_changes_what_they_may_do() {
    let shop = Shop::open();
    let admin = shop.admin().await;
    let ada = shop.customer("ada").await;
    let found = shop.get(&admin, "/users?email=ADA%40example.com").await.json();
    assert_eq!(found["next_cursor"], json!(null));
    let id = found["data"][0]["id"].as_str().unwrap().to_owned();

    let put_role = |role: &str| {
        put(&format!("/users/{id}/role"))
            .by(&admin)
            .set_json(json!({"role": role}))
    };
    assert_eq!(shop.send(put_role("staff")).await.json()["role"], "staff");
    assert_eq!(
        shop.send(put_role("emperor")).await.errors(),
        ["/role unknown_role"]
    );

    let deactivate = || post(&format!("/users/{id}/deactivate")).by(&admin);
    let answer = shop.send(deactivate()).await;
    assert_eq!(
        (answer.status, &answer.json()["active"]),
        (StatusCode::OK, &json!(false))
    );
    assert_eq!(answer.header("etag"), Some("\"3\""));
    assert_eq!(shop.get(&ada, "/users/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        shop.send(deactivate()).await.refusal(),
        (409, "user_already_inactive".to_owned())
    );
    let reactivate = post(&format!("/users/{id}/reactivate"))
        .by(&admin)
        .set_json(json!({}));
    assert_eq!(shop.send(reactivate).await.json()["active"], true);
}
