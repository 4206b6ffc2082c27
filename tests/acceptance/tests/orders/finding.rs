//! Finding orders again: by reference, by customer, by status, page by page.

use acceptance::{Asking, Engine, TestApp, an_order, answer::text, on_every_engine, steps::take};
use serde_json::{Value, json};

use crate::steps::one_kettle;

on_every_engine!(
    a_reference_is_eight_characters_that_one_can_read_over_the_telephone,
    staff_order_for_a_customer_and_find_their_orders,
    a_list_is_newest_first_by_status_and_goes_on_where_it_ended,
    an_order_that_the_caller_has_is_not_sent_again
);

async fn a_reference_is_eight_characters_that_one_can_read_over_the_telephone(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app.place(&ada, &one_kettle(&app).await).await;
    let reference = text(&order["reference"]);
    let (left, right) = reference.split_once('-').unwrap();
    let crockford = |part: &str| {
        part.len() == 4
            && part
                .chars()
                .all(|c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c))
    };
    assert!(crockford(left) && crockford(right), "{reference}");
    let found = app
        .get(&format!("/orders?reference={reference}"))
        .by(&ada)
        .answer()
        .await
        .expecting(200);
    assert_eq!(found["data"], json!([order]));
}

async fn staff_order_for_a_customer_and_find_their_orders(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let sam = app.staff().await;
    let mut body = one_kettle(&app).await;
    body["customer_id"] = json!(ada.user_id);
    let order = app.place(&sam, &body).await;
    assert_eq!(app.orders(&ada).await, std::slice::from_ref(&order));
    let found = app
        .get(&format!("/orders?customer_id={}", ada.user_id))
        .by(&sam)
        .answer()
        .await;
    assert_eq!(found.expecting(200)["data"], json!([order]));
}

async fn a_list_is_newest_first_by_status_and_goes_on_where_it_ended(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let mut newest_first = Vec::new();
    for number in 0..5 {
        let line = app.kettle().await.of(number + 1);
        newest_first.insert(0, app.place(&ada, &an_order().with_line(line).body()).await);
    }
    let first = app.get("/orders?limit=2").by(&ada).answer().await;
    let link = first.header("link").unwrap().to_owned();
    assert!(link.ends_with("rel=\"next\""), "{link}");
    let page = first.expecting(200);
    assert_eq!(page["data"].as_array().unwrap().as_slice(), &newest_first[..2]);
    // What is placed in between does not push the rest down.
    app.place(&ada, &one_kettle(&app).await).await;
    let next = format!("/orders?limit=2&cursor={}", text(&page["next_cursor"]));
    let second = app.get(&next).by(&ada).answer().await.expecting(200);
    assert_eq!(second["data"].as_array().unwrap().as_slice(), &newest_first[2..4]);

    take(&app, &ada, &newest_first[4], "cancel", &json!({}))
        .await
        .expecting(200);
    let cancelled = app
        .get("/orders?status=cancelled")
        .by(&ada)
        .answer()
        .await
        .expecting(200);
    assert_eq!(cancelled["data"].as_array().unwrap().len(), 1);
    assert_eq!(cancelled["data"][0]["id"], newest_first[4]["id"]);
    assert_eq!(cancelled["next_cursor"], Value::Null);
}

async fn an_order_that_the_caller_has_is_not_sent_again(engine: Engine) {
    let app = TestApp::start(engine);
    let ada = app.customer("ada").await;
    let order = app.place(&ada, &one_kettle(&app).await).await;
    let path = format!("/orders/{}", text(&order["id"]));
    let known = app
        .get(&path)
        .by(&ada)
        .header("If-None-Match", "\"1\"")
        .answer()
        .await;
    assert_eq!(
        (known.status, known.text.as_str(), known.header("etag")),
        (304, "", Some("\"1\""))
    );
    let newer = app
        .get(&path)
        .by(&ada)
        .header("If-None-Match", "\"2\"")
        .answer()
        .await;
    assert_eq!(newer.expecting(200), order);
}
