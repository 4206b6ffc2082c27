//! The steps of an order's life.

use serde_json::Value;

use crate::{Answer, Asking, Login, TestApp, an_address, an_order, answer::text, bodies::a_shipment};

/// Takes a step of an order's life. A confirmation is answered once inventory has answered.
pub async fn take(app: &TestApp, login: &Login, order: &Value, step: &str, body: &Value) -> Answer {
    let asking = app.post(&path(order, step)).by(login).json(body);
    asking.header("Prefer", "wait=10").answer().await
}

/// The order after a step that has to work.
pub async fn taken(app: &TestApp, login: &Login, order: &Value, step: &str, body: &Value) -> Value {
    take(app, login, order, step, body).await.expecting(200)
}

/// Where a step is taken.
pub fn path(order: &Value, step: &str) -> String {
    format!("/orders/{}/{step}", text(&order["id"]))
}

/// A customer's order that is placed and confirmed.
pub async fn confirmed(app: &TestApp, customer: &Login) -> Value {
    let order = app
        .place(customer, &an_order().with_line(app.kettle().await.of(2)).body())
        .await;
    taken(app, customer, &order, "confirm", &an_address()).await
}

/// Ships an order.
pub async fn ship(app: &TestApp, staff: &Login, order: &Value) {
    taken(app, staff, order, "ship", &a_shipment()).await;
}
