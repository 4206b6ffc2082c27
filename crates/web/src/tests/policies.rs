//! Every route of the table, by everybody. A route that is missing here fails the test.

use std::collections::BTreeSet;

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use serde_json::{Value, json};

use super::shop::{By, Login, Shop, a_line, an_address};
use crate::{Policy, routes};

/// Written out again, so that a policy changes in two places or not at all.
const EXPECTED: [(&str, &str, Policy); 65] = [
    ("GET", "/livez", Policy::Public),
    ("GET", "/readyz", Policy::Public),
    ("GET", "/metrics", Policy::Public),
    ("GET", "/openapi.json", Policy::Public),
    ("GET", "/docs", Policy::Public),
    ("GET", "/docs/{file}", Policy::Public),
    ("POST", "/api/v1/users", Policy::Public),
    ("GET", "/api/v1/users", Policy::Admin),
    ("GET", "/api/v1/users/me", Policy::Authenticated),
    ("PUT", "/api/v1/users/me/email", Policy::Authenticated),
    ("PUT", "/api/v1/users/me/password", Policy::Authenticated),
    ("GET", "/api/v1/users/me/sessions", Policy::Authenticated),
    (
        "DELETE",
        "/api/v1/users/me/sessions/{session_id}",
        Policy::Authenticated,
    ),
    ("POST", "/api/v1/users/{user_id}/deactivate", Policy::Admin),
    ("POST", "/api/v1/users/{user_id}/reactivate", Policy::Admin),
    ("PUT", "/api/v1/users/{user_id}/role", Policy::Admin),
    ("POST", "/api/v1/auth/token", Policy::Public),
    ("POST", "/api/v1/auth/revoke", Policy::Public),
    ("POST", "/api/v1/orders", Policy::Authenticated),
    ("GET", "/api/v1/orders", Policy::Owner),
    ("GET", "/api/v1/orders/{order_id}", Policy::Owner),
    ("GET", "/api/v1/orders/{order_id}/timeline", Policy::Owner),
    ("POST", "/api/v1/orders/{order_id}/lines", Policy::Owner),
    (
        "PATCH",
        "/api/v1/orders/{order_id}/lines/{line_id}",
        Policy::Owner,
    ),
    (
        "DELETE",
        "/api/v1/orders/{order_id}/lines/{line_id}",
        Policy::Owner,
    ),
    ("POST", "/api/v1/orders/{order_id}/confirm", Policy::Owner),
    ("POST", "/api/v1/orders/{order_id}/cancel", Policy::Owner),
    ("POST", "/api/v1/orders/{order_id}/ship", Policy::Staff),
    ("POST", "/api/v1/orders/{order_id}/deliver", Policy::Staff),
    ("POST", "/api/v1/products", Policy::Staff),
    ("GET", "/api/v1/products", Policy::Public),
    ("GET", "/api/v1/products/{product_id}", Policy::Public),
    ("PATCH", "/api/v1/products/{product_id}", Policy::Staff),
    ("POST", "/api/v1/products/{product_id}/delist", Policy::Staff),
    ("PUT", "/api/v1/customers/{customer_id}/tier", Policy::Staff),
    ("GET", "/api/v1/customers/{customer_id}", Policy::Staff),
    ("GET", "/api/v1/stock", Policy::Staff),
    ("GET", "/api/v1/stock/{product_id}", Policy::Staff),
    ("GET", "/api/v1/stock/{product_id}/ledger", Policy::Staff),
    ("POST", "/api/v1/stock/{product_id}/adjustments", Policy::Staff),
    ("POST", "/api/v1/stock/{product_id}/counts", Policy::Staff),
    ("GET", "/api/v1/reservations", Policy::Staff),
    ("GET", "/api/v1/ops/contexts", Policy::Admin),
    ("GET", "/api/v1/ops/dead-letters", Policy::Admin),
    ("GET", "/api/v1/ops/dead-letters/{delivery_id}", Policy::Admin),
    (
        "POST",
        "/api/v1/ops/dead-letters/{delivery_id}/replay",
        Policy::Admin,
    ),
    (
        "POST",
        "/api/v1/ops/dead-letters/{delivery_id}/discard",
        Policy::Admin,
    ),
    ("POST", "/api/v1/ops/consumers/{consumer}/pause", Policy::Admin),
    ("POST", "/api/v1/ops/consumers/{consumer}/resume", Policy::Admin),
    ("GET", "/api/v1/ops/actions", Policy::Admin),
    ("POST", "/api/v1/ops/invariants", Policy::Admin),
    ("GET", "/ops/log-in", Policy::Public),
    ("POST", "/ops/log-in", Policy::Public),
    ("GET", "/ops/files/{file}", Policy::Public),
    ("POST", "/ops/log-out", Policy::Operator),
    ("GET", "/ops", Policy::Operator),
    ("GET", "/ops/dead-letters", Policy::Operator),
    ("GET", "/ops/dead-letters/{delivery_id}", Policy::Operator),
    ("POST", "/ops/dead-letters/{delivery_id}/replay", Policy::Operator),
    (
        "POST",
        "/ops/dead-letters/{delivery_id}/discard",
        Policy::Operator,
    ),
    ("POST", "/ops/consumers/{consumer}/pause", Policy::Operator),
    ("POST", "/ops/consumers/{consumer}/resume", Policy::Operator),
    ("GET", "/ops/orders", Policy::Operator),
    ("GET", "/ops/orders/{order_id}", Policy::Operator),
    ("GET", "/ops/actions", Policy::Operator),
];

