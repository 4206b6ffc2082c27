//! Answers of the routes over the contexts' fakes, against the schemas that the contract gives them.

use actix_web::{http::Method, test::TestRequest};
use serde_json::{Map, Value, json};

use super::{contract, operations};
use crate::tests::shop::{
    Answered, By, PASSWORD, Shop, a_line, an_address, an_order, get, post, put, request,
};

/// What the contract says of an operation's answer with this status.
fn response<'a>(contract: &'a Value, operation: &str, status: u16) -> &'a Value {
    resolved(
        contract,
        &operations(contract)[operation]["responses"][status.to_string()],
    )
}

/// What stands where a reference may be.
pub(super) fn resolved<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => contract.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// The schema of an answer of this operation and status. Every object in it is closed, so that a field that the
/// contract does not name is found.
fn schema(contract: &Value, operation: &str, status: u16) -> Value {
    let response = response(contract, operation, status);
    let content = response["content"].as_object();
    let schema = content
        .and_then(|content| content.values().next())
        .map(|content| &content["schema"]);
    let mut schema = schema
        .cloned()
        .unwrap_or_else(|| panic!("{operation} has no schema for {status}"));
    schema["components"] = contract["components"].clone();
    close(&mut schema);
    schema
}

pub(super) fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            // Problems stay open: the facts of each stand beside its fields.
            let all = fields.get("allOf").and_then(Value::as_array).cloned();
            // What all problems have stays open: the facts of each stand beside it, and close the whole.
            let properties = fields.get("properties");
            let is_part = properties.is_some_and(|its| its.get("instance").is_some());
            if !is_part && (all.is_some() || fields.contains_key("properties")) {
                fields.insert("unevaluatedProperties".to_owned(), json!(false));
            }
            // What is closed is the whole, not each of its parts.
            let parts = fields.get_mut("allOf").and_then(Value::as_array_mut);
            for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
                part.remove("unevaluatedProperties");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

pub(super) fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

#[track_caller]
pub(super) fn assert_as_said(contract: &Value, operation: &str, answer: &Answered) {
    let status = answer.status.as_u16();
    let schema = schema(contract, operation, status);
    let errors: Vec<String> = validator(&schema)
        .iter_errors(&answer.json())
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{operation} {status}: {errors:?}\n{answer:?}");
    let response = response(contract, operation, status);
    let named: &Map<String, Value> = response["headers"].as_object().unwrap();
    for (name, _) in &answer.headers {
        let always = [
            "content-type",
            "cache-control",
            "x-content-type-options",
            "content-security-policy",
            "referrer-policy",
        ];
        let name = name.as_str();
        let found = named.keys().any(|named| named.eq_ignore_ascii_case(name));
        assert!(
            found || always.contains(&name),
            "{operation} {status}: header {name}"
        );
    }
}

#[actix_web::test]
async fn orders_are_answered_as_the_contract_says() {
    let contract = contract();
    let says = |operation: &str, answer: &Answered| assert_as_said(&contract, operation, answer);
    let shop = Shop::open();
    let (ada, staff) = (shop.customer("ada").await, shop.staff().await);
    let placed = shop.send(post("/orders").by(&ada).set_json(an_order())).await;
    says("POST /api/v1/orders", &placed);
    let (id, line) = (
        placed.json()["id"].clone(),
        placed.json()["lines"][0]["id"].clone(),
    );
    let (id, line) = (id.as_str().unwrap(), line.as_str().unwrap());
    shop.order(&ada).await;
    let path = |end: &str| format!("/orders/{id}{end}");

    says(
        "GET /api/v1/orders",
        &shop.send(get("/orders?limit=1").by(&ada)).await,
    );
    says(
        "GET /api/v1/orders",
        &shop.send(get("/orders?limit=0&x=1").by(&ada)).await,
    );
    says(
        "GET /api/v1/orders/{order_id}",
        &shop.send(get(&path("")).by(&ada)).await,
    );
    says(
        "GET /api/v1/orders/{order_id}",
        &shop.send(get("/orders/7").by(&ada)).await,
    );
    let added = post(&path("/lines")).by(&ada).set_json(a_line());
    says("POST /api/v1/orders/{order_id}/lines", &shop.send(added).await);
    let one_line = path(&format!("/lines/{line}"));
    let changed = request(Method::PATCH, &one_line)
        .by(&ada)
        .set_json(json!({"quantity": 1}));
    says(
        "PATCH /api/v1/orders/{order_id}/lines/{line_id}",
        &shop.send(changed).await,
    );
    let removed = request(Method::DELETE, &one_line).by(&ada);
    says(
        "DELETE /api/v1/orders/{order_id}/lines/{line_id}",
        &shop.send(removed).await,
    );
    let confirmed = || {
        post(&path("/confirm"))
            .by(&ada)
            .set_json(json!({"shipping_address": an_address()}))
    };
    says(
        "POST /api/v1/orders/{order_id}/confirm",
        &shop.send(confirmed()).await,
    );
    says(
        "POST /api/v1/orders/{order_id}/confirm",
        &shop.send(confirmed()).await,
    );
    let shipment = json!({"carrier": "Royal Mail", "tracking_number": "RM1"});
    let shipped = |login| post(&path("/ship")).by(login).set_json(&shipment);
    says(
        "POST /api/v1/orders/{order_id}/ship",
        &shop.send(shipped(&ada)).await,
    );
    says(
        "POST /api/v1/orders/{order_id}/ship",
        &shop.send(shipped(&staff)).await,
    );
    says(
        "POST /api/v1/orders/{order_id}/deliver",
        &shop.send(post(&path("/deliver")).by(&staff)).await,
    );
    says(
        "POST /api/v1/orders/{order_id}/cancel",
        &shop.send(post(&path("/cancel")).by(&ada)).await,
    );

    let other = shop.order(&ada).await;
    let cancelled = post(&format!("/orders/{}/cancel", other["id"].as_str().unwrap())).by(&ada);
    says(
        "POST /api/v1/orders/{order_id}/cancel",
        &shop.send(cancelled).await,
    );
}

