//! What operators are answered, against the schemas that the contract gives it.

use serde_json::json;

use super::{answers::assert_as_said, contract};
use crate::tests::{
    operators::LETTER,
    shop::{Answered, By, Shop, get, post},
};

#[actix_web::test]
async fn operators_are_answered_as_the_contract_says() {
    let contract = contract();
    let says = |operation: &str, answer: &Answered| assert_as_said(&contract, operation, answer);
    let shop = Shop::with_dead_letters(3);
    let admin = shop.admin().await;
    let pause = post("/ops/consumers/ordering.users/pause").by(&admin);
    let paused = shop.send(pause.set_json(json!({"reason": "mail is down"}))).await;
    says("POST /api/v1/ops/consumers/{consumer}/pause", &paused);
    for (path, operation) in [
        ("/ops/contexts".to_owned(), "GET /api/v1/ops/contexts"),
        (
            "/ops/dead-letters?limit=1".to_owned(),
            "GET /api/v1/ops/dead-letters",
        ),
        (
            "/ops/dead-letters?limit=0".to_owned(),
            "GET /api/v1/ops/dead-letters",
        ),
        (
            format!("/ops/dead-letters/{LETTER}"),
            "GET /api/v1/ops/dead-letters/{delivery_id}",
        ),
        (
            "/ops/dead-letters/7".to_owned(),
            "GET /api/v1/ops/dead-letters/{delivery_id}",
        ),
    ] {
        says(operation, &shop.send(get(&path).by(&admin)).await);
    }
    let resume = || post("/ops/consumers/ordering.users/resume").by(&admin);
    for _ in ["paused", "running"] {
        says(
            "POST /api/v1/ops/consumers/{consumer}/resume",
            &shop.send(resume()).await,
        );
    }
    let replay = post(&format!("/ops/dead-letters/{LETTER}/replay")).by(&admin);
    says(
        "POST /api/v1/ops/dead-letters/{delivery_id}/replay",
        &shop.send(replay).await,
    );
    let discard = |reason: &str| {
        let path = format!("/ops/dead-letters/{}2/discard", LETTER.trim_end_matches('1'));
        post(&path).by(&admin).set_json(json!({"reason": reason}))
    };
    for reason in ["", "she is gone", "she is gone"] {
        let answer = shop.send(discard(reason)).await;
        says("POST /api/v1/ops/dead-letters/{delivery_id}/discard", &answer);
    }
    let actions = shop.send(get("/ops/actions").by(&admin)).await;
    assert_eq!(actions.json()["data"].as_array().unwrap().len(), 4, "{actions:?}");
    says("GET /api/v1/ops/actions", &actions);
}
