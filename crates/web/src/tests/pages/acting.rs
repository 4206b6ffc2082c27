//! What can be done on the pages, and by whose forms alone.

use actix_web::http::{Method, StatusCode};

use super::Browser;
use crate::tests::{
    operators::LETTER,
    shop::{PASSWORD, Shop},
};

#[actix_web::test]
async fn a_dead_letter_is_discarded_with_a_reason_and_stands_among_the_actions() {
    let shop = Shop::with_dead_letters(2);
    let mut browser = Browser::of_an_admin(&shop).await;
    let list = browser.get("/ops/dead-letters").await.text;
    assert_eq!(list.matches("href=\"/ops/dead-letters/").count(), 2);
    let path = format!("/ops/dead-letters/{LETTER}");
    browser.get(&path).await;
    let done = browser
        .post(&format!("{path}/discard"), &[("reason", "she is gone")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    let page = browser.get(done.header("location").unwrap()).await.text;
    assert!(page.contains("It is given up for good."), "{page}");
    assert!(
        page.contains("What waited behind it follows: one delivery."),
        "{page}"
    );
    assert!(!page.contains("/discard"), "there is nothing left to discard");
    let actions = browser.get("/ops/actions").await.text;
    for shown in ["admin@example.com", "discard ", "she is gone", LETTER] {
        assert!(actions.contains(shown), "{shown}: {actions}");
    }
    let list = browser.get("/ops/dead-letters").await.text;
    assert_eq!(list.matches("href=\"/ops/dead-letters/").count(), 1);
}

#[actix_web::test]
async fn a_dead_letter_is_replayed_without_a_reason() {
    let shop = Shop::with_dead_letters(1);
    let mut browser = Browser::of_an_admin(&shop).await;
    let path = format!("/ops/dead-letters/{LETTER}");
    browser.get(&path).await;
    let done = browser.post(&format!("{path}/replay"), &[("reason", "")]).await;
    assert_eq!(done.header("location"), Some(format!("{path}?freed=1").as_str()));
    let again = browser.post(&format!("{path}/replay"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(
        again.text.contains("Found a delivery that is retrying"),
        "{}",
        again.text
    );
}

#[actix_web::test]
async fn a_consumer_is_paused_and_resumed() {
    let shop = Shop::with_dead_letters(0);
    let mut browser = Browser::of_an_admin(&shop).await;
    assert!(browser.get("/ops").await.text.contains("running"));
    let pause = "/ops/consumers/ordering.users/pause";
    let without_reason = browser.post(pause, &[("reason", " ")]).await;
    assert_eq!(without_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        without_reason.text.contains("reason_missing"),
        "{}",
        without_reason.text
    );
    let longest = "ü".repeat(500);
    let paused = browser.post(pause, &[("reason", &longest)]).await;
    assert_eq!(paused.header("location"), Some("/ops"), "{paused:?}");
    let overview = browser.get("/ops").await.text;
    assert!(
        overview.contains("paused") && overview.contains(&longest),
        "{overview}"
    );
    browser.post("/ops/consumers/ordering.users/resume", &[]).await;
    assert!(browser.get("/ops").await.text.contains("running"));
    let unknown = browser
        .post("/ops/consumers/ordering.orders/pause", &[("reason", "x")])
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_form_without_the_sessions_token_does_nothing() {
    let shop = Shop::with_dead_letters(1);
    let mut browser = Browser::of_an_admin(&shop).await;
    let mut elsewhere = Browser::of(&shop);
    elsewhere.log_in("admin@example.com", PASSWORD).await;
    elsewhere.get("/ops").await;
    let letter = format!("/ops/dead-letters/{LETTER}");
    for path in [
        "/ops/log-out",
        "/ops/consumers/ordering.users/pause",
        "/ops/consumers/ordering.users/resume",
        &format!("{letter}/replay"),
        &format!("{letter}/discard"),
    ] {
        for token in ["", "forged", &elsewhere.form_token] {
            browser.form_token = token.to_owned();
            let refused = browser.post(path, &[("reason", "why not")]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {token}");
            assert!(refused.text.contains("forged_form"), "{}", refused.text);
        }
    }
    assert!(
        browser
            .get("/ops/actions")
            .await
            .text
            .contains("No operator did anything yet.")
    );
}

#[actix_web::test]
async fn a_log_in_form_on_somebody_elses_page_logs_nobody_in() {
    let shop = Shop::open();
    shop.admin().await;
    let form = [("username", "admin@example.com"), ("password", PASSWORD)];
    for (site, status) in [
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-site", StatusCode::FORBIDDEN),
        ("same-origin", StatusCode::SEE_OTHER),
        ("none", StatusCode::SEE_OTHER),
    ] {
        let request = Browser::of(&shop).request(Method::POST, "/ops/log-in");
        let request = request.insert_header(("Sec-Fetch-Site", site)).set_form(form);
        assert_eq!(shop.send(request).await.status, status, "{site}");
    }
}
