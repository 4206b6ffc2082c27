//! Callers who have seen an older version.

use acceptance::{Asking, Engine, a_custom_line, an_address, bodies::a_shipment, on_every_engine};
use serde_json::json;

use crate::shop::Shop;

on_every_engine!(a_stale_version_is_refused_with_the_current_one);

async fn a_stale_version_is_refused_with_the_current_one(engine: Engine) {
    let mut shop = Shop::open(engine).await;
    let sam = shop.app.staff().await;
    let quantity = shop
        .app
        .patch(&shop.line_path())
        .by(&shop.ada)
        .json(&json!({"quantity": 2}));
    shop.order = quantity.header("If-Match", "\"1\"").answer().await.expecting(200);
    let order = shop.order_path();
    let requests = || {
        vec![
            shop.app
                .post(&format!("{order}/lines"))
                .json(&a_custom_line().body()),
            shop.app.patch(&shop.line_path()).json(&json!({"quantity": 3})),
            shop.app.delete(&shop.line_path()),
            shop.app.post(&format!("{order}/confirm")).json(&an_address()),
            shop.app.post(&format!("{order}/cancel")).json(&json!({})),
        ]
    };
    for stale in ["\"1\"", "\"3\"", "W/\"2\"", "\"02\"", "\"something else\""] {
        for request in requests() {
            let answer = shop
                .refuses(request.header("If-Match", stale), 412, "version_mismatch")
                .await;
            assert_eq!(answer["current_version"], 2, "{stale}");
        }
    }
    for malformed in ["2", "\"2", "\"1\", \"2\""] {
        shop.refuses(
            requests().remove(0).header("If-Match", malformed),
            400,
            "malformed_if_match",
        )
        .await;
    }
    for (step, body) in [("ship", a_shipment()), ("deliver", json!({}))] {
        let request = shop
            .app
            .post(&format!("{order}/{step}"))
            .by(&sam)
            .header("If-Match", "\"1\"")
            .json(&body);
        assert_eq!(
            request.answer().await.refusal(),
            (412, "version_mismatch".to_owned()),
            "{step}"
        );
    }
    shop.assert_nothing_happened("shipping").await;

    let email = shop
        .app
        .put("/users/me/email")
        .by(&shop.ada)
        .header("If-Match", "\"7\"");
    let answer = email
        .json(&json!({"email": "countess@example.com"}))
        .answer()
        .await;
    assert_eq!(answer.refusal(), (412, "version_mismatch".to_owned()));
    assert_eq!(answer.json()["current_version"], 1);
    let me = shop
        .app
        .get("/users/me")
        .by(&shop.ada)
        .answer()
        .await
        .expecting(200);
    assert_eq!(me["email"], "ada@example.com");
}
