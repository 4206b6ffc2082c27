//! Installations whose event logs retention had emptied. On SQLite the numbers then began at 1 again, and consumers that had begun later skipped
//! events: mail was not sent, stock was not reserved. When they are opened, each skipped event is delivered once.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::{Binary, Login, TestApp, answer::text};
use serde_json::Value;

use crate::{
    fixture::{Fixture, Opened, recorded_orders},
    going_on::{a_new_order_comes_to_mail_and_stock, stock},
    opening::everybody_logs_in,
    orders_as_told,
};

/// The events that a consumer skipped. For some, it has applied a later event of the same order.
fn skipped<'a>(recorded: &'a Value, consumer: &'a str) -> impl Iterator<Item = &'a Value> {
    let skipped = recorded["skipped"].as_array().unwrap().iter();
    skipped.filter(move |event| event["consumer"] == consumer)
}

async fn makes_good(name: &str) {
    let fixture = Fixture::migrated(name);
    let examined = Binary::released().run(fixture.installation.path(), &["doctor"]);
    assert_eq!(examined.code, 1, "{}", examined.stdout);
    assert!(
        examined.stdout.contains("was numbered from 1 again"),
        "{}",
        examined.stdout
    );
    let opened = fixture.served();
    let (app, recorded) = (&opened.app, &opened.recorded);
    app.wait_idle();
    app.run(&["doctor"]).expecting_success();
    everybody_logs_in(app, recorded).await;
    let sam = app.log_in("sam").await;
    let orders = skipped(recorded, "inventory.orders").map(|event| text(&event["order_id"]));
    let changed: Vec<String> = orders.collect();
    orders_as_told::are_the_same(app, &sam, recorded, &changed).await;
    each_mail_was_sent_once(&opened);
    for order in changed.into_iter().collect::<BTreeSet<_>>() {
        is_reserved_unless_it_was_cancelled(app, &sam, &order).await;
    }
    stock_is_what_orders_hold(app, &sam, recorded).await;
    a_new_order_comes_to_mail_and_stock(&opened, &sam).await;
}

/// A consumer that has applied a later event does not get the skipped one.
fn each_mail_was_sent_once(opened: &Opened) {
    let expected: BTreeSet<String> = skipped(&opened.recorded, "notifications.orders")
        .filter(|event| event["position_since"].is_null())
        .map(|event| format!("<{}@shop.example>", text(&event["event_id"])))
        .collect();
    let sent: Vec<String> = opened
        .mail
        .received()
        .iter()
        .map(|mail| mail.message.id())
        .collect();
    let once: BTreeSet<String> = sent.iter().cloned().collect();
    assert_eq!(sent.len(), once.len(), "mail was sent twice: {sent:?}");
    assert_eq!(once, expected);
}

async fn is_reserved_unless_it_was_cancelled(app: &TestApp, staff: &Login, id: &str) {
    let order = app.order(staff, &Value::from(id)).await;
    let path = format!("/reservations?order_id={id}");
    let list = app.read(staff, &path).await;
    let states = list["data"].as_array().unwrap().iter();
    let states: Vec<String> = states.map(|reservation| text(&reservation["state"])).collect();
    if order["status"] == "cancelled" {
        assert!(
            states.iter().all(|state| state == "released"),
            "{order}: {states:?}"
        );
    } else {
        assert_eq!(order["allocation"], "reserved", "{order}");
        assert_eq!(states, ["held"]);
    }
}

async fn stock_is_what_orders_hold(app: &TestApp, staff: &Login, recorded: &Value) {
    let mut held = BTreeMap::<String, u64>::new();
    for (order, _) in recorded_orders(recorded) {
        let order = app.order(staff, &order["id"]).await;
        if order["status"] == "confirmed" && order["allocation"] == "reserved" {
            for line in order["lines"].as_array().unwrap() {
                *held.entry(text(&line["product_id"])).or_default() += line["quantity"].as_u64().unwrap();
            }
        }
    }
    for (product, _, reserved) in stock(app, staff).await {
        assert_eq!(
            reserved,
            held.remove(&product).unwrap_or_default(),
            "of product {product}"
        );
    }
    assert!(held.is_empty(), "without stock: {held:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_that_was_skipped_after_the_log_was_emptied_is_sent() {
    makes_good("emptied/sqlite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_that_inventory_skipped_after_an_upgrade_are_reserved() {
    makes_good("emptied/sqlite-upgraded").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_that_were_skipped_after_a_move_are_reserved() {
    makes_good("emptied/postgres-copied").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_skipped_after_the_log_was_emptied() {
    makes_good("emptied/sqlite-quiet").await;
}
