//! Bodies that are wrong, each with its status and code, and all that is wrong with one at once.

use actix_web::{http::StatusCode, test::TestRequest};
use serde_json::{Value, json};

use super::shop::{By, Login, Shop, a_line, an_address, an_order, post, request};

async fn placing(shop: &Shop, login: &Login, body: Value) -> Vec<String> {
    let answer = shop.post(login, "/orders", body).await;
    assert_eq!(answer.refusal(), (422, "invalid_body".to_owned()), "{answer:?}");
    answer.errors()
}

#[actix_web::test]
async fn everything_that_is_wrong_with_an_order_is_found_at_once() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let body = json!({
        "lines": [
            a_line(),
            "no object",
            {
                "product_id": "12",
                "product_name": 7,
                "quantity": -1,
                "unit_price": {"amount": 19.99, "currency": "XTS", "a/b~c": true},
            },
            {},
        ],
        "customer_id": true,
        "coupon": "WELCOME",
    });
    let expected = [
        "/currency missing_field",
        "/lines/1 wrong_type",
        "/lines/2/product_id invalid_id",
        "/lines/2/product_name wrong_type",
        "/lines/2/quantity invalid_quantity",
        "/lines/2/unit_price/amount amount_is_a_number",
        "/lines/2/unit_price/currency unknown_currency",
        "/lines/2/unit_price/a~1b~0c unknown_field",
        "/lines/3/product_id missing_field",
        "/lines/3/quantity missing_field",
        "/customer_id wrong_type",
        "/coupon unknown_field",
    ];
    assert_eq!(placing(&shop, &ada, body).await, expected);
    let list = shop.get(&ada, "/orders").await.json();
    assert_eq!(list["data"], json!([]), "a refused order left something");
}

#[actix_web::test]
async fn single_values_are_refused_for_the_kernels_reasons() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    for (field, value, pointer, code) in [
        ("quantity", json!(0), "/lines/0/quantity", "invalid_quantity"),
        (
            "quantity",
            json!(1_000_001),
            "/lines/0/quantity",
            "invalid_quantity",
        ),
        ("quantity", json!(1.5), "/lines/0/quantity", "invalid_quantity"),
        ("quantity", json!("2"), "/lines/0/quantity", "wrong_type"),
        ("quantity", json!(null), "/lines/0/quantity", "wrong_type"),
        ("stock", json!("no"), "/lines/0/stock", "wrong_type"),
        ("stock", json!(0), "/lines/0/stock", "wrong_type"),
        (
            "unit_price",
            json!("USD 19.99"),
            "/lines/0/unit_price",
            "wrong_type",
        ),
        (
            "unit_price",
            price("-0.01"),
            "/lines/0/unit_price/amount",
            "negative_money",
        ),
        (
            "unit_price",
            price("1e3"),
            "/lines/0/unit_price/amount",
            "invalid_amount",
        ),
        (
            "unit_price",
            price("19.999"),
            "/lines/0/unit_price/amount",
            "too_many_decimals",
        ),
        (
            "unit_price",
            price("99999999999999999999"),
            "/lines/0/unit_price/amount",
            "money_out_of_range",
        ),
    ] {
        let mut order = an_order();
        order["lines"][0][field] = value;
        assert_eq!(
            placing(&shop, &ada, order).await,
            [format!("{pointer} {code}")],
            "{field}"
        );
    }
    let mut order = an_order();
    order["currency"] = json!("DOGE");
    assert_eq!(placing(&shop, &ada, order).await, ["/currency unknown_currency"]);
    let mut order = an_order();
    order["lines"] = json!({});
    assert_eq!(placing(&shop, &ada, order).await, ["/lines wrong_type"]);
}

fn price(amount: &str) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

#[actix_web::test]
async fn a_huge_quantity_is_a_wrong_quantity_however_huge() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    for huge in ["9223372036854775808", "99999999999999999999999999"] {
        let body = an_order()
            .to_string()
            .replace("\"quantity\":2", &format!("\"quantity\":{huge}"));
        let answer = shop.send(json_text("/orders", &ada, &body)).await;
        assert_eq!(answer.errors(), ["/lines/0/quantity invalid_quantity"]);
    }
}

#[actix_web::test]
async fn a_field_given_twice_is_refused() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let body = an_order().to_string().replacen('{', "{\"currency\":\"EUR\",", 1);
    let answer = shop.send(json_text("/orders", &ada, &body)).await;
    assert_eq!(answer.errors(), ["/currency duplicate_field"]);
}

