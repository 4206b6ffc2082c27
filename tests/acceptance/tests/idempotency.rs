//! Requests that are sent again: many at once, and over a kill of the server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first thing that is not as they say, and tell what they measured"
)]

use acceptance::{Answer, Asking, Engine, TestApp, an_order, answer::text, on_every_engine};
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

on_every_engine!(
    a_thousand_twins_at_once_make_one_order_and_get_one_answer,
    what_is_sent_again_after_a_kill_is_placed_once
);

const TWINS: usize = 1000;
const KILLS: usize = 3;
const CLIENTS: usize = 32;
/// Answers to wait for before each kill.
const ANSWERS_A_KILL: usize = 100;

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

async fn a_thousand_twins_at_once_make_one_order_and_get_one_answer(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let body = an_order().with_line(app.kettle().await).body();
    let mut twins = JoinSet::new();
    for _ in 0..TWINS {
        let request = app
            .post("/orders")
            .by(&ada)
            .header("Idempotency-Key", "a-thousand-twins")
            .json(&body);
        twins.spawn(request.answer());
    }
    let answers = twins.join_all().await;

    let kept = app.orders(&ada).await;
    assert_eq!(kept.len(), 1, "one order was placed");
    let placed: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    let under_way = answers.iter().filter(|answer| answer.status == 409);
    assert!(
        under_way
            .clone()
            .all(|answer| answer.refusal().1 == "idempotency_key_in_use")
    );
    assert!(
        under_way
            .clone()
            .all(|answer| answer.header("retry-after").is_some())
    );
    assert_eq!(placed.len() + under_way.count(), TWINS, "{answers:?}");
    assert!(
        placed.iter().all(|answer| answer.json() == kept[0]),
        "an answer differs"
    );
    assert_eq!(
        placed.iter().filter(|answer| !replayed(answer)).count(),
        1,
        "one is the first"
    );
    println!(
        "{} of {TWINS} twins were answered 201, the others 409 while it ran",
        placed.len()
    );
}

/// One client's requests: the key of each, and the answer if there was one.
type Sent = Vec<(String, Option<Value>)>;

async fn what_is_sent_again_after_a_kill_is_placed_once(engine: Engine) {
    let mut app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let body = an_order().with_line(app.kettle().await).body();
    let mut all: Sent = Vec::new();
    for kill in 0..KILLS {
        let (answered, mut answers) = mpsc::unbounded_channel();
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let request = app.post("/orders").by(&ada).json(&body);
            let answered = answered.clone();
            clients.spawn(async move {
                let mut sent: Sent = Vec::new();
                loop {
                    let key = format!("kill-{kill}-client-{client}-request-{}", sent.len());
                    let request = request.try_clone().unwrap().header("Idempotency-Key", &key);
                    let Ok(response) = request.send().await else {
                        sent.push((key, None));
                        return sent;
                    };
                    let answer = Answer::read(response)
                        .await
                        .ok()
                        .map(|answer| answer.expecting(201));
                    let lost = answer.is_none();
                    sent.push((key, answer));
                    if lost {
                        return sent;
                    }
                    // Once the kill is under way, answers no longer count.
                    let _ = answered.send(());
                }
            });
        }
        for _ in 0..ANSWERS_A_KILL {
            answers.recv().await.unwrap();
        }
        app.kill_and_restart();
        all.extend(clients.join_all().await.into_iter().flatten());
    }
    let lost = all.iter().filter(|(_, answer)| answer.is_none()).count();
    assert!(lost > 0, "no answer was lost, so nothing was tried");

    let mut happened = 0;
    for (key, first) in &all {
        let request = app
            .post("/orders")
            .by(&ada)
            .header("Idempotency-Key", key)
            .json(&body);
        let again = request.answer().await;
        let was_there = replayed(&again);
        let order = again.expecting(201);
        match first {
            Some(first) => assert!(
                was_there && order == *first,
                "{key} was answered otherwise before"
            ),
            None => happened += usize::from(was_there),
        }
    }
    let mut ids: Vec<String> = app
        .orders(&ada)
        .await
        .iter()
        .map(|order| text(&order["id"]))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "each key stands for one order");
    println!(
        "{} orders under {KILLS} kills; of {lost} whose answer was lost, {happened} had been placed",
        all.len()
    );
}
