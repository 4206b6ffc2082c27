//! Values that are wrong, alone or together.

use acceptance::{Asking, Engine, PASSWORD, a_custom_line, an_address, an_order, on_every_engine};
use reqwest::Method;
use serde_json::json;

use crate::shop::{Shop, an_order_with, price};

on_every_engine!(
    an_amount_that_is_a_number_has_been_a_float_somewhere,
    amounts_that_are_no_money_are_refused,
    negative_zero_fractional_and_huge_quantities_are_refused,
    an_unknown_currency_and_a_mixed_one_are_refused,
    more_than_50_lines_and_more_than_10_000_are_refused,
    zero_bytes_and_line_breaks_are_refused_wherever_text_goes,
    an_address_without_a_country_or_a_postal_code_is_refused,
    bad_parameters_of_a_list_are_refused,
    unknown_paths_and_methods_are_problems_as_well
);

async fn an_amount_that_is_a_number_has_been_a_float_somewhere(engine: Engine) {
    let shop = Shop::open(engine).await;
    for amount in [json!(19.99), json!(20), json!(1e2)] {
        let order = an_order_with("unit_price", json!({"amount": amount, "currency": "USD"}));
        shop.refuses_to_place(&order, &["/lines/0/unit_price/amount amount_is_a_number"])
            .await;
    }
}

async fn amounts_that_are_no_money_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    for (amount, code) in [
        ("-0.01", "negative_money"),
        ("1e3", "invalid_amount"),
        ("", "invalid_amount"),
        ("1,000.00", "invalid_amount"),
        ("NaN", "invalid_amount"),
        ("99999999999999999999", "money_out_of_range"),
        ("19.999", "too_many_decimals"),
        ("0.004", "too_many_decimals"),
    ] {
        let error = format!("/lines/0/unit_price/amount {code}");
        shop.refuses_to_place(&an_order_with("unit_price", price(amount, "USD")), &[&error])
            .await;
    }
    // Zeros at the end are no places.
    let kettle = shop.app.kettle().await.at("19.990").body();
    let added = shop
        .app
        .post(&format!("{}/lines", shop.order_path()))
        .by(&shop.ada)
        .json(&kettle);
    let order = added.answer().await.expecting(200);
    assert_eq!(order["lines"][1]["unit_price"], price("19.99", "USD"));
}

async fn negative_zero_fractional_and_huge_quantities_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    for quantity in [
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1_000_001),
        json!(u64::MAX),
        json!(1e300),
    ] {
        let errors = ["/lines/0/quantity invalid_quantity"];
        shop.refuses_to_place(&an_order_with("quantity", quantity.clone()), &errors)
            .await;
        let change = shop
            .app
            .patch(&shop.line_path())
            .json(&json!({"quantity": quantity}));
        shop.refuses(change, 422, "invalid_body").await;
    }
    // Each of them is allowed; together they are more than can be counted.
    let sam = shop.app.staff().await;
    let priceless = a_custom_line().of(1_000_000).at("92233720368547758.07");
    let order = an_order().with_lines(50, &priceless).body();
    let answer = shop.app.post("/orders").by(&sam).json(&order).answer().await;
    assert_eq!(answer.refusal(), (422, "money_out_of_range".to_owned()));
    shop.assert_nothing_happened(&answer.text).await;
}

async fn an_unknown_currency_and_a_mixed_one_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    for currency in ["DOGE", "usd", "", "CHF"] {
        let mut order = an_order().with_line(a_custom_line()).body();
        order["currency"] = json!(currency);
        shop.refuses_to_place(&order, &["/currency unknown_currency"])
            .await;
    }
    let mixed = an_order()
        .with_line(shop.app.kettle().await)
        .with_line(shop.app.kettle().await.in_currency("EUR"))
        .body();
    let answer = shop
        .refuses(shop.app.post("/orders").json(&mixed), 422, "currency_mismatch")
        .await;
    assert_eq!(
        (&answer["order_currency"], &answer["line_currency"]),
        (&json!("USD"), &json!("EUR"))
    );
    let euros = shop.app.kettle().await.in_currency("EUR").body();
    let add = shop
        .app
        .post(&format!("{}/lines", shop.order_path()))
        .json(&euros);
    shop.refuses(add, 422, "currency_mismatch").await;
    let other = an_order()
        .in_currency("EUR")
        .with_line(shop.app.kettle().await)
        .body();
    shop.refuses(shop.app.post("/orders").json(&other), 422, "currency_mismatch")
        .await;
}

