//! Mail about orders: in files, as it is by default, and through a mail server that behaves as mail servers do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod files;
mod server;

use acceptance::{Asking, Login, TestApp, a_line, an_address, an_order, answer::text, bodies::a_shipment};
use serde_json::{Value, json};

/// A customer's order that is placed and confirmed.
async fn confirmed(app: &TestApp, customer: &Login) -> Value {
    let order = app
        .place(customer, &an_order().with_line(a_line().of(2)).body())
        .await;
    take(app, customer, &order, "confirm", &an_address()).await
}

/// Ships an order.
async fn ship(app: &TestApp, staff: &Login, order: &Value) {
    take(app, staff, order, "ship", &a_shipment()).await;
}

/// Takes a step of an order's life, which has to go well.
async fn take(app: &TestApp, login: &Login, order: &Value, step: &str, body: &Value) -> Value {
    app.post(&format!("/orders/{}/{step}", text(&order["id"])))
        .by(login)
        .json(body)
        .answer()
        .await
        .expecting(200)
}

/// Gives a user another address.
async fn move_to(app: &TestApp, user: &Login, email: &str) {
    app.put("/users/me/email")
        .by(user)
        .json(&json!({"email": email}))
        .answer()
        .await
        .expecting(200);
}