#[test]
fn every_route_has_the_policy_that_is_expected_here() {
    let row = |method: &str, path: &str, policy: Policy| format!("{method} {path} {policy:?}");
    let found: BTreeSet<String> = routes()
        .iter()
        .map(|route| row(route.method.as_str(), route.path, route.policy))
        .collect();
    let expected: BTreeSet<String> = EXPECTED
        .into_iter()
        .map(|(method, path, policy)| row(method, path, policy))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), routes().len(), "a route stands in the table twice");
}

#[actix_web::test]
async fn every_route_lets_in_whom_its_policy_names_and_nobody_else() {
    let shop = Shop::open();
    let (customer, staff, admin) = (shop.customer("ada").await, shop.staff().await, shop.admin().await);
    for (method, path, policy) in EXPECTED {
        for (who, login) in [
            ("anonymous", None),
            ("customer", Some(&customer)),
            ("staff", Some(&staff)),
            ("admin", Some(&admin)),
        ] {
            let refused = match (policy, who) {
                (Policy::Public, _) => None,
                // Whoever has no cookie is sent to where one logs in, whatever token they have.
                (Policy::Operator, _) => Some(StatusCode::SEE_OTHER),
                (_, "anonymous") => Some(StatusCode::UNAUTHORIZED),
                (Policy::Staff, "customer") | (Policy::Admin, "customer" | "staff") => {
                    Some(StatusCode::FORBIDDEN)
                }
                _ => None,
            };
            let status = status_of(&shop, method, path, login).await;
            match refused {
                Some(refused) => assert_eq!(status, refused, "{method} {path} by {who}"),
                None => assert!(
                    ![
                        StatusCode::UNAUTHORIZED,
                        StatusCode::FORBIDDEN,
                        StatusCode::METHOD_NOT_ALLOWED
                    ]
                    .contains(&status)
                        && !status.is_server_error(),
                    "{method} {path} by {who}: {status}"
                ),
            }
        }
    }
}

async fn status_of(shop: &Shop, method: &str, path: &str, login: Option<&Login>) -> StatusCode {
    let path: String = path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "0197b2c4-0000-7000-8000-000000000bad"
            } else {
                segment
            }
        })
        .collect::<Vec<_>>()
        .join("/");
    let request = TestRequest::with_uri(&path).method(Method::from_bytes(method.as_bytes()).unwrap());
    let request = match login {
        Some(login) => request.by(login),
        None => request,
    };
    shop.send(request).await.status
}

/// A body that each route about one order takes.
fn body_for(method: &str, path: &str) -> Option<Value> {
    match (method, path.rsplit('/').next()) {
        ("POST", Some("lines")) => Some(a_line()),
        ("POST", Some("confirm")) => Some(json!({"shipping_address": an_address()})),
        ("PATCH", _) => Some(json!({"quantity": 2})),
        _ => None,
    }
}

#[actix_web::test]
async fn an_order_is_there_for_its_owner_and_for_staff_and_not_for_another_customer() {
    let about_one_order = EXPECTED
        .into_iter()
        .filter(|(_, path, policy)| *policy == Policy::Owner && path.contains("{order_id}"));
    let mut tried = 0;
    for (method, path, _) in about_one_order {
        let shop = Shop::open();
        let (ada, bob) = (shop.customer("ada").await, shop.customer("bob").await);
        let (staff, admin) = (shop.staff().await, shop.admin().await);
        for (who, login) in [
            ("owner", &ada),
            ("another", &bob),
            ("staff", &staff),
            ("admin", &admin),
        ] {
            let order = shop.order(&ada).await;
            let uri = path
                .replace("{order_id}", order["id"].as_str().unwrap())
                .replace("{line_id}", order["lines"][0]["id"].as_str().unwrap());
            let mut request = TestRequest::with_uri(&uri)
                .method(method.parse::<Method>().unwrap())
                .by(login);
            if let Some(body) = body_for(method, path) {
                request = request.set_json(body);
            }
            let answer = shop.send(request).await;
            match who {
                "another" => assert_eq!(
                    answer.refusal(),
                    (404, "order_not_found".to_owned()),
                    "{method} {path}"
                ),
                _ => assert_eq!(
                    answer.status,
                    StatusCode::OK,
                    "{method} {path} by {who}: {answer:?}"
                ),
            }
            tried += 1;
        }
    }
    assert_eq!(tried, 7 * 4, "a route about one order is missing here");
}
