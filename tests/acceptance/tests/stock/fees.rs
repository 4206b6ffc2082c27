//! Custom lines that need no stock: a shipping fee, a service.

use acceptance::{
    Engine, TestApp, a_custom_line, an_address, answer::text, bodies::a_shipment, on_every_engine,
    steps::taken,
};
use serde_json::{Value, json};

use crate::Shelf;

on_every_engine!(
    a_fee_goes_along_with_what_is_reserved,
    an_order_of_a_fee_alone_ships_at_once_and_can_be_cancelled
);

fn a_fee() -> Value {
    a_custom_line().at("4.90").without_stock().body()
}

impl Shelf {
    /// What Sam orders for Ada.
    async fn placed_by_sam(&self, lines: &[Value]) -> Value {
        let body = json!({"currency": "USD", "lines": lines, "customer_id": self.ada.user_id});
        self.app.place(&self.sam, &body).await
    }

    /// Confirms with Ada's name, and waits for inventory.
    async fn confirmed(&self, order: &Value) -> Value {
        taken(&self.app, &self.ada, order, "confirm", &an_address()).await
    }

    async fn shipped(&self, order: &Value) -> Value {
        taken(&self.app, &self.sam, order, "ship", &a_shipment()).await
    }
}

async fn a_fee_goes_along_with_what_is_reserved(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf
        .placed_by_sam(&[json!({"product_id": shelf.product_id, "quantity": 2})])
        .await;
    let with_fee = taken(&shelf.app, &shelf.sam, &order, "lines", &a_fee()).await;
    assert_eq!(with_fee["lines"][0].get("stock"), None);
    assert_eq!(with_fee["lines"][1]["stock"], false);
    let settled = shelf.confirmed(&order).await;
    assert_eq!(
        (&settled["status"], &settled["allocation"]),
        (&json!("confirmed"), &json!("reserved"))
    );
    assert_eq!(settled["total"]["amount"], "44.88");
    assert_eq!(shelf.stock().await, (5, 2));
    shelf.shipped(&order).await;
    shelf.app.wait_idle();
    assert_eq!(shelf.stock().await, (3, 0));
    let kept = shelf.order(&order).await;
    assert_eq!(kept["lines"][1]["stock"], false, "what was stored says so");
}

async fn an_order_of_a_fee_alone_ships_at_once_and_can_be_cancelled(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let (order, other) = (
        shelf.placed_by_sam(&[a_fee()]).await,
        shelf.placed_by_sam(&[a_fee()]).await,
    );
    for order in [&order, &other] {
        let settled = shelf.confirmed(order).await;
        assert_eq!(
            (&settled["status"], &settled["allocation"]),
            (&json!("confirmed"), &json!("none"))
        );
    }
    shelf.app.wait_idle();
    assert_eq!(shelf.order(&order).await["status"], "confirmed");
    assert_eq!(shelf.shipped(&order).await["status"], "shipped");
    taken(&shelf.app, &shelf.ada, &other, "cancel", &json!({})).await;
    shelf.app.wait_idle();
    for (order, status) in [(&order, "shipped"), (&other, "cancelled")] {
        let stands = shelf.order(order).await;
        assert_eq!(
            (&stands["status"], &stands["allocation"]),
            (&json!(status), &json!("none"))
        );
        let path = format!("/reservations?order_id={}", text(&order["id"]));
        let reservations = shelf.app.read(&shelf.sam, &path).await;
        assert_eq!(reservations["data"], json!([]));
    }
}
