//! Confirming, and inventory's events about it, over HTTP.

use actix_web::{http::StatusCode, test::TestRequest};
use message_bus::{Actor, CommandMeta, Delivery, ReactsTo};
use serde_json::{Value, json};
use shared_kernel::{
    EventId, OrderId, ReservationId, Version,
    events::{Shortage, StockReservationRejected, StockReserved},
};

use super::shop::{By, Login, Shop, an_address, post};

fn order_id(order: &Value) -> OrderId {
    order["id"].as_str().unwrap().parse().unwrap()
}

impl Shop {
    /// Inventory reserves stock for an order that was confirmed.
    pub(crate) async fn stock_is_reserved(&self, order: &Value) {
        let event = StockReserved {
            order_id: order_id(order),
            reservation_id: ReservationId::new(order_id(order).uuid()),
            lines: Vec::new(),
        };
        self.state
            .ordering
            .react(event, self.hearing(order))
            .await
            .unwrap();
    }

    async fn stock_is_short(&self, order: &Value) {
        let event = StockReservationRejected {
            order_id: order_id(order),
            shortages: vec![Shortage {
                product_id: order["lines"][0]["product_id"].as_str().unwrap().parse().unwrap(),
                product_name: None,
                requested: 2,
                available: 1,
            }],
        };
        self.state
            .ordering
            .react(event, self.hearing(order))
            .await
            .unwrap();
    }

    fn hearing(&self, order: &Value) -> CommandMeta {
        let consumer = "ordering.reservations";
        let delivery = Delivery {
            consumer,
            event_id: EventId::new(self.state.ids.next_id()),
            aggregate_id: order_id(order).uuid(),
            version: Version::FIRST,
            previous_version: Version::NEVER_STORED,
        };
        CommandMeta {
            delivery: Some(delivery),
            ..CommandMeta::new(
                Actor::Consumer(consumer),
                self.state.clock.now(),
                self.state.ids.as_ref(),
            )
        }
    }
}

fn confirm(order: &Value, login: &Login) -> TestRequest {
    post(&format!("/orders/{}/confirm", order["id"].as_str().unwrap()))
        .by(login)
        .set_json(json!({"shipping_address": an_address()}))
}

#[actix_web::test]
async fn an_order_ships_once_its_stock_is_reserved() {
    let shop = Shop::open();
    let (ada, staff) = (shop.customer("ada").await, shop.staff().await);
    let order = shop.order(&ada).await;
    let confirmed = shop.send(confirm(&order, &ada)).await.json();
    assert_eq!(
        (&confirmed["status"], &confirmed["allocation"]),
        (&json!("confirmed"), &json!("requested"))
    );
    let ship = || {
        post(&format!("/orders/{}/ship", order["id"].as_str().unwrap()))
            .by(&staff)
            .set_json(json!({"carrier": "DHL", "tracking_number": "JD0146"}))
    };
    assert_eq!(
        shop.send(ship()).await.refusal(),
        (409, "stock_not_reserved".to_owned())
    );
    shop.stock_is_reserved(&order).await;
    assert_eq!(shop.send(ship()).await.json()["status"], "shipped");
}

#[actix_web::test]
async fn whoever_prefers_to_wait_gets_the_settled_order() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let waiting = confirm(&order, &ada).insert_header(("Prefer", "wait=10"));
    let news = async {
        // The request confirms before it waits, and inventory's event wakes it.
        while shop
            .get(&ada, &format!("/orders/{}", order["id"].as_str().unwrap()))
            .await
            .json()["status"]
            != "confirmed"
        {
            actix_web::rt::task::yield_now().await;
        }
        shop.stock_is_short(&order).await;
    };
    let (answer, ()) = futures_util::future::join(shop.send(waiting), news).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("preference-applied"), Some("wait=10"));
    assert_eq!(answer.header("etag"), Some("\"3\""));
    let order = answer.json();
    assert_eq!(
        (&order["status"], &order["allocation"]),
        (&json!("cancelled"), &json!("rejected"))
    );
    assert_eq!(order["cancellation"]["code"], "out_of_stock");
    assert_eq!(order["cancellation"]["reason"], json!(null));
    assert_eq!(order["cancellation"]["shortages"][0]["available"], 1);
}

#[actix_web::test]
async fn a_wait_that_was_too_short_is_answered_with_202_and_a_repetition_waits_again() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let key = ("Idempotency-Key", "a-key-of-some-length");
    let waiting = || {
        confirm(&order, &ada)
            .insert_header(("Prefer", "wait=0"))
            .insert_header(key)
    };
    let early = shop.send(waiting()).await;
    assert_eq!(early.status, StatusCode::ACCEPTED);
    assert_eq!(early.json()["allocation"], "requested");
    shop.stock_is_reserved(&order).await;
    let again = shop.send(waiting()).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (StatusCode::OK, Some("true"))
    );
    assert_eq!(again.json()["allocation"], "reserved");
    let not_waiting = shop.send(confirm(&order, &ada).insert_header(key)).await;
    assert_eq!(not_waiting.json()["allocation"], "requested", "what was recorded");
    assert_eq!(not_waiting.header("preference-applied"), None);
}