#[actix_web::test]
async fn a_body_that_is_no_json_object_has_a_code_of_its_own() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let deep = "[".repeat(33) + &"]".repeat(33);
    for (body, status, code) in [
        ("{", 400, "malformed_json"),
        ("{\"currency\": 'USD'}", 400, "malformed_json"),
        ("currency=USD", 400, "malformed_json"),
        ("{} trailing", 400, "malformed_json"),
        (&deep, 400, "json_too_deep"),
        ("", 400, "missing_body"),
        ("[]", 422, "invalid_body"),
        ("\"order\"", 422, "invalid_body"),
        ("null", 422, "invalid_body"),
    ] {
        let answer = shop.send(json_text("/orders", &ada, body)).await;
        assert_eq!(answer.refusal(), (status, code.to_owned()), "{body}");
    }
    let answer = shop.send(json_text("/orders", &ada, "[]")).await;
    let error = json!({"pointer": "", "code": "wrong_type", "detail": "found a list, expected an object"});
    assert_eq!(answer.json()["errors"], json!([error]));
}

#[actix_web::test]
async fn only_json_is_read_and_only_so_much_of_it() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let unsupported = (415, "unsupported_media_type".to_owned());
    let form = post("/orders").by(&ada).set_form([("currency", "USD")]);
    assert_eq!(shop.send(form).await.refusal(), unsupported);
    let untyped = post("/orders").by(&ada).set_payload("{}");
    assert_eq!(shop.send(untyped).await.refusal(), unsupported);
    let zipped = json_text("/orders", &ada, "{}").insert_header(("Content-Encoding", "gzip"));
    assert_eq!(shop.send(zipped).await.refusal(), unsupported);
    let with_charset = post("/orders")
        .by(&ada)
        .insert_header(("Content-Type", "Application/JSON; charset=utf-8"))
        .set_payload(an_order().to_string());
    assert_eq!(shop.send(with_charset).await.status, StatusCode::CREATED);

    let padded = |size: usize| {
        let order = an_order().to_string();
        let padding = " ".repeat(size - order.len());
        order + &padding
    };
    let answer = shop.send(json_text("/orders", &ada, &padded(64 * 1024))).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let answer = shop
        .send(json_text("/orders", &ada, &padded(64 * 1024 + 1)))
        .await;
    assert_eq!(answer.refusal(), (413, "body_too_large".to_owned()));
    assert_eq!(answer.json()["limit"], 65536);
}

#[actix_web::test]
async fn an_address_lacks_nothing() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let order = shop.order(&ada).await;
    let confirm = |address: Value| {
        post(&format!("/orders/{}/confirm", order["id"].as_str().unwrap()))
            .by(&ada)
            .set_json(json!({"shipping_address": address}))
    };
    let answer = shop.send(confirm(json!({"state": 1}))).await;
    let expected = [
        "/shipping_address/street missing_field",
        "/shipping_address/city missing_field",
        "/shipping_address/state wrong_type",
        "/shipping_address/postal_code missing_field",
        "/shipping_address/country missing_field",
    ];
    assert_eq!(answer.errors(), expected);
    let mut address = an_address();
    address["country"] = json!("");
    assert_eq!(
        shop.send(confirm(address)).await.refusal(),
        (422, "address_incomplete".to_owned())
    );
}

#[actix_web::test]
async fn registering_names_both_wrong_fields() {
    let shop = Shop::open();
    let body = json!({"email": "ada@localhost", "password": 12345678, "role": "admin"});
    let answer = shop.send(post("/users").set_json(body)).await;
    let expected = [
        "/email invalid_email",
        "/password wrong_type",
        "/role unknown_field",
    ];
    assert_eq!(answer.errors(), expected);
    for (password, code) in [("short", "password_length"), ("password", "common_password")] {
        let body = json!({"email": "ada@example.com", "password": password});
        let answer = shop.send(post("/users").set_json(body)).await;
        assert_eq!(answer.refusal(), (422, code.to_owned()));
    }
}

#[actix_web::test]
async fn a_route_that_takes_no_fields_refuses_them() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let order = shop.order(&staff).await;
    let deliver = format!("/orders/{}/deliver", order["id"].as_str().unwrap());
    let answer = shop
        .send(json_text(&deliver, &staff, "{\"when\": \"now\"}"))
        .await;
    assert_eq!(answer.errors(), ["/when unknown_field"]);
    let answer = shop.send(json_text(&deliver, &staff, "{}")).await;
    assert_eq!(answer.refusal(), (409, "order_not_shipped".to_owned()));
    assert_eq!(answer.json()["found_status"], "pending");
}

fn json_text(path: &str, login: &Login, body: &str) -> TestRequest {
    request(actix_web::http::Method::POST, path)
        .by(login)
        .insert_header(("Content-Type", "application/json"))
        .set_payload(body.to_owned())
}
