//! An installation that was opened goes on: an order comes from placing to mail and stock.

use acceptance::{
    Login, TestApp,
    answer::text,
    steps::{confirmed, ship},
};
use serde_json::Value;

use crate::fixture::Opened;

/// On hand and reserved of each product that has stock, in the order of their ids.
pub(crate) async fn stock(app: &TestApp, staff: &Login) -> Vec<(String, u64, u64)> {
    let list = app.read(staff, "/stock?limit=100").await;
    assert_eq!(list["next_cursor"], Value::Null);
    let items = list["data"].as_array().unwrap().iter();
    let mut stock: Vec<(String, u64, u64)> = items
        .map(|item| {
            let (on_hand, reserved) = (item["on_hand"].as_u64(), item["reserved"].as_u64());
            (text(&item["product_id"]), on_hand.unwrap(), reserved.unwrap())
        })
        .collect();
    stock.sort();
    stock
}

/// Places, confirms and ships: two units leave, and two mails go out.
pub(crate) async fn a_new_order_comes_to_mail_and_stock(opened: &Opened, staff: &Login) {
    let app = &opened.app;
    let niklaus = app.customer("niklaus").await;
    app.kettle().await;
    app.wait_idle();
    let before = stock(app, staff).await;
    let order = confirmed(app, &niklaus).await;
    assert_eq!(order["allocation"], "reserved");
    ship(app, staff, &order).await;
    app.wait_idle();
    let after = stock(app, staff).await;
    let product = text(&order["lines"][0]["product_id"]);
    for ((id, on_hand, reserved), now) in before.into_iter().zip(after) {
        let left = if id == product { on_hand - 2 } else { on_hand };
        assert_eq!((id, left, reserved), now);
    }
    assert_eq!(
        opened.mails_about(&text(&order["reference"])),
        ["confirmed", "shipped"]
    );
}
