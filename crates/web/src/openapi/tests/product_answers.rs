//! Answers about products and tiers, against the schemas that the contract gives them.

use actix_web::http::Method;
use serde_json::json;

use super::{answers::assert_as_said, contract};
use crate::tests::shop::{Answered, By, Shop, get, post, put, request};

#[actix_web::test]
async fn products_are_answered_as_the_contract_says() {
    let contract = contract();
    let says = |operation: &str, answer: &Answered| assert_as_said(&contract, operation, answer);
    let shop = Shop::open();
    let (ada, staff) = (shop.customer("ada").await, shop.staff().await);
    let list = |sku: &str| {
        let unit_price = json!({"amount": "11.90", "currency": "GBP"});
        post("/products").set_json(json!({"sku": sku, "name": "Tea", "unit_price": unit_price}))
    };
    let listed = shop.send(list("TEA").by(&staff)).await;
    says("POST /api/v1/products", &listed);
    says("POST /api/v1/products", &shop.send(list("tea").by(&staff)).await);
    says("POST /api/v1/products", &shop.send(list("?").by(&staff)).await);
    says("POST /api/v1/products", &shop.send(list("CUP").by(&ada)).await);
    shop.send(list("CUP").by(&staff)).await;
    says("GET /api/v1/products", &shop.send(get("/products?limit=1")).await);
    says("GET /api/v1/products", &shop.send(get("/products?limit=0")).await);
    let product = format!("/products/{}", listed.json()["id"].as_str().unwrap());
    let one = "GET /api/v1/products/{product_id}";
    says(one, &shop.send(get(&product)).await);
    says(one, &shop.send(get("/products/7")).await);
    let change = || {
        request(Method::PATCH, &product)
            .by(&staff)
            .set_json(json!({"name": "Assam"}))
    };
    let changing = "PATCH /api/v1/products/{product_id}";
    says(changing, &shop.send(change()).await);
    let delist = post(&format!("{product}/delist")).by(&staff);
    says(
        "POST /api/v1/products/{product_id}/delist",
        &shop.send(delist).await,
    );
    says(changing, &shop.send(change()).await);
    says(one, &shop.send(get(&product)).await);
    let nobody = "/customers/0197b2c4-0000-7000-8000-00000000dead/tier";
    let tier = put(nobody).by(&staff).set_json(json!({"tier": "gold"}));
    says("PUT /api/v1/customers/{customer_id}/tier", &shop.send(tier).await);
}
