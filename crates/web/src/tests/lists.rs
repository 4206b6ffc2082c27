//! Lists: pages, filters, and queries that are wrong.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::shop::{Shop, get};

fn ids(list: &Value) -> Vec<&str> {
    let orders = list["data"].as_array().unwrap();
    orders.iter().map(|order| order["id"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn pages_follow_each_other_newest_first() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(shop.order(&ada).await["id"].as_str().unwrap().to_owned());
    }
    placed.reverse();
    let mut path = "/orders?status=pending&limit=2".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let answer = shop.get(&ada, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let list = answer.json();
        seen.extend(ids(&list).into_iter().map(ToOwned::to_owned));
        let Some(cursor) = list["next_cursor"].as_str() else {
            assert_eq!(answer.header("link"), None);
            break;
        };
        let next = format!("/orders?status=pending&limit=2&cursor={cursor}");
        assert_eq!(
            answer.header("link"),
            Some(format!("</api/v1{next}>; rel=\"next\"").as_str())
        );
        path = next;
    }
    assert_eq!(seen, placed);
}

#[actix_web::test]
async fn an_empty_list_is_a_list() {
    let shop = Shop::open();
    let ada = shop.customer("ada").await;
    let answer = shop.get(&ada, "/orders").await;
    assert_eq!(answer.json(), json!({"data": [], "next_cursor": null}));
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_query_is_found_at_once() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    let answer = shop
        .get(
            &staff,
            "/orders?limit=0&cursor=x&customer_id=7&page=2&reference=a&reference=b",
        )
        .await;
    assert_eq!(answer.refusal(), (422, "invalid_query".to_owned()));
    let expected = [
        "?reference duplicate_field",
        "?customer_id invalid_id",
        "?limit invalid_limit",
        "?cursor invalid_cursor",
        "?page unknown_field",
    ];
    assert_eq!(answer.errors(), expected);
    for query in [
        "limit=101",
        "limit=-1",
        "limit=1.5",
        "limit=",
        "status=lost",
        "reference=%00",
    ] {
        let answer = shop.get(&staff, &format!("/orders?{query}")).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}: {answer:?}"
        );
    }
    let admin = shop.admin().await;
    let answer = shop.get(&admin, "/users").await;
    assert_eq!(answer.errors(), ["?email missing_field"]);
}

#[actix_web::test]
async fn customers_list_their_own_and_staff_anybodys() {
    let shop = Shop::open();
    let (ada, eve, staff) = (
        shop.customer("ada").await,
        shop.customer("eve").await,
        shop.staff().await,
    );
    let order = shop.order(&ada).await;
    shop.order(&eve).await;
    let list = shop.get(&ada, "/orders").await.json();
    assert_eq!(ids(&list), [order["id"].as_str().unwrap()]);
    let list = shop.get(&staff, "/orders").await.json();
    assert_eq!(ids(&list).len(), 2);
    let of_ada = format!("/orders?customer_id={}", order["customer_id"].as_str().unwrap());
    let list = shop.get(&staff, &of_ada).await.json();
    assert_eq!(ids(&list), [order["id"].as_str().unwrap()]);
    let answer = shop.get(&ada, &of_ada).await;
    assert_eq!(answer.refusal(), (403, "insufficient_role".to_owned()));
    let by_reference = format!("/orders?reference={}", order["reference"].as_str().unwrap());
    let list = shop.get(&ada, &by_reference).await.json();
    assert_eq!(ids(&list), [order["id"].as_str().unwrap()]);
}

#[actix_web::test]
async fn a_parameter_with_a_control_character_is_refused_whatever_it_stands_for() {
    let shop = Shop::open();
    let staff = shop.staff().await;
    for control in ["%00", "tea%00pot", "%0A", "%7F", "%C2%85"] {
        for (path, name) in [
            ("/products", "q"),
            ("/products", "limit"),
            ("/orders", "status"),
            ("/orders", "reference"),
            ("/orders", "customer_id"),
            ("/orders", "cursor"),
        ] {
            let answer = shop.get(&staff, &format!("{path}?{name}={control}")).await;
            assert_eq!(
                answer.refusal(),
                (422, "invalid_query".to_owned()),
                "{path} {name}"
            );
            let not_printable = format!("?{name} text_not_printable");
            assert_eq!(answer.errors(), [not_printable], "{path} {control}");
        }
    }
    for printable in ["%E2%80%AE", "%EF%BF%BF", "%FF", "%25"] {
        let answer = shop.send(get(&format!("/products?q={printable}"))).await;
        assert_eq!(answer.status, StatusCode::OK, "{printable}: {answer:?}");
    }
}
