//! Stock, and the events between ordering and inventory. Each test ends with the doctor.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod conversation;
mod fees;
mod races;
mod repair;

use acceptance::{Asking, Login, TestApp, answer::text};
use serde_json::{Value, json};

/// A shop with one product, of which there are so many.
struct Shelf {
    app: TestApp,
    ada: Login,
    sam: Login,
    product_id: String,
}

impl Shelf {
    async fn with(app: TestApp, units: i64) -> Self {
        let (ada, sam) = (app.customer("ada").await, app.staff().await);
        let kettle =
            json!({"sku": "KETTLE", "name": "Kettle", "unit_price": {"amount": "19.99", "currency": "USD"}});
        let product = app
            .post("/products")
            .by(&sam)
            .json(&kettle)
            .answer()
            .await
            .expecting(201);
        app.wait_idle();
        let shelf = Self {
            product_id: text(&product["id"]),
            app,
            ada,
            sam,
        };
        shelf.adjust(units).await;
        shelf
    }

    async fn adjust(&self, delta: i64) -> Value {
        let path = format!("/stock/{}/adjustments", self.product_id);
        let body = json!({"delta": delta, "reason": "counted"});
        self.app
            .post(&path)
            .by(&self.sam)
            .json(&body)
            .answer()
            .await
            .expecting(201)
    }

    /// Ada's order, a line for each of these quantities.
    async fn placed(&self, quantities: &[u64]) -> Value {
        let lines: Vec<Value> = quantities
            .iter()
            .map(|quantity| json!({"product_id": self.product_id, "quantity": quantity}))
            .collect();
        self.app
            .place(&self.ada, &json!({"currency": "USD", "lines": lines}))
            .await
    }

    /// On hand and reserved.
    async fn stock(&self) -> (u64, u64) {
        let path = format!("/stock/{}", self.product_id);
        let stock = self.app.read(&self.sam, &path).await;
        (
            stock["on_hand"].as_u64().unwrap(),
            stock["reserved"].as_u64().unwrap(),
        )
    }

    /// The state of an order's one reservation.
    async fn reservation(&self, order: &Value) -> String {
        let path = format!("/reservations?order_id={}", text(&order["id"]));
        let list = self.app.read(&self.sam, &path).await;
        let reservations = list["data"].as_array().unwrap();
        assert_eq!(reservations.len(), 1, "{list}");
        text(&reservations[0]["state"])
    }

    async fn order(&self, order: &Value) -> Value {
        self.app.order(&self.sam, &order["id"]).await
    }
}
