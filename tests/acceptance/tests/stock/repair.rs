//! Stock that was changed directly in the database is found, and corrected on request.

use acceptance::{Asking, Engine, TestApp, an_address, on_every_engine, steps::taken};
use serde_json::Value;

use crate::Shelf;

on_every_engine!(drifted_stock_is_found_shown_and_set_right);

async fn drifted_stock_is_found_shown_and_set_right(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 10).await;
    let order = shelf.placed(&[3]).await;
    taken(&shelf.app, &shelf.ada, &order, "confirm", &an_address()).await;
    shelf.app.wait_idle();
    let tampering = "UPDATE stock_items SET on_hand = 8, reserved = 5";
    shelf.app.installation().tamper("inventory", tampering);

    let found = shelf.app.run(&["doctor"]);
    assert_eq!(found.code, 1, "{}", found.stdout);
    assert!(
        found.stdout.contains("found 8 on hand and 5 reserved"),
        "{}",
        found.stdout
    );
    let admin = shelf.app.admin().await;
    let examined = shelf
        .app
        .post("/ops/invariants")
        .by(&admin)
        .answer()
        .await
        .expecting(200);
    assert_eq!(examined["sound"], Value::Bool(false));

    let shown = shelf.app.run(&["doctor", "--repair"]);
    assert_eq!(shown.code, 1, "{}", shown.stdout);
    assert!(
        shown.stdout.contains("ledger entry of -2 reserved 5 -> 3"),
        "{}",
        shown.stdout
    );
    assert_eq!(shelf.stock().await, (8, 5), "nothing was changed");

    let applied = shelf
        .app
        .run(&["doctor", "--repair", "--apply"])
        .expecting_success();
    assert!(
        applied.contains("ledger entry of -2 reserved 5 -> 3"),
        "{applied}"
    );
    assert_eq!(shelf.stock().await, (8, 3));
    shelf.app.run(&["doctor"]).expecting_success();
    let nothing = shelf.app.run(&["doctor", "--repair"]).expecting_success();
    assert_eq!(nothing, "nothing to correct\n");
    assert_eq!(shelf.app.run(&["doctor", "--apply"]).code, 2);

    // Three are held, and there are two.
    let tampering = "UPDATE stock_items SET on_hand = 2, reserved = 2";
    shelf.app.installation().tamper("inventory", tampering);
    let beyond = shelf.app.run(&["doctor", "--repair", "--apply"]);
    assert_eq!(beyond.code, 1, "{}", beyond.stdout);
    let product = format!("stock of product {} is beyond repair", shelf.product_id);
    assert!(beyond.stdout.contains(&product), "{}", beyond.stdout);
    assert_eq!(shelf.stock().await, (2, 2), "nothing was changed");
    // At its end the test app runs the doctor.
    let as_it_was = "UPDATE stock_items SET on_hand = 8, reserved = 3";
    shelf.app.installation().tamper("inventory", as_it_was);
}
