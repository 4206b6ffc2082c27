//! Stock over HTTP.

use actix_web::http::{Method, StatusCode};
use message_bus::{Actor, CommandMeta, Delivery, ReactsTo};
use serde_json::{Value, json};
use shared_kernel::{EventId, Money, ProductId, Version, events::ProductListed};

use super::shop::{By, Login, Shop, get, post, request};

const KETTLE: &str = "0197b2c4-0000-7000-8000-00000000beef";
const KEY: (&str, &str) = ("Idempotency-Key", "a-key-of-some-length");

impl Shop {
    async fn stock_of_kettles(&self) {
        self.stock_of(KETTLE.parse().unwrap()).await;
    }

    /// Inventory applies the event of a product, which has no stock yet.
    async fn stock_of(&self, product_id: ProductId) {
        let consumer = "inventory.products";
        let delivery = Delivery {
            consumer,
            event_id: EventId::new(self.state.ids.next_id()),
            aggregate_id: product_id.uuid(),
            version: Version::FIRST,
            previous_version: Version::NEVER_STORED,
        };
        let meta = CommandMeta {
            delivery: Some(delivery),
            ..CommandMeta::new(
                Actor::Consumer(consumer),
                self.state.clock.now(),
                self.state.ids.as_ref(),
            )
        };
        let listed = ProductListed {
            product_id,
            sku: "KETTLE".to_owned(),
            name: "Kettle".to_owned(),
            unit_price: Money::parse("19.99", shared_kernel::Currency::Usd).unwrap(),
        };
        self.state.inventory.react(listed, meta).await.unwrap();
    }

    async fn adjust(&self, staff: &Login, body: Value) -> super::shop::Answered {
        let path = format!("/stock/{KETTLE}/adjustments");
        self.post(staff, &path, body).await
    }
}

#[actix_web::test]
async fn stock_comes_in_and_the_ledger_says_why() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    shop.stock_of_kettles().await;
    let answer = shop
        .adjust(
            &staff,
            json!({"delta": 100, "reason": "delivery", "expected_on_hand": 0}),
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(
        answer.header("location"),
        Some(format!("/api/v1/stock/{KETTLE}/ledger").as_str())
    );
    assert_eq!(answer.json()["stock"]["available"], 100);
    assert_eq!(answer.json()["entry"]["delta"], 100);

    let count = json!({"counted": 98, "expected_on_hand": 100});
    let counted = shop.post(&staff, &format!("/stock/{KETTLE}/counts"), count).await;
    assert_eq!(counted.json()["on_hand"], 98);
    let stock = shop.get(&staff, &format!("/stock/{KETTLE}")).await;
    assert_eq!(stock.text, counted.text);
    assert_eq!(stock.header("etag"), counted.header("etag"));
    assert_eq!(
        shop.get(&staff, "/stock").await.json()["data"],
        json!([stock.json()])
    );

    let ledger = shop.get(&staff, &format!("/stock/{KETTLE}/ledger?limit=1")).await;
    assert_eq!(ledger.json()["data"][0]["delta"], -2, "newest first");
    let cursor = ledger.json()["next_cursor"].as_str().unwrap().to_owned();
    let path = format!("/stock/{KETTLE}/ledger?limit=1&cursor={cursor}");
    let older = shop.get(&staff, &path).await.json();
    assert_eq!(
        (&older["data"][0]["reason"], &older["next_cursor"]),
        (&json!("delivery"), &Value::Null)
    );
}

#[actix_web::test]
async fn a_product_shows_what_is_available_and_its_tag_covers_that() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let product = json!({"sku": "K", "name": "Kettle", "unit_price": {"amount": "19.99", "currency": "USD"}});
    let listed = shop.post(&staff, "/products", product).await.json();
    let id: ProductId = listed["id"].as_str().unwrap().parse().unwrap();
    shop.stock_of(id).await;
    let path = format!("/products/{id}");
    let empty = shop.send(get(&path)).await;
    assert_eq!(
        (&empty.json()["available"], empty.header("etag")),
        (&json!(0), Some("\"1.1\""))
    );
    let adjust = post(&format!("/stock/{id}/adjustments")).by(&staff);
    shop.send(adjust.set_json(json!({"delta": 7, "reason": "delivery"})))
        .await;
    let seen = |tag: &'static str| get(&path).insert_header(("If-None-Match", tag));
    let filled = shop.send(seen("\"1.1\"")).await;
    assert_eq!(
        (&filled.json()["available"], filled.header("etag")),
        (&json!(7), Some("\"1.2\""))
    );
    assert_eq!(shop.send(seen("\"1.2\"")).await.status, StatusCode::NOT_MODIFIED);
    let rename = request(Method::PATCH, &path)
        .by(&staff)
        .insert_header(("If-Match", "\"1.1\""))
        .set_json(json!({"name": "Electric kettle"}));
    assert_eq!(
        shop.send(rename).await.status,
        StatusCode::OK,
        "the product has not changed"
    );
}

#[actix_web::test]
async fn an_adjustment_that_is_sent_again_is_made_once() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    shop.stock_of_kettles().await;
    let path = format!("/stock/{KETTLE}/adjustments");
    let adjust = || {
        post(&path)
            .by(&staff)
            .insert_header(KEY)
            .set_json(json!({"delta": 5, "reason": "found"}))
    };
    let first = shop.send(adjust()).await;
    let again = shop.send(adjust()).await;
    assert_eq!(
        (again.header("idempotent-replayed"), &again.text),
        (Some("true"), &first.text)
    );
    assert_eq!(
        shop.get(&staff, &format!("/stock/{KETTLE}")).await.json()["on_hand"],
        5
    );
}

#[actix_web::test]
async fn each_refusal_has_its_code() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let unheard_of = shop.adjust(&staff, json!({"delta": 1, "reason": "x"})).await;
    assert_eq!(unheard_of.refusal(), (404, "stock_item_not_found".to_owned()));
    shop.stock_of_kettles().await;
    for (body, status, code) in [
        (json!({"delta": -1, "reason": "x"}), 422, "insufficient_stock"),
        (
            json!({"delta": 0, "reason": "x"}),
            422,
            "adjustment_without_change",
        ),
        (
            json!({"delta": 2_000_000_000, "reason": "x"}),
            422,
            "on_hand_limit",
        ),
        (json!({"delta": 1, "reason": " "}), 422, "text_missing"),
        (
            json!({"delta": 1, "reason": "x", "expected_on_hand": 7}),
            409,
            "stock_changed_meanwhile",
        ),
    ] {
        let answer = shop.adjust(&staff, body.clone()).await;
        assert_eq!(answer.refusal(), (status, code.to_owned()), "{body}");
    }
    let wrong = shop
        .adjust(&staff, json!({"delta": 1.5, "expected_on_hand": -1, "why": 1}))
        .await;
    assert_eq!(
        wrong.errors(),
        [
            "/delta invalid_number",
            "/reason missing_field",
            "/expected_on_hand invalid_number",
            "/why unknown_field",
        ]
    );
    let stale = post(&format!("/stock/{KETTLE}/adjustments"))
        .by(&staff)
        .insert_header(("If-Match", "\"7\""))
        .set_json(json!({"delta": 1, "reason": "x"}));
    assert_eq!(
        shop.send(stale).await.refusal(),
        (412, "version_mismatch".to_owned())
    );
}
