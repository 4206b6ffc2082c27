//! Orders as they were told then and are told now. What the contract has changed since stands here, and nowhere else.

use acceptance::{Asking, Login, TestApp, answer::text};
use serde_json::Value;

use crate::fixture::recorded_orders;

/// A change of the contract: what it is, and what it makes of an order that was told before it.
type Change = (&'static str, fn(&mut Value));

/// Every change since the oldest fixture, the oldest first.
const CHANGES: [Change; 0] = [];

/// Compares every order with what was recorded of it, except those of which other things are expected.
pub(crate) async fn are_the_same(app: &TestApp, staff: &Login, recorded: &Value, except: &[String]) {
    let orders = recorded_orders(recorded);
    assert!(orders.len() > 4, "found {} orders", orders.len());
    assert_eq!(app.orders(staff).await.len(), orders.len());
    for (mut told, etag) in orders {
        if except.contains(&text(&told["id"])) {
            continue;
        }
        for (_, change) in CHANGES {
            change(&mut told);
        }
        let path = format!("/orders/{}", text(&told["id"]));
        let answer = app.get(&path).by(staff).answer().await;
        assert_eq!(answer.header("etag"), Some(etag.as_str()), "{told}");
        assert_eq!(answer.expecting(200), told);
    }
}
