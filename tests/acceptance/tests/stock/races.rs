//! Two at once: whichever wins, the numbers agree.

use acceptance::{
    Asking, Engine, TestApp, an_address,
    bodies::a_shipment,
    on_every_engine,
    steps::{path, take, taken},
};
use serde_json::json;

use crate::Shelf;

on_every_engine!(
    a_cancellation_that_races_the_reservation_leaves_everything_free,
    of_shipping_and_cancelling_one_wins_and_stock_follows_it,
    what_is_delivered_again_is_done_once
);

const ROUNDS: usize = 10;

async fn a_cancellation_that_races_the_reservation_leaves_everything_free(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 100).await;
    let mut orders = Vec::new();
    for _ in 0..ROUNDS {
        let order = shelf.placed(&[2]).await;
        // No request waits for inventory here.
        let confirm = shelf
            .app
            .post(&path(&order, "confirm"))
            .by(&shelf.ada)
            .json(&an_address());
        let confirmed = confirm.answer().await.expecting(200);
        assert_eq!(confirmed["status"], "confirmed");
        taken(&shelf.app, &shelf.ada, &order, "cancel", &json!({})).await;
        orders.push(order);
    }
    shelf.app.wait_idle();
    assert_eq!(shelf.stock().await, (100, 0));
    for order in orders {
        let found = shelf.order(&order).await;
        assert_eq!(
            (&found["status"], &found["cancellation"]["code"]),
            (&json!("cancelled"), &json!("on_request"))
        );
        assert_eq!(shelf.reservation(&order).await, "released");
        assert_eq!(found["allocation"], "released", "whichever was first");
    }
}

async fn of_shipping_and_cancelling_one_wins_and_stock_follows_it(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 100).await;
    let mut left = 100;
    for _ in 0..ROUNDS {
        let order = shelf.placed(&[2]).await;
        taken(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
        let nothing = json!({});
        let shipment = a_shipment();
        let (shipped, cancelled) = tokio::join!(
            take(&shelf.app, &shelf.sam, &order, "ship", &shipment),
            take(&shelf.app, &shelf.ada, &order, "cancel", &nothing),
        );
        let state = match (shipped.status, cancelled.status) {
            (200, 409) => {
                left -= 2;
                "committed"
            }
            (409, 200) => "released",
            both => panic!("found {both:?}, expected one of them to win"),
        };
        shelf.app.wait_idle();
        assert_eq!(shelf.reservation(&order).await, state);
    }
    assert_eq!(shelf.stock().await, (left, 0));
}

async fn what_is_delivered_again_is_done_once(engine: Engine) {
    let mut shelf = Shelf::with(TestApp::start(engine), 100).await;
    let order = shelf.placed(&[2]).await;
    taken(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
    shelf.app.wait_idle();
    // As if no mark had ever been written.
    for context in ["catalog", "ordering", "inventory"] {
        shelf.app.installation().tamper(
            context,
            "UPDATE event_log SET published_at = NULL WHERE published_at IS NOT NULL",
        );
    }
    shelf.app.kill_and_restart();
    shelf.app.wait_idle();
    assert_eq!(shelf.stock().await, (100, 2));
    assert_eq!(shelf.order(&order).await["version"], 3);
}
