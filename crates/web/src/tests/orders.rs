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
    let answer = shop.post(&ada, "/orders", an_order()).await;
    let order = answer.json();
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let path = format!("/orders/{}", id(&order));
    assert_eq!(answer.header("location"), Some(format!("/api/v1{path}").as_str()));
    assert_eq!(order["total"], json!({"amount": "39.98", "currency": "USD"}));
    assert_eq!(shop.get(&ada, &path).await.json(), order);

    let order = shop.post(&ada, &format!("{path}/lines"), a_line()).await.json();
    let line = format!("{path}/lines/{}", id(&order["lines"][1]));
    let change = request(Method::PATCH, &line)
        .by(&ada)
        .set_json(json!({"quantity": 7}));
    assert_eq!(shop.send(change).await.json()["lines"][1]["quantity"], 7);
    let order = shop.send(request(Method::DELETE, &line).by(&ada)).await.json();
    assert_eq!(order["lines"].as_array().unwrap().len(), 1);

    let body = json!({"shipping_address": an_address()});
    let order = shop.post(&ada, &format!("{path}/confirm"), body).await.json();
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
    let user = shop.get(&ada, "/users/me").await.json();
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
    assert_eq!(shop.get(&ada, &path).await.json(), order);
}

#[actix_web::test]
async fn a_path_id_that_is_no_uuid_names_nothing() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    for (path, code) in [
        ("/orders/7", "order_not_found"),
        ("/customers/x", "customer_not_found"),
    ] {
        assert_eq!(shop.get(&staff, path).await.refusal(), (404, code.to_owned()));
    }
}

#[actix_web::test]
async fn a_total_of_exactly_10_000_is_accepted_and_a_cent_more_is_not() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let costing = |amount: &str| {
        let mut line = a_line();
        line["product_id"] = json!("0197b2c4-0000-7000-8000-00000000dead");
        line["product_name"] = json!("Sample");
        line["quantity"] = json!(1);
        line["unit_price"]["amount"] = json!(amount);
        line
    };
    let place = |lines: Value| {
        post("/orders")
            .by(&staff)
            .set_json(json!({"currency": "USD", "lines": lines}))
    };
    let at_the_limit = shop.send(place(json!([costing("10000.00")]))).await;
    assert_eq!(at_the_limit.status, StatusCode::CREATED);
    let a_cent_more = shop
        .send(place(json!([costing("10000.00"), costing("0.01")])))
        .await;
    let expected = json!({
        "type": "urn:orderly:problem:order_total_limit",
        "title": "Order total limit",
        "status": 422,
        "detail": "found a total of USD 10000.01, expected at most USD 10000.00",
        "instance": "/api/v1/orders",
        "code": "order_total_limit",
        "request_id": "the-request",
        "total": {"amount": "10000.01", "currency": "USD"},
        "limit": {"amount": "10000.00", "currency": "USD"},
    });
    assert_eq!(a_cent_more.json(), expected);
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
    let mixed = place(|order| order["lines"][0]["unit_price"]["currency"] = json!("EUR"));
    let answer = shop.send(mixed).await;
    assert_eq!(answer.refusal(), (422, "currency_mismatch".to_owned()));
    assert_eq!(
        (&answer.json()["order_currency"], &answer.json()["line_currency"]),
        (&json!("USD"), &json!("EUR"))
    );
    let long = place(|order| order["lines"] = json!(vec![a_line(); 51]));
    let answer = shop.send(long).await;
    assert_eq!(answer.refusal(), (422, "order_line_limit".to_owned()));
    assert_eq!(answer.json()["limit"], 50);
}

#[actix_web::test]
async fn each_step_out_of_turn_has_its_own_code() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let take = async |order: &Value, step: &str| {
        let body = match step {
            "confirm" => json!({"shipping_address": an_address()}),
            "ship" => json!({"carrier": "DHL", "tracking_number": "JD0146"}),
            "lines" => a_line(),
            _ => json!({}),
        };
        let path = format!("/orders/{}/{step}", id(order));
        shop.post(&staff, &path, body).await
    };
    let refused = async |order: &Value, steps: &[(&str, &str)]| {
        for (step, code) in steps {
            let answer = take(order, step).await;
            assert_eq!(answer.refusal(), (409, (*code).to_owned()), "{step}");
        }
    };
    let empty = json!({"currency": "USD", "lines": []});
    let empty = shop.post(&staff, "/orders", empty).await.json();
    refused(&empty, &[("confirm", "order_without_lines")]).await;
    assert_eq!(take(&empty, "cancel").await.status, StatusCode::OK);
    refused(
        &empty,
        &[
            ("cancel", "order_already_cancelled"),
            ("lines", "order_not_pending"),
        ],
    )
    .await;

    let order = shop.order(&staff).await;
    refused(
        &order,
        &[("ship", "order_not_confirmed"), ("deliver", "order_not_shipped")],
    )
    .await;
    assert_eq!(take(&order, "confirm").await.status, StatusCode::OK);
    let again = [
        ("confirm", "order_already_confirmed"),
        ("lines", "order_not_pending"),
        ("ship", "stock_not_reserved"),
    ];
    refused(&order, &again).await;
    shop.stock_is_reserved(&order).await;
    assert_eq!(take(&order, "ship").await.status, StatusCode::OK);
    refused(
        &order,
        &[
            ("cancel", "order_cannot_be_cancelled"),
            ("ship", "order_not_confirmed"),
        ],
    )
    .await;
}

#[actix_web::test]
async fn staff_order_for_a_customer_and_a_customer_for_nobody_else() {
    let shop = Shop::open();
    let (ada, eve, staff) = (
        shop.customer("ada").await,
        shop.customer("eve").await,
        shop.staff().await,
    );
    let customer_id = shop.get(&ada, "/users/me").await.json()["id"].clone();
    let mut order = an_order();
    order["customer_id"] = customer_id.clone();
    let answer = shop.post(&staff, "/orders", order.clone()).await;
    assert_eq!(
        (answer.status, &answer.json()["customer_id"]),
        (StatusCode::CREATED, &customer_id)
    );
    let answer = shop.post(&eve, "/orders", order.clone()).await;
    assert!(answer.status.is_client_error(), "{answer:?}");
}
