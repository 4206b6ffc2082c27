//! What admins see of consumers and dead letters, and do about them.

use std::sync::Arc;

use actix_web::http::StatusCode;
use operations::{
    ContextOperations, Operations,
    in_memory::{ERROR, InMemoryOperations, a_dead_letter},
};
use serde_json::{Value, json};

use super::shop::{Answered, By, Login, Shop, post};

/// The event of the oldest dead letter of [`Shop::with_dead_letters`].
pub(crate) const LETTER: &str = "ordering.users:00000000-0000-0000-0000-000000000001";

impl Shop {
    /// A shop whose consumer `ordering.users` gave up so many deliveries, one a minute, the last one a minute ago.
    pub(crate) fn with_dead_letters(count: u32) -> Self {
        let mut shop = Self::open();
        let mut ordering = InMemoryOperations::new("ordering").with_consumer("ordering.users", "accounts");
        for number in 1..=count {
            let held_at = shop.state.clock.now();
            ordering = ordering.holding(a_dead_letter("ordering.users", number.into(), held_at));
            shop.clock.advance_seconds(60);
        }
        shop.operated_as(vec![InMemoryOperations::new("accounts"), ordering]);
        shop
    }

    /// From now on with these contexts, as operators see them.
    pub(crate) fn operated_as(&mut self, contexts: Vec<InMemoryOperations>) {
        let contexts = contexts
            .into_iter()
            .map(|context| Arc::new(context) as Arc<dyn ContextOperations>);
        let clock = Arc::clone(&self.state.clock);
        self.state.operations = Arc::new(Operations::new(contexts.collect(), clock));
    }

    async fn act(&self, admin: &Login, path: &str, body: Value) -> Answered {
        self.post(admin, &format!("/ops{path}"), body).await
    }
}

#[actix_web::test]
async fn contexts_are_told_with_their_consumers_and_ages() {
    let shop = Shop::with_dead_letters(2);
    let admin = shop.admin().await;
    let answer = shop.get(&admin, "/ops/contexts").await;
    let none = json!({"count": 0, "oldest_seconds": null});
    let work = |consumers: Value| json!({"unpublished": 0, "oldest_unpublished_seconds": null, "unfinished": 0, "consumers": consumers});
    let expected = json!([
        {"context": "accounts", "work": work(json!([]))},
        {"context": "ordering", "work": work(json!([{
            "consumer": "ordering.users",
            "source": "accounts",
            "paused": null,
            "waiting": none,
            "retrying": none,
            "dead": {"count": 2, "oldest_seconds": 120.0},
        }]))},
    ]);
    assert_eq!(answer.json()["data"], expected);
}

#[actix_web::test]
async fn a_context_that_does_not_answer_hides_no_other() {
    let mut shop = Shop::open();
    let admin = shop.admin().await;
    let away = InMemoryOperations::new("accounts");
    away.goes_away("/var/secret/path is full");
    shop.operated_as(vec![away, InMemoryOperations::new("ordering")]);
    let answer = shop.get(&admin, "/ops/contexts").await;
    assert_eq!(
        answer.json()["data"][0],
        json!({"context": "accounts", "work": null})
    );
    assert!(answer.json()["data"][1]["work"].is_object());
    let list = shop.get(&admin, "/ops/dead-letters").await;
    assert_eq!(list.refusal(), (503, "dependency_unavailable".to_owned()));
    assert!(!list.text.contains("secret"), "{}", list.text);
}