#[actix_web::test]
async fn accounts_are_answered_as_the_contract_says() {
    let contract = contract();
    let says = |operation: &str, answer: &Answered| assert_as_said(&contract, operation, answer);
    let shop = Shop::open();
    let admin = shop.admin().await;
    let registration = || post("/users").set_json(json!({"email": "ada@example.com", "password": PASSWORD}));
    let registered = shop.send(registration()).await;
    says("POST /api/v1/users", &registered);
    says("POST /api/v1/users", &shop.send(registration()).await);
    says(
        "POST /api/v1/users",
        &shop.send(post("/users").set_json(json!([]))).await,
    );
    let ada = shop.log_in("ada@example.com").await;
    let id = registered.json()["id"].as_str().unwrap().to_owned();

    says(
        "GET /api/v1/users/me",
        &shop.send(get("/users/me").by(&ada)).await,
    );
    says("GET /api/v1/users/me", &shop.send(get("/users/me")).await);
    says(
        "GET /api/v1/users/me/sessions",
        &shop.send(get("/users/me/sessions").by(&ada)).await,
    );
    says(
        "GET /api/v1/users",
        &shop.send(get("/users?email=ada@example.com").by(&admin)).await,
    );
    says(
        "GET /api/v1/users",
        &shop.send(get("/users?email=ada@example.com").by(&ada)).await,
    );
    let email = || {
        put("/users/me/email")
            .by(&ada)
            .set_json(json!({"email": "lady@example.com"}))
    };
    says("PUT /api/v1/users/me/email", &shop.send(email()).await);
    says(
        "PUT /api/v1/users/me/email",
        &shop.send(email().insert_header(("If-Match", "\"1\""))).await,
    );
    let role = put(&format!("/users/{id}/role"))
        .by(&admin)
        .set_json(json!({"role": "staff"}));
    says("PUT /api/v1/users/{user_id}/role", &shop.send(role).await);
    for step in ["deactivate", "reactivate"] {
        let operation = format!("POST /api/v1/users/{{user_id}}/{step}");
        says(
            &operation,
            &shop.send(post(&format!("/users/{id}/{step}")).by(&admin)).await,
        );
    }
}

#[actix_web::test]
async fn tokens_are_answered_as_the_contract_says() {
    let contract = contract();
    let shop = Shop::open();
    shop.customer("ada").await;
    for form in [
        &[
            ("grant_type", "password"),
            ("username", "ada@example.com"),
            ("password", PASSWORD),
        ][..],
        &[("grant_type", "refresh_token"), ("refresh_token", "forged")],
        &[("grant_type", "client_credentials")],
        &[],
    ] {
        let answer = shop.send(post("/auth/token").set_form(form)).await;
        assert_as_said(&contract, "POST /api/v1/auth/token", &answer);
    }
}

#[actix_web::test]
async fn the_service_answers_about_itself_as_the_contract_says() {
    let contract = contract();
    let shop = Shop::open();
    for path in ["/livez", "/readyz"] {
        let answer = shop.send(TestRequest::with_uri(path)).await;
        assert_as_said(&contract, &format!("GET {path}"), &answer);
    }
    let served = shop.send(TestRequest::with_uri("/openapi.json")).await;
    assert_as_said(&contract, "GET /openapi.json", &served);
    assert_eq!(served.json(), contract);
}

#[test]
fn a_field_that_the_contract_does_not_name_is_found() {
    let schema = schema(&contract(), "GET /api/v1/users/me/sessions", 200);
    let session = json!({
        "id": "0197b2c4-0000-7000-8000-0000000000f1",
        "created_at": "2026-01-31T12:00:00Z",
        "last_used_at": "2026-01-31T12:00:00Z",
        "expires_at": "2026-03-02T12:00:00Z",
    });
    let mut with_more = session.clone();
    with_more["address"] = json!("192.0.2.1");
    let mut with_less = session.clone();
    with_less.as_object_mut().unwrap().remove("id");
    for (session, stands) in [(session, true), (with_more, false), (with_less, false)] {
        let list = json!({"data": [session], "next_cursor": null});
        assert_eq!(validator(&schema).is_valid(&list), stands, "{list}");
    }
}
