//! One thing after the other: confirm, reserve, ship or cancel.

use acceptance::{
    Asking, Engine, TestApp, an_address, answer::text, bodies::a_shipment, on_every_engine, steps::take,
};
use serde_json::json;

use crate::Shelf;

on_every_engine!(
    what_is_confirmed_is_reserved_and_leaves_with_the_shipment,
    the_same_product_on_two_lines_is_summed_before_it_is_promised,
    what_is_cancelled_is_free_again,
    what_is_reserved_cannot_be_adjusted_away,
    a_product_that_was_delisted_since_is_still_reserved_for_staff,
    the_story_of_an_order_tells_what_inventory_did
);

async fn what_is_confirmed_is_reserved_and_leaves_with_the_shipment(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[2]).await;
    assert_eq!(shelf.stock().await, (5, 0), "a placed order holds nothing");
    let confirmed = take(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
    assert_eq!(confirmed.header("preference-applied"), Some("wait=10"));
    assert_eq!(confirmed.expecting(200)["allocation"], "reserved");
    assert_eq!(shelf.stock().await, (5, 2));
    take(&shelf.app, &shelf.sam, &order, "ship", &a_shipment())
        .await
        .expecting(200);
    shelf.app.wait_idle();
    assert_eq!(shelf.stock().await, (3, 0));
    assert_eq!(shelf.reservation(&order).await, "committed");
    let path = format!("/stock/{}/ledger", shelf.product_id);
    let ledger = shelf.app.get(&path).by(&shelf.sam).answer().await.expecting(200);
    let last = &ledger["data"][0];
    assert_eq!((&last["delta"], &last["order_id"]), (&json!(-2), &order["id"]));
}

async fn the_same_product_on_two_lines_is_summed_before_it_is_promised(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[3, 3]).await;
    let settled = take(&shelf.app, &shelf.ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    assert_eq!(
        (&settled["status"], &settled["allocation"]),
        (&json!("cancelled"), &json!("rejected"))
    );
    let shortage =
        json!({"product_id": shelf.product_id, "product_name": "Kettle", "requested": 6, "available": 5});
    assert_eq!(
        settled["cancellation"],
        json!({"code": "out_of_stock", "reason": null, "shortages": [shortage]})
    );
    assert_eq!(shelf.stock().await, (5, 0));
    assert_eq!(shelf.reservation(&order).await, "rejected");
    shelf.app.wait_idle();
    let mails = shelf.app.installation().mails();
    let subject = format!("Order {} cancelled", text(&order["reference"]));
    let mail = mails
        .values()
        .find(|mail| mail.header("Subject") == subject)
        .unwrap();
    let told = "Kettle: you ordered 6 and 5 are left";
    assert!(
        mail.text().contains(told) && mail.html().contains(told),
        "{}",
        mail.text()
    );
}

async fn what_is_cancelled_is_free_again(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[5]).await;
    take(&shelf.app, &shelf.ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    let words = json!({"reason": "out_of_stock"});
    let cancelled = take(&shelf.app, &shelf.ada, &order, "cancel", &words)
        .await
        .expecting(200);
    assert_eq!(
        cancelled["cancellation"],
        json!({"code": "on_request", "reason": "out_of_stock", "shortages": []}),
        "what somebody writes is not what the shop says"
    );
    shelf.app.wait_idle();
    assert_eq!(shelf.stock().await, (5, 0));
    assert_eq!(shelf.reservation(&order).await, "released");
    assert_eq!(shelf.order(&order).await["allocation"], "released");
    let another = shelf.placed(&[5]).await;
    let settled = take(&shelf.app, &shelf.ada, &another, "confirm", &an_address())
        .await
        .expecting(200);
    assert_eq!(settled["allocation"], "reserved");
}

async fn what_is_reserved_cannot_be_adjusted_away(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[4]).await;
    take(&shelf.app, &shelf.ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    let path = format!("/stock/{}/adjustments", shelf.product_id);
    let body = json!({"delta": -2, "reason": "broken"});
    let refused = shelf.app.post(&path).by(&shelf.sam).json(&body).answer().await;
    assert_eq!(refused.refusal(), (422, "insufficient_stock".to_owned()));
    shelf.adjust(-1).await;
    assert_eq!(shelf.stock().await, (4, 4));
}

async fn a_product_that_was_delisted_since_is_still_reserved_for_staff(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[1]).await;
    let path = format!("/products/{}/delist", shelf.product_id);
    shelf.app.post(&path).by(&shelf.sam).answer().await.expecting(200);
    shelf.app.wait_idle();
    let refused = take(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
    assert_eq!(refused.refusal(), (422, "unknown_product".to_owned()));
    let settled = take(&shelf.app, &shelf.sam, &order, "confirm", &an_address())
        .await
        .expecting(200);
    assert_eq!(settled["allocation"], "reserved", "its stock is still there");
    let body = json!({"currency": "USD", "lines": [{"product_id": shelf.product_id, "quantity": 1}]});
    let late = shelf
        .app
        .post("/orders")
        .by(&shelf.ada)
        .json(&body)
        .answer()
        .await;
    assert_eq!(late.refusal(), (422, "unknown_product".to_owned()));
}

async fn the_story_of_an_order_tells_what_inventory_did(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[1]).await;
    take(&shelf.app, &shelf.ada, &order, "confirm", &an_address())
        .await
        .expecting(200);
    shelf.app.wait_idle();
    let path = format!("/orders/{}/timeline", text(&order["id"]));
    let story = shelf.app.get(&path).by(&shelf.ada).answer().await.expecting(200);
    let events: Vec<_> = story["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| text(&entry["event_type"]))
        .collect();
    assert_eq!(
        events,
        [
            "OrderPlaced",
            "OrderConfirmed",
            "StockReserved",
            "OrderStockReserved"
        ]
    );
}