#[actix_web::test]
async fn dead_letters_are_paged_the_longest_held_first() {
    let shop = Shop::with_dead_letters(5);
    let admin = shop.admin().await;
    let mut path = "/ops/dead-letters?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let answer = shop.get(&admin, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let list = answer.json();
        for letter in list["data"].as_array().unwrap() {
            assert_eq!(
                (&letter["state"], &letter["last_error"]),
                (&json!("dead"), &json!(ERROR))
            );
            seen.push(letter["id"].as_str().unwrap().chars().last().unwrap());
        }
        let Some(cursor) = list["next_cursor"].as_str() else {
            break;
        };
        assert!(answer.header("link").unwrap().contains(cursor));
        path = format!("/ops/dead-letters?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ['1', '2', '3', '4', '5']);
    let other_list = path.replace("/ops/dead-letters", "/orders");
    let refused = shop.get(&admin, &other_list).await;
    assert_eq!(refused.errors(), ["?cursor invalid_cursor"]);
}

#[actix_web::test]
async fn a_dead_letter_shows_its_attempts_its_event_and_what_waits_behind_it() {
    let shop = Shop::with_dead_letters(1);
    let admin = shop.admin().await;
    let letter = shop
        .get(&admin, &format!("/ops/dead-letters/{LETTER}"))
        .await
        .json();
    assert_eq!(letter["id"], LETTER);
    assert_eq!(letter["attempt_history"][0]["error"], ERROR);
    assert_eq!(letter["waiting_behind"][0]["event_type"], "UserDeactivated");
    assert_eq!(letter["event"]["data"]["e-mail"], "<ada@example.com>");
    for unknown in [
        "7",
        &LETTER.replace("users", "orders"),
        "a%00b:00000000-0000-0000-0000-000000000001",
    ] {
        let answer = shop.get(&admin, &format!("/ops/dead-letters/{unknown}")).await;
        assert_eq!(
            answer.refusal(),
            (404, "dead_letter_not_found".to_owned()),
            "{unknown}"
        );
    }
}

#[actix_web::test]
async fn a_discard_says_what_it_freed_and_is_written_down() {
    let shop = Shop::with_dead_letters(1);
    let admin = shop.admin().await;
    let discard = format!("/dead-letters/{LETTER}/discard");
    let done = shop.act(&admin, &discard, json!({"reason": "she is gone"})).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let mut done = done.json();
    assert_eq!(done["freed"][0]["event_type"], "UserDeactivated");
    assert_eq!(
        (&done["action"], &done["reason"]),
        (&json!("discard"), &json!("she is gone"))
    );
    let user = shop.get(&admin, "/users/me").await.json();
    assert_eq!(done["by"], format!("user:{}", user["id"].as_str().unwrap()));
    done.as_object_mut().unwrap().remove("freed");
    let actions = shop.get(&admin, "/ops/actions").await.json();
    assert_eq!(actions["data"], json!([done]));
    let again = shop.act(&admin, &discard, json!({"reason": "again"})).await;
    assert_eq!(again.refusal(), (409, "delivery_not_dead".to_owned()));
    assert_eq!(again.json()["state"], "discarded");
}

#[actix_web::test]
async fn a_replay_needs_neither_reason_nor_body() {
    for body in [
        None,
        Some(json!({})),
        Some(json!({"reason": null})),
        Some(json!({"reason": "mended"})),
    ] {
        let shop = Shop::with_dead_letters(1);
        let admin = shop.admin().await;
        let path = format!("/ops/dead-letters/{LETTER}/replay");
        let mut request = post(&path).by(&admin);
        if let Some(body) = &body {
            request = request.set_json(body);
        }
        assert_eq!(shop.send(request).await.status, StatusCode::OK, "{body:?}");
        let again = shop.send(post(&path).by(&admin)).await;
        assert_eq!(again.refusal(), (409, "delivery_not_dead".to_owned()));
    }
}

#[actix_web::test]
async fn a_consumer_is_paused_and_resumed() {
    let shop = Shop::with_dead_letters(0);
    let admin = shop.admin().await;
    let (pause, resume) = (
        "/consumers/ordering.users/pause",
        "/consumers/ordering.users/resume",
    );
    let running = shop.act(&admin, resume, json!({})).await;
    assert_eq!(running.refusal(), (409, "consumer_not_paused".to_owned()));
    let paused = shop.act(&admin, pause, json!({"reason": "mail is down"})).await;
    assert_eq!(paused.status, StatusCode::OK, "{paused:?}");
    let again = shop.act(&admin, pause, json!({"reason": "mail is down"})).await;
    assert_eq!(again.refusal(), (409, "consumer_already_paused".to_owned()));
    let contexts = shop.get(&admin, "/ops/contexts").await.json();
    assert_eq!(
        contexts["data"][1]["work"]["consumers"][0]["paused"]["reason"],
        "mail is down"
    );
    assert_eq!(shop.act(&admin, resume, json!({})).await.status, StatusCode::OK);
    let unknown = shop
        .act(&admin, "/consumers/ordering.orders/pause", json!({"reason": "x"}))
        .await;
    assert_eq!(unknown.refusal(), (404, "consumer_not_found".to_owned()));
}

#[actix_web::test]
async fn reasons_that_cannot_stand_are_refused() {
    let shop = Shop::with_dead_letters(1);
    let admin = shop.admin().await;
    let discard = format!("/dead-letters/{LETTER}/discard");
    for path in [&*discard, "/consumers/ordering.users/pause"] {
        for (reason, code) in [
            (" ".to_owned(), "reason_missing"),
            ("x".repeat(501), "reason_too_long"),
            ("two\nlines".to_owned(), "reason_not_printable"),
        ] {
            let refused = shop.act(&admin, path, json!({"reason": reason})).await;
            assert_eq!(refused.refusal(), (422, code.to_owned()), "{path}");
        }
        let wrong = shop.act(&admin, path, json!({"reason": 7, "force": true})).await;
        assert_eq!(wrong.errors(), ["/reason wrong_type", "/force unknown_field"]);
        let none = shop.act(&admin, path, json!({})).await;
        assert_eq!(none.errors(), ["/reason missing_field"]);
        let no_body = shop.send(post(&format!("/ops{path}")).by(&admin)).await;
        assert_eq!(no_body.refusal(), (400, "missing_body".to_owned()));
    }
    for query in ["limit=0", "limit=101", "cursor=7"] {
        let answer = shop.get(&admin, &format!("/ops/actions?{query}")).await;
        assert_eq!(answer.refusal(), (422, "invalid_query".to_owned()), "{query}");
    }
}
