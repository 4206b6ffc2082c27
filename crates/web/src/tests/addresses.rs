//! Operators' routes on an address of their own.

use std::collections::BTreeSet;

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};

use super::{policies::every_route, shop::Shop};
use crate::{Serving, endpoint::RouteDescription};

const FOR_OPERATORS: [&str; 3] = [
    "/metrics",
    "/api/v1/ops/contexts",
    "/api/v1/ops/dead-letters/{delivery_id}",
];

async fn is_there(shop: &Shop, serving: Serving, route: &RouteDescription) -> bool {
    let request = TestRequest::with_uri(route.path).method(Method::OPTIONS);
    match shop.send_to(serving, request).await.status {
        StatusCode::METHOD_NOT_ALLOWED => true,
        StatusCode::NOT_FOUND => false,
        other => panic!("found {other} at {}, expected 404 or 405", route.path),
    }
}

#[actix_web::test]
async fn every_route_is_at_one_of_two_addresses_and_never_at_both() {
    let shop = Shop::open();
    let mut for_operators = BTreeSet::new();
    for route in every_route() {
        let on_the_main_one = is_there(&shop, Serving::AllButOperations, &route).await;
        let on_the_operators = is_there(&shop, Serving::OperationsOnly, &route).await;
        assert_ne!(on_the_main_one, on_the_operators, "{}", route.path);
        assert!(
            is_there(&shop, Serving::Everything, &route).await,
            "{}",
            route.path
        );
        if on_the_operators {
            for_operators.insert(route.path);
        }
    }
    for path in FOR_OPERATORS {
        assert!(for_operators.contains(path), "{path}");
    }
    let misplaced = |path: &&&str| !(path.contains("/ops") || **path == "/metrics");
    assert_eq!(for_operators.iter().find(misplaced), None);
}
