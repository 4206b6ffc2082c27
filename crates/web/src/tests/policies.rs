//! Every route of the table, with every kind of caller.

use std::collections::BTreeSet;

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use serde_json::{Value, json};

use super::{
    generated,
    shop::{By, Login, Shop, a_line, an_address},
};
use crate::{
    endpoint::{Policy, RouteDescription},
    routes,
};

/// Every endpoint with its policy, as it was reviewed last.
const REVIEWED: &str = include_str!("policies.txt");

pub(super) fn every_route() -> Vec<RouteDescription> {
    let endpoints = routes::table().into_iter().flat_map(|group| group.endpoints);
    endpoints.map(|endpoint| endpoint.route).collect()
}

#[test]
fn every_route_has_the_policy_that_was_reviewed() {
    let row =
        |route: &RouteDescription| format!("{:<13} {:<6} {}", route.policy.name(), route.method, route.path);
    let rows: BTreeSet<String> = every_route().iter().map(row).collect();
    assert_eq!(
        rows.len(),
        every_route().len(),
        "a route stands in the table twice"
    );
    let rows: Vec<String> = rows.into_iter().collect();
    generated::assert_written(
        "crates/web/src/tests/policies.txt",
        REVIEWED,
        &(rows.join("\n") + "\n"),
    );
}

#[actix_web::test]
async fn every_route_lets_in_whom_its_policy_names_and_nobody_else() {
    let shop = Shop::open();
    let (customer, staff, admin) = (shop.customer("ada").await, shop.staff().await, shop.admin().await);
    for route in every_route() {
        let (method, path, policy) = (route.method.as_str(), route.path, route.policy);
        for (who, login) in [
            ("anonymous", None),
            ("customer", Some(&customer)),
            ("staff", Some(&staff)),
            ("admin", Some(&admin)),
        ] {
            let refused = match (policy, who) {
                (Policy::Public, _) => None,
                // A caller without a cookie is redirected to the log-in page, whatever token they have.
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
        ("PUT", Some("shipping_address")) => Some(an_address()),
        ("PATCH", _) => Some(json!({"quantity": 2})),
        _ => None,
    }
}

#[actix_web::test]
async fn an_order_is_there_for_its_owner_and_for_staff_and_not_for_another_customer() {
    let about_one_order = every_route()
        .into_iter()
        .filter(|route| route.policy == Policy::Owner && route.path.contains("{order_id}"));
    let mut tried = 0;
    for route in about_one_order {
        let (method, path) = (route.method.as_str(), route.path);
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
            if path.ends_with("/shipping_address") {
                let uri = format!("/api/v1/orders/{}/confirm", order["id"].as_str().unwrap());
                let confirm = TestRequest::with_uri(&uri).method(Method::POST).by(&ada);
                let body = body_for("POST", &uri).unwrap();
                assert_eq!(shop.send(confirm.set_json(body)).await.status, StatusCode::OK);
            }
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
    assert_eq!(tried, 8 * 4, "a route about one order is missing here");
}
