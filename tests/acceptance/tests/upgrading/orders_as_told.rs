//! Orders as they were answered then and are answered now. Changes of the contract since are listed here, and nowhere else.

use acceptance::{Asking, Login, TestApp, answer::text};
use serde_json::Value;

use crate::fixture::recorded_orders;

/// A change of the contract: what it is, and its effect on an order that was answered before it.
type Change = (&'static str, fn(&mut Value));

/// Every change since the oldest fixture, the oldest first.
const CHANGES: [Change; 3] = [
    (
        "a cancellation has a code, and a reason only if a person gave one",
        |order| {
            let Some(cancellation) = order["cancellation"].as_object_mut() else {
                return;
            };
            let was_short = !cancellation["shortages"].as_array().unwrap().is_empty();
            let (code, reason) = match cancellation["reason"].as_str() {
                Some("out_of_stock") if was_short => ("out_of_stock", Value::Null),
                Some("on_request") => ("on_request", Value::Null),
                _ => ("on_request", cancellation["reason"].clone()),
            };
            cancellation.insert("code".to_owned(), Value::from(code));
            cancellation.insert("reason".to_owned(), reason);
        },
    ),
    ("a cancelled order says what became of its stock", |order| {
        if order["status"] == "cancelled" && order["allocation"] == "reserved" {
            order["allocation"] = Value::from("released");
        }
    }),
    ("a confirmed order can be shipped to another address", |order| {
        if order["status"] == "confirmed" {
            let allowed = order["allowed_actions"].as_array_mut().unwrap();
            allowed.insert(0, Value::from("change_shipping_address"));
        }
    }),
];

/// Compares every order with what was recorded of it, except those of which other things are expected.
pub(crate) async fn are_the_same(app: &TestApp, staff: &Login, recorded: &Value, except: &[String]) {
    let orders = recorded_orders(recorded);
    assert!(orders.len() > 4, "found {} orders", orders.len());
    assert_eq!(app.orders(staff).await.len(), orders.len());
    for (mut told, etag) in orders {
        if except.contains(&text(&told["id"])) {
            continue;
        }
        let path = format!("/orders/{}", text(&told["id"]));
        let answer = app.get(&path).by(staff).answer().await;
        if told["status"] == "cancelled" && told["allocation"] == "requested" {
            // It was cancelled before inventory answered; the answer, in the log since then, is applied now.
            let now = answer.expecting(200);
            assert_eq!(now["status"], "cancelled", "{now}");
            assert!(
                now["allocation"] == "released" || now["allocation"] == "none",
                "{now}"
            );
            continue;
        }
        for (_, change) in CHANGES {
            change(&mut told);
        }
        assert_eq!(answer.header("etag"), Some(etag.as_str()), "{told}");
        assert_eq!(answer.expecting(200), told);
    }
}
