//! Asserting that a step of an order's life is refused.

use acceptance::{Login, TestApp, an_order, steps::take};
use serde_json::Value;

/// Asserts that a step is refused with this code and leaves the order as it is.
pub(crate) async fn refused(
    app: &TestApp,
    login: &Login,
    order: &Value,
    (step, body): (&str, Value),
    code: &str,
    status: u16,
) {
    let before = app.order(login, &order["id"]).await;
    let answer = take(app, login, order, step, &body).await;
    assert_eq!(
        answer.refusal(),
        (status, code.to_owned()),
        "{step}: {}",
        answer.text
    );
    assert_eq!(
        app.order(login, &order["id"]).await,
        before,
        "a refused {step} changed something"
    );
}

pub(crate) async fn one_kettle(app: &TestApp) -> Value {
    an_order().with_line(app.kettle().await).body()
}
