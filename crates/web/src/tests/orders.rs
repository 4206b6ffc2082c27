//! An order's life over HTTP.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::shop::{By, Shop, a_line, an_address, an_order, get, post, request};

fn id(order: &Value) -> &str {
    order["id"].as_str().unwrap()
}

#[actix_web::test]
async fn an_order_is_placed_changed_confirmed_shipped_and_delivered() {
    let shop = Shop::open();
    let (ada, staff) = (shop.customer("ada").await, shop.staff().await);
    let answer = shop.send(post("/orders").by(&ada).set_json(an_order())).await;
    let order = answer.json();
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let path = format!("/orders/{}", id(&order));
    assert_eq!(answer.header("location"), Some(format!("/api/v1{path}").as_str()));
    assert_eq!(order["total"], json!({"amount": "39.98", "currency": "USD"}));
    assert_eq!(shop.send(get(&path).by(&ada)).await.json(), order);

    let order = shop
        .send(post(&format!("{path}/lines")).by(&ada).set_json(a_line()))
        .await
        .json();
    let line = format!("{path}/lines/{}", id(&order["lines"][1]));
    let change = request(Method::PATCH, &line)
        .by(&ada)
        .set_json(json!({"quantity": 7}));
    assert_eq!(shop.send(change).await.json()["lines"][1]["quantity"], 7);
    let order = shop.send(request(Method::DELETE, &line).by(&ada)).await.json();
    assert_eq!(order["lines"].as_array().unwrap().len(), 1);

    let body = json!({"shipping_address": an_address()});
    let order = shop
        .send(post(&format!("{path}/confirm")).by(&ada).set_json(body))
        .await
        .json();
    assert_eq!(
        (&order["status"], &order["shipping_address"]),
        (&json!("confirmed"), &an_address())
    );
    shop.stock_is_reserved(&order).await;
    let shipment = json!({"carrier": "DHL", "tracking_number": "JD0146"});
    let ship = post(&format!("{path}/ship")).by(&staff).set_json(&shipment);
    let order = shop.send(ship).await.json();
    assert_eq!(
        (&order["status"], &order["shipment"]),
        (&json!("shipped"), &shipment)
    );
    let answer = shop.send(post(&format!("{path}/deliver")).by(&staff)).await;
    assert_eq!(answer.json()["status"], "delivered");
    assert_eq!(answer.header("etag"), Some("\"8\""));
}

#[actix_web::test]
async fn a_placed_order_looks_as_documented() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let user = shop.send(get("/users/me").by(&ada)).await.json();
    let mut order = shop.order(&ada).await;
    assert!(order["id"].take().is_string());
    assert!(order["reference"].take().is_string());
    assert!(order["lines"][0]["id"].take().is_string());
    let expected = json!({
        "id": null,
        "reference": null,
        "customer_id": user["id"],
        "status": "pending",
        "allocation": "none",
        "currency": "USD",
        "lines": [{
            "id": null,
            "product_id": "0197b2c4-0000-7000-8000-00000000beef",
            "product_name": "Kettle",
            "quantity": 2,
            "unit_price": {"amount": "19.99", "currency": "USD"},
            "total": {"amount": "39.98", "currency": "USD"},
        }],
        "total": {"amount": "39.98", "currency": "USD"},
        "shipping_address": null,
        "cancellation": null,
        "shipment": null,
        "placed_at": "2026-01-01T00:00:00.000000Z",
        "updated_at": "2026-01-01T00:00:00.000000Z",
        "version": 1,
        "allowed_actions": ["add_line", "remove_line", "change_quantity", "confirm", "cancel"],
    });
    assert_eq!(order, expected);
}

#[actix_web::test]
async fn somebody_elses_order_is_not_there() {
    let shop = Shop::open();
    let (ada, eve) = (shop.customer("ada").await, shop.customer("eve").await);
    let order = shop.order(&ada).await;
    let path = format!("/orders/{}", id(&order));
    let lines = format!("{path}/lines");
    let line = format!("{lines}/{}", id(&order["lines"][0]));
    let confirm = post(&format!("{path}/confirm")).set_json(json!({"shipping_address": an_address()}));
    for request in [
        get(&path),
        post(&lines).set_json(a_line()),
        request(Method::PATCH, &line).set_json(json!({"quantity": 1})),
        request(Method::DELETE, &line),
        confirm,
        post(&format!("{path}/cancel")),
    ] {
        let answer = shop.send(request.by(&eve)).await;
        assert_eq!(answer.refusal(), (404, "order_not_found".to_owned()));
    }
    assert_eq!(shop.send(get(&path).by(&ada)).await.json(), order);
}

#[actix_web::test]
async fn a_path_id_that_is_no_uuid_names_nothing() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    for (path, code) in [
        ("/orders/7", "order_not_found"),
        ("/customers/x", "customer_not_found"),
    ] {
        assert_eq!(
            shop.send(get(path).by(&staff)).await.refusal(),
            (404, code.to_owned())
        );
    }
}

#[actix_web::test]
async fn rules_refuse_with_their_code_and_facts() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let place = |change: fn(&mut Value)| {
        let mut order = an_order();
        change(&mut order);
        post("/orders").by(&ada).set_json(order)
    };
    let answer = shop.send(place(|order| {
        order["lines"][0]["quantity"] = json!(501);
    }));
    let answer = answer.await;
    assert_eq!(answer.refusal(), (422, "order_total_limit".to_owned()));
    assert_eq!(
        answer.json()["limit"],
        json!({"amount": "10000.00", "currency": "USD"})
    );
    assert_eq!(
        answer.json()["total"],
        json!({"amount": "10014.99", "currency": "USD"})
    );
    assert_eq!(answer.json()["title"], "Order total limit");

    let answer = shop
        .send(place(|order| {
            order["lines"][0]["unit_price"]["currency"] = json!("EUR")
        }))
        .await;
    assert_eq!(answer.refusal(), (422, "currency_mismatch".to_owned()));
    let answer = shop
        .send(place(|order| order["lines"] = json!(vec![a_line(); 51])))
        .await;
    assert_eq!(answer.refusal(), (422, "order_line_limit".to_owned()));

    let order = shop.order(&ada).await;
    let cancel = || {
        post(&format!("/orders/{}/cancel", id(&order)))
            .by(&ada)
            .set_json(json!({"reason": "moved"}))
    };
    let answer = shop.send(cancel()).await;
    assert_eq!(answer.json()["cancellation"]["reason"], "moved");
    assert_eq!(
        shop.send(cancel()).await.refusal(),
        (409, "order_already_cancelled".to_owned())
    );
}

#[actix_web::test]
async fn staff_order_for_a_customer_and_a_customer_for_nobody_else() {
    let shop = Shop::open();
    let (ada, eve, staff) = (
        shop.customer("ada").await,
        shop.customer("eve").await,
        shop.staff().await,
    );
    let customer_id = shop.send(get("/users/me").by(&ada)).await.json()["id"].clone();
    let mut order = an_order();
    order["customer_id"] = customer_id.clone();
    let answer = shop.send(post("/orders").by(&staff).set_json(&order)).await;
    assert_eq!(
        (answer.status, &answer.json()["customer_id"]),
        (StatusCode::CREATED, &customer_id)
    );
    let answer = shop.send(post("/orders").by(&eve).set_json(&order)).await;
    assert!(answer.status.is_client_error(), "{answer:?}");
}
