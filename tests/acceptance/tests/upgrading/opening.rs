//! What was stored before is there: users and their passwords, orders, recorded keys, and pending deliveries.

use acceptance::{Asking, Login, TestApp, answer::text};
use serde_json::Value;

use crate::{fixture::Fixture, going_on::a_new_order_comes_to_mail_and_stock, orders_as_told};

/// Logs users in with the passwords that they had; one who is inactive is refused.
pub(crate) async fn everybody_logs_in(app: &TestApp, recorded: &Value) {
    let password = text(&recorded["password"]);
    for (name, user) in recorded["users"].as_object().unwrap() {
        let answer = app.try_to_log_in(&format!("{name}@example.com"), &password).await;
        let expected = if user["active"] == true { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{name}: {}", answer.text);
        if answer.status == 200 {
            let login = app.log_in(name).await;
            let user_now = app.read(&login, "/users/me").await;
            assert_eq!((&user_now["id"], &user_now["role"]), (&user["id"], &user["role"]));
        }
    }
}

/// Sends what was sent under a key once more.
async fn every_key_has_its_answer(app: &TestApp, recorded: &Value) {
    for key in recorded["keys"].as_array().unwrap() {
        let login = app.log_in(key["by"].as_str().unwrap()).await;
        let again = app
            .post(key["path"].as_str().unwrap())
            .by(&login)
            .header("Idempotency-Key", key["key"].as_str().unwrap())
            .json_text(text(&key["body"]))
            .answer()
            .await;
        let answer = &key["answer"];
        assert_eq!(again.text, text(&answer["text"]), "byte for byte");
        assert_eq!(again.status, answer["status"]);
        assert_eq!(again.header("etag"), answer["etag"].as_str());
        assert_eq!(again.header("location"), answer["location"].as_str());
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
}

/// The dead letter, by its name for operators. Looked for without a server.
fn the_dead_letter(fixture: &Fixture) -> String {
    let list: Value = serde_json::from_str(&fixture.run(&["dead-letters", "list", "--json"])).unwrap();
    let letters = list["dead_letters"].as_array().unwrap();
    assert_eq!(letters.len(), 1, "{list}");
    let letter = text(&letters[0]["id"]);
    let shown = fixture.run(&["dead-letters", "show", &letter]);
    assert!(shown.contains("OrderShipped"), "nothing waits behind it: {shown}");
    letter
}

async fn opens(name: &str) {
    let fixture = Fixture::migrated(name);
    fixture.run(&["doctor"]);
    let letter = the_dead_letter(&fixture);
    let opened = fixture.served();
    let (app, recorded) = (&opened.app, &opened.recorded);
    everybody_logs_in(app, recorded).await;
    let sam = app.log_in("sam").await;
    orders_as_told::are_the_same(app, &sam, recorded, &[]).await;
    every_key_has_its_answer(app, recorded).await;
    let orders = recorded["orders"].as_array().unwrap().len();
    assert_eq!(
        app.orders(&sam).await.len(),
        orders,
        "a repeated key made an order"
    );

    let replay = [
        "dead-letters",
        "replay",
        &letter,
        "--reason",
        "mail goes elsewhere now",
    ];
    app.run(&replay).expecting_success();
    app.wait_idle();
    let dead = text(&recorded["dead_letter_of"]);
    assert_eq!(opened.mails_about(&dead), ["confirmed", "shipped"]);
    let sent = opened.mail.mails_so_far();
    assert_eq!(
        sent, 3,
        "those two, and the one that was to be tried again: all others were sent before"
    );
    what_inventory_was_paused_over_is_reserved(app, &sam, recorded).await;
    a_new_order_comes_to_mail_and_stock(&opened, &sam).await;
}

async fn what_inventory_was_paused_over_is_reserved(app: &TestApp, staff: &Login, recorded: &Value) {
    let Some(requested) = recorded.get("requested") else {
        return;
    };
    assert_eq!(app.order(staff, requested).await["allocation"], "requested");
    app.run(&["consumers", "resume", "inventory.orders"])
        .expecting_success();
    app.wait_idle();
    assert_eq!(app.order(staff, requested).await["allocation"], "reserved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_with_inventory_on_sqlite_is_there() {
    opens("with-inventory/sqlite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_with_inventory_on_postgresql_is_there() {
    opens("with-inventory/postgres").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_before_inventory_on_sqlite_is_there() {
    opens("before-inventory/sqlite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_before_inventory_on_postgresql_is_there() {
    opens("before-inventory/postgres").await;
}
