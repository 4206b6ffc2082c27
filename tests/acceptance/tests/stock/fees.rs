//! Lines of staff's own that nobody keeps stock of: a shipping fee, a service.

use acceptance::{
    Asking, Engine, TestApp, a_custom_line, an_address, answer::text, bodies::a_shipment, on_every_engine,
    steps::take,
};
use serde_json::{Value, json};

use crate::Shelf;

on_every_engine!(
    a_fee_goes_along_with_what_is_reserved,
    an_order_of_a_fee_alone_ships_at_once_and_can_be_cancelled,
    a_custom_line_that_does_not_say_otherwise_asks_for_stock,
    a_fee_is_staffs_own_and_counts_at_least_one
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
        take(&self.app, &self.ada, order, "confirm", &an_address())
            .await
            .expecting(200)
    }

    async fn shipped(&self, order: &Value) -> Value {
        take(&self.app, &self.sam, order, "ship", &a_shipment())
            .await
            .expecting(200)
    }
}

async fn a_fee_goes_along_with_what_is_reserved(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf
        .placed_by_sam(&[json!({"product_id": shelf.product_id, "quantity": 2})])
        .await;
    let with_fee = take(&shelf.app, &shelf.sam, &order, "lines", &a_fee())
        .await
        .expecting(200);
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
    take(&shelf.app, &shelf.ada, &other, "cancel", &json!({}))
        .await
        .expecting(200);
    shelf.app.wait_idle();
    for (order, status) in [(&order, "shipped"), (&other, "cancelled")] {
        let stands = shelf.order(order).await;
        assert_eq!(
            (&stands["status"], &stands["allocation"]),
            (&json!(status), &json!("none"))
        );
        let path = format!("/reservations?order_id={}", text(&order["id"]));
        let reservations = shelf.app.get(&path).by(&shelf.sam).answer().await.expecting(200);
        assert_eq!(reservations["data"], json!([]));
    }
}

async fn a_custom_line_that_does_not_say_otherwise_asks_for_stock(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let order = shelf.placed_by_sam(&[a_custom_line().body()]).await;
    let settled = shelf.confirmed(&order).await;
    assert_eq!(
        (&settled["status"], &settled["allocation"]),
        (&json!("cancelled"), &json!("rejected"))
    );
}

async fn a_fee_is_staffs_own_and_counts_at_least_one(engine: Engine) {
    let shelf = Shelf::with(TestApp::start(engine), 5).await;
    let placing = async |login, line: Value| {
        let body = json!({"currency": "USD", "lines": [line]});
        shelf.app.post("/orders").by(login).json(&body).answer().await
    };
    let by_ada = placing(&shelf.ada, a_fee()).await;
    assert_eq!(by_ada.refusal(), (422, "unknown_product".to_owned()));
    let none = placing(&shelf.sam, a_custom_line().of(0).without_stock().body()).await;
    let problem = none.json();
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/lines/0/quantity"), &json!("invalid_quantity"))
    );
    let listed = json!({"product_id": shelf.product_id, "quantity": 1, "stock": false});
    for login in [&shelf.ada, &shelf.sam] {
        let refused = placing(login, listed.clone()).await;
        assert_eq!(
            refused.refusal(),
            (422, "listed_product_asks_for_stock".to_owned())
        );
    }
    let path = "/orders";
    let orders = shelf.app.get(path).by(&shelf.sam).answer().await.expecting(200);
    assert_eq!(orders["data"], json!([]), "what is refused leaves nothing");
}
