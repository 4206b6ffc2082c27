//! Sessions: logging in, refreshing, revoking, and what ends them.

use acceptance::{Asking, Engine, PASSWORD, TestApp, answer::text, on_every_engine};
use reqwest::StatusCode;
use serde_json::json;

on_every_engine!(
    a_password_gets_tokens_and_nothing_says_why_it_does_not,
    a_refresh_token_gets_the_next_pair_and_an_unknown_one_nothing,
    revoking_a_refresh_token_ends_its_session_and_no_other,
    a_new_address_is_the_one_to_log_in_with,
    a_new_password_needs_the_old_one_and_ends_the_other_sessions,
    users_see_their_sessions_and_end_one
);

const ANOTHER_PASSWORD: &str = "difference-engine-1822";

async fn a_password_gets_tokens_and_nothing_says_why_it_does_not(engine: Engine) {
    let app = TestApp::start(engine);
    app.register("ada").await;
    let answer = app.try_to_log_in("ADA@example.com", PASSWORD).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    insta::allow_duplicates! {
        insta::assert_snapshot!(answer.redacted(), @r#"
        {
          "access_token": "[access_token]",
          "expires_in": 900,
          "refresh_token": "[refresh_token]",
          "token_type": "Bearer"
        }
        "#);
    }
    let wrong_password = app.try_to_log_in("ada@example.com", "a wrong password").await;
    let nobody = app.try_to_log_in("nobody@example.com", PASSWORD).await;
    assert_eq!(wrong_password.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!(
        (wrong_password.status, wrong_password.text),
        (nobody.status, nobody.text)
    );
}

async fn a_refresh_token_gets_the_next_pair_and_an_unknown_one_nothing(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let next = app.refresh(&ada.refresh_token).await.expecting(200);
    assert_ne!(text(&next["refresh_token"]), ada.refresh_token);
    let third = app.refresh(&text(&next["refresh_token"])).await.expecting(200);
    let me = app
        .get("/users/me")
        .bearer_auth(text(&third["access_token"]))
        .answer()
        .await;
    assert_eq!(me.expecting(200)["email"], "ada@example.com");
    assert_eq!(
        app.refresh("forged").await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(
        app.refresh(&ada.access_token).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
}

async fn revoking_a_refresh_token_ends_its_session_and_no_other(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let elsewhere = app.log_in("ada").await;
    let revoked = app
        .post("/auth/revoke")
        .form(&[("token", &ada.refresh_token)])
        .answer()
        .await;
    assert_eq!(revoked.status, 200);
    let answer = app.get("/users/me").by(&ada).answer().await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
    assert_eq!(
        app.refresh(&ada.refresh_token).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(app.get("/users/me").by(&elsewhere).answer().await.status, 200);
    let unknown = app
        .post("/auth/revoke")
        .form(&[("token", "unknown")])
        .answer()
        .await;
    assert_eq!(unknown.status, 200);
}

async fn a_new_address_is_the_one_to_log_in_with(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    app.register("eve").await;
    let change = |email: &str| {
        app.put("/users/me/email")
            .by(&ada)
            .json(&json!({"email": email}))
            .answer()
    };
    let taken = change("Eve@example.com").await;
    assert_eq!(taken.refusal(), (409, "email_already_registered".to_owned()));
    let changed = change("countess@example.com").await;
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")));
    assert_eq!(changed.json()["email"], "countess@example.com");
    let old = app.try_to_log_in("ada@example.com", PASSWORD).await;
    assert_eq!(old.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!(
        app.try_to_log_in("countess@example.com", PASSWORD).await.status,
        200
    );
    // The old address is free again.
    app.register("ada").await;
}

async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let elsewhere = app.log_in("ada").await;
    let change = |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        app.put("/users/me/password").by(&ada).json(&body).answer()
    };
    let wrong = change("a wrong password", ANOTHER_PASSWORD).await;
    assert_eq!(wrong.refusal(), (422, "current_password_mismatch".to_owned()));
    assert_eq!(app.get("/users/me").by(&elsewhere).answer().await.status, 200);

    let changed = change(PASSWORD, ANOTHER_PASSWORD).await;
    assert_eq!((changed.status, changed.text.as_str()), (204, ""));
    assert_eq!(app.get("/users/me").by(&ada).answer().await.status, 200);
    let answer = app.get("/users/me").by(&elsewhere).answer().await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
    assert_eq!(
        app.refresh(&elsewhere.refresh_token).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(
        app.try_to_log_in(&ada.email, PASSWORD).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(app.try_to_log_in(&ada.email, ANOTHER_PASSWORD).await.status, 200);
}

async fn users_see_their_sessions_and_end_one(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let eve = app.customer("eve").await;
    let sessions = app
        .get("/users/me/sessions")
        .by(&ada)
        .answer()
        .await
        .expecting(200);
    assert_eq!(sessions["data"].as_array().unwrap().len(), 1);
    let path = format!("/users/me/sessions/{}", text(&sessions["data"][0]["id"]));
    let by_another = app.delete(&path).by(&eve).answer().await;
    assert_eq!(by_another.refusal(), (404, "session_not_found".to_owned()));
    assert_eq!(
        app.delete(&path).by(&ada).answer().await.status,
        StatusCode::NO_CONTENT
    );
    let answer = app.get("/users/me").by(&ada).answer().await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
}
