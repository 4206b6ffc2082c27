//! One step after the other: confirm, reserve, ship or cancel.

use acceptance::{
    Engine, TestApp, an_address,
    answer::text,
    bodies::a_shipment,
    on_every_engine,
    steps::{take, taken},
};
use serde_json::json;

use crate::Shelf;

on_every_engine!(
    what_is_confirmed_is_reserved_and_leaves_with_the_shipment,
    the_same_product_on_two_lines_is_summed_before_it_is_promised,
    what_is_cancelled_is_free_again
);

async fn what_is_confirmed_is_reserved_and_leaves_with_the_shipment(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[2]).await;
    assert_eq!(shelf.stock().await, (5, 0), "a placed order holds nothing");
    let confirmed = take(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
    assert_eq!(confirmed.header("preference-applied"), Some("wait=10"));
    assert_eq!(confirmed.expecting(200)["allocation"], "reserved");
    assert_eq!(shelf.stock().await, (5, 2));
    taken(&shelf.app, &shelf.sam, &order, "ship", &a_shipment()).await;
    shelf.app.wait_idle();
    assert_eq!(shelf.stock().await, (3, 0));
    assert_eq!(shelf.reservation(&order).await, "committed");
    let path = format!("/stock/{}/ledger", shelf.product_id);
    let ledger = shelf.app.read(&shelf.sam, &path).await;
    let last = &ledger["data"][0];
    assert_eq!((&last["delta"], &last["order_id"]), (&json!(-2), &order["id"]));
}

async fn the_same_product_on_two_lines_is_summed_before_it_is_promised(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed(&[3, 3]).await;
    let settled = taken(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
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
    taken(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
    let words = json!({"reason": "out_of_stock"});
    let cancelled = taken(&shelf.app, &shelf.ada, &order, "cancel", &words).await;
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
    let settled = taken(&shelf.app, &shelf.ada, &another, "confirm", &an_address()).await;
    assert_eq!(settled["allocation"], "reserved");
}
