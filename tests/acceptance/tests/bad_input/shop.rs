//! A shop with one order in it, which no bad input changes.

use acceptance::{Asking, Engine, Login, TestApp, a_custom_line, an_order, answer::text};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) ada: Login,
    /// Ada's one order, pending, with one line.
    pub(crate) order: Value,
}

impl Shop {
    pub(crate) async fn open(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let ada = app.customer("ada").await;
        let order = app
            .place(&ada, &an_order().with_line(app.kettle().await).body())
            .await;
        Self { app, ada, order }
    }

    pub(crate) fn order_path(&self) -> String {
        format!("/orders/{}", text(&self.order["id"]))
    }

    pub(crate) fn line_path(&self) -> String {
        format!(
            "{}/lines/{}",
            self.order_path(),
            text(&self.order["lines"][0]["id"])
        )
    }

    /// Nothing was placed, nothing was changed.
    pub(crate) async fn assert_nothing_happened(&self, after: &str) {
        let orders = self.app.orders(&self.ada).await;
        assert_eq!(orders, std::slice::from_ref(&self.order), "after {after}");
    }

    /// Sends a request as Ada that has to be refused, and looks at what it left.
    pub(crate) async fn refuses(&self, request: RequestBuilder, status: u16, code: &str) -> Value {
        let answer = request.by(&self.ada).answer().await;
        assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        self.assert_nothing_happened(&answer.text).await;
        answer.json()
    }

    /// Sends an order as Ada that has to be refused for these fields.
    pub(crate) async fn refuses_to_place(&self, order: &Value, errors: &[&str]) {
        let answer = self.app.post("/orders").by(&self.ada).json(order).answer().await;
        assert_eq!(
            answer.refusal(),
            (422, "invalid_body".to_owned()),
            "{}",
            answer.text
        );
        assert_eq!(answer.errors(), errors, "{}", answer.text);
        self.assert_nothing_happened(&answer.text).await;
    }
}

/// An order whose one line has this in place of what it should have.
pub(crate) fn an_order_with(field: &str, value: Value) -> Value {
    let mut order = an_order().with_line(a_custom_line()).body();
    order["lines"][0][field] = value;
    order
}

pub(crate) fn price(amount: &str, currency: &str) -> Value {
    json!({"amount": amount, "currency": currency})
}