async fn more_than_50_lines_and_more_than_10_000_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    let lines = an_order().with_lines(51, &shop.app.kettle().await).body();
    let answer = shop
        .refuses(shop.app.post("/orders").json(&lines), 422, "order_line_limit")
        .await;
    assert_eq!(answer["limit"], 50);
    let total = an_order().with_line(shop.app.kettle().await.of(501)).body();
    shop.refuses(shop.app.post("/orders").json(&total), 422, "order_total_limit")
        .await;
}

/// PostgreSQL cannot keep a zero byte, and SQLite can: both are never asked to.
async fn zero_bytes_and_line_breaks_are_refused_wherever_text_goes(engine: Engine) {
    let shop = Shop::open(engine).await;
    let sam = shop.app.staff().await;
    for text in ["Ket\0tle", "Kettle\n", "\0"] {
        // Only staff name what is ordered.
        let order = an_order_with("product_name", json!(text));
        let product = json!({"sku": "K", "name": text, "unit_price": price("1.00", "USD")});
        for (path, body) in [("/orders", order), ("/products", product)] {
            let answer = shop.app.post(path).by(&sam).json(&body).answer().await;
            assert_eq!(answer.refusal(), (422, "text_not_printable".to_owned()), "{path}");
            shop.assert_nothing_happened(&answer.text).await;
        }
        let mut address = an_address();
        address["shipping_address"]["street"] = json!(text);
        let user = json!({"email": format!("ada{text}@example.org"), "password": PASSWORD});
        for (path, body) in [
            (format!("{}/confirm", shop.order_path()), address),
            (format!("{}/cancel", shop.order_path()), json!({"reason": text})),
            ("/users".to_owned(), user),
        ] {
            let answer = shop.app.post(&path).by(&shop.ada).json(&body).answer().await;
            assert_eq!(answer.status, 422, "{path}: {}", answer.text);
            shop.assert_nothing_happened(&answer.text).await;
        }
    }
}

async fn an_address_without_a_country_or_a_postal_code_is_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    let confirm = |field: &str, value: &str| {
        let mut body = an_address();
        body["shipping_address"][field] = json!(value);
        shop.app
            .post(&format!("{}/confirm", shop.order_path()))
            .json(&body)
    };
    for (field, value, code) in [
        ("country", "", "address_incomplete"),
        ("country", " ", "address_incomplete"),
        ("country", "XX", "unknown_country"),
        ("country", "Austria", "unknown_country"),
        ("postal_code", "", "address_incomplete"),
        ("street", "12 St James\u{0} Square", "text_not_printable"),
        ("city", &"x".repeat(201), "text_too_long"),
    ] {
        shop.refuses(confirm(field, value), 422, code).await;
    }
}

async fn bad_parameters_of_a_list_are_refused(engine: Engine) {
    let shop = Shop::open(engine).await;
    for (query, error) in [
        ("limit=0", "?limit invalid_limit"),
        ("limit=101", "?limit invalid_limit"),
        ("limit=many", "?limit invalid_limit"),
        ("cursor=forged", "?cursor invalid_cursor"),
        ("customer_id=7", "?customer_id invalid_id"),
        ("colour=red", "?colour unknown_field"),
    ] {
        let answer = shop
            .app
            .get(&format!("/orders?{query}"))
            .by(&shop.ada)
            .answer()
            .await;
        assert_eq!(
            answer.refusal(),
            (422, "invalid_query".to_owned()),
            "{query}: {}",
            answer.text
        );
        assert_eq!(answer.errors(), [error]);
    }
    let lost = shop.app.get("/orders?status=lost").by(&shop.ada).answer().await;
    assert_eq!(lost.refusal(), (422, "unknown_status".to_owned()));
}

async fn unknown_paths_and_methods_are_problems_as_well(engine: Engine) {
    let shop = Shop::open(engine).await;
    shop.refuses(shop.app.get("/nothing"), 404, "route_not_found")
        .await;
    shop.refuses(
        shop.app.request(Method::PUT, "/orders"),
        405,
        "method_not_allowed",
    )
    .await;
}
