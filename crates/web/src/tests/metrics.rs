//! The figures for Prometheus.

use std::{collections::BTreeSet, fs};

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use operations::{Backlog, BatchSizes, Commits, in_memory::InMemoryOperations};
use serde_json::json;

use super::shop::{By, PASSWORD, Shop, get, post};

const OPERATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/OPERATIONS.md");

async fn metrics(shop: &Shop) -> Vec<String> {
    let answer = shop.send(TestRequest::with_uri("/metrics")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4"));
    answer.text.lines().map(str::to_owned).collect()
}

#[track_caller]
fn assert_says(metrics: &[String], line: &str) {
    let (name, _) = line.split_once(['{', ' ']).unwrap();
    let like_it: Vec<_> = metrics.iter().filter(|line| line.starts_with(name)).collect();
    assert!(
        metrics.iter().any(|found| found == line),
        "{line} is not among {like_it:#?}"
    );
}

#[actix_web::test]
async fn requests_are_counted_by_route_method_and_status_and_never_by_path() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    for _ in 0..2 {
        shop.get(&ada, &path).await;
    }
    shop.send(get(&path)).await;
    let metrics = metrics(&shop).await;
    let route = r#"route="/api/v1/orders/{order_id}""#;
    assert_says(
        &metrics,
        &format!(r#"orderly_http_requests_total{{method="GET",{route},status="200"}} 2"#),
    );
    assert_says(
        &metrics,
        &format!(r#"orderly_http_requests_total{{method="GET",{route},status="401"}} 1"#),
    );
    assert_says(
        &metrics,
        &format!(r#"orderly_http_request_duration_seconds_bucket{{method="GET",{route},le="0.0005"}} 3"#),
    );
    assert_says(
        &metrics,
        &format!(r#"orderly_http_request_duration_seconds_count{{method="GET",{route}}} 3"#),
    );
    let text = metrics.join("\n");
    for told_by_the_caller in [order["id"].as_str().unwrap(), "ada", "example.com"] {
        assert!(!text.contains(told_by_the_caller), "{told_by_the_caller}");
    }
}

#[actix_web::test]
async fn paths_and_methods_that_callers_make_up_make_no_new_series() {
    let shop = Shop::open();
    for number in 0..20 {
        let path = format!("/made/up/{number}");
        shop.send(TestRequest::with_uri(&path)).await;
        let method = Method::from_bytes(format!("MADEUP{number}").as_bytes()).unwrap();
        shop.send(TestRequest::with_uri("/livez").method(method)).await;
    }
    let metrics = metrics(&shop).await;
    assert_says(
        &metrics,
        r#"orderly_http_requests_total{method="GET",route="none",status="404"} 20"#,
    );
    assert_says(
        &metrics,
        r#"orderly_http_requests_total{method="other",route="none",status="405"} 20"#,
    );
    assert!(!metrics.iter().any(|line| line.to_lowercase().contains("made")));
}

#[actix_web::test]
async fn log_ins_are_counted_by_what_they_came_to() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    assert_says(
        &metrics(&shop).await,
        r#"orderly_log_ins_total{outcome="refused"} 0"#,
    );
    for password in [PASSWORD, "wrong", "wrong"] {
        let form = [
            ("grant_type", "password"),
            ("username", "ada@example.com"),
            ("password", password),
        ];
        shop.send(post("/auth/token").set_form(form)).await;
    }
    // A refresh is no log-in.
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*ada.refresh_token),
    ];
    shop.send(post("/auth/token").set_form(form)).await;
    let metrics = metrics(&shop).await;
    for line in [
        r#"orderly_log_ins_total{outcome="granted"} 2"#,
        r#"orderly_log_ins_total{outcome="refused"} 2"#,
        r#"orderly_log_ins_total{outcome="throttled"} 0"#,
        r#"orderly_log_ins_total{outcome="failed"} 0"#,
    ] {
        assert_says(&metrics, line);
    }
}

/// What a context committed in batches of these sizes.
fn commits(sizes: &[u64]) -> Commits {
    let mut batches = BatchSizes::default();
    for size in sizes {
        batches.add(*size);
    }
    Commits { batches, queued: 7 }
}

#[actix_web::test]
async fn contexts_tell_of_their_batches_their_queue_and_their_events_and_one_that_is_gone_hides_no_other() {
    let mut shop = Shop::open();
    let backlog = Backlog {
        unpublished: 3,
        oldest_unpublished_at: Some(shop.state.clock.now()),
        unfinished: 2,
    };
    shop.clock.advance_seconds(90);
    let (ordering, away) = (
        InMemoryOperations::new("ordering"),
        InMemoryOperations::new("accounts"),
    );
    ordering.stands_at(commits(&[1, 1, 3, 64]), backlog);
    away.stands_at(commits(&[]), Backlog::default());
    away.goes_away("gone");
    away.has_a_clock_that_jumped(-86_400);
    shop.operated_as(vec![ordering, away]);
    let metrics = metrics(&shop).await;
    for line in [
        "# TYPE orderly_commit_batch_size histogram",
        r#"orderly_commit_batch_size_bucket{context="ordering",le="1"} 2"#,
        r#"orderly_commit_batch_size_bucket{context="ordering",le="4"} 3"#,
        r#"orderly_commit_batch_size_bucket{context="ordering",le="+Inf"} 4"#,
        r#"orderly_commit_batch_size_sum{context="ordering"} 69"#,
        r#"orderly_commit_batch_size_count{context="ordering"} 4"#,
        r#"orderly_commit_queue_depth{context="ordering"} 7"#,
        r#"orderly_commit_queue_depth{context="accounts"} 7"#,
        r#"orderly_clock_jump_seconds{context="ordering"} 0"#,
        r#"orderly_clock_jump_seconds{context="accounts"} -86400"#,
        r#"orderly_context_up{context="ordering"} 1"#,
        r#"orderly_context_up{context="accounts"} 0"#,
        r#"orderly_unpublished_events{context="ordering"} 3"#,
        r#"orderly_relay_lag_seconds{context="ordering"} 90"#,
        r#"orderly_unfinished_deliveries{context="ordering"} 2"#,
    ] {
        assert_says(&metrics, line);
    }
    assert!(
        !metrics
            .iter()
            .any(|line| line.contains(r#"lag_seconds{context="accounts""#))
    );
}

#[actix_web::test]
async fn consumers_tell_of_what_they_hold_and_whether_they_are_paused() {
    let shop = Shop::with_dead_letters(2);
    let admin = shop.admin().await;
    let consumer = r#"context="ordering",consumer="ordering.users""#;
    let (dead, waiting) = (r#"state="dead""#, r#"state="waiting""#);
    let running = metrics(&shop).await;
    assert_says(&running, &format!("orderly_consumer_paused{{{consumer}}} 0"));
    assert_says(
        &running,
        &format!("orderly_held_deliveries{{{consumer},{dead}}} 2"),
    );
    assert_says(
        &running,
        &format!("orderly_held_deliveries{{{consumer},{waiting}}} 0"),
    );
    for (state, age) in [(dead, 120), (waiting, 0)] {
        let line = format!("orderly_oldest_held_delivery_seconds{{{consumer},{state}}} {age}");
        assert_says(&running, &line);
    }
    let pause = post("/ops/consumers/ordering.users/pause").by(&admin);
    shop.send(pause.set_json(json!({"reason": "mail is down"}))).await;
    let paused = metrics(&shop).await;
    assert_says(&paused, &format!("orderly_consumer_paused{{{consumer}}} 1"));
}

#[actix_web::test]
async fn every_figure_is_explained_and_has_one_type() {
    let shop = Shop::with_dead_letters(1);
    shop.customer("ada").await;
    let metrics = metrics(&shop).await;
    let named = |prefix: &str| -> Vec<String> {
        let lines = metrics.iter().filter_map(|line| line.strip_prefix(prefix));
        lines
            .map(|rest| rest.split(' ').next().unwrap().to_owned())
            .collect()
    };
    let (helped, typed) = (named("# HELP "), named("# TYPE "));
    assert_eq!(helped, typed);
    assert_eq!(typed.len(), 14);
    assert_eq!(typed.iter().collect::<BTreeSet<_>>().len(), typed.len());
    assert!(typed.iter().all(|name| name.starts_with("orderly_")));
    let rows = fs::read_to_string(OPERATIONS).unwrap();
    let rows = rows.lines().filter_map(|line| line.strip_prefix("| `orderly_"));
    let documented: BTreeSet<String> = rows
        .map(|row| format!("orderly_{}", row.split('`').next().unwrap()))
        .collect();
    assert_eq!(
        documented,
        typed.into_iter().collect(),
        "{OPERATIONS} and /metrics differ"
    );
}
