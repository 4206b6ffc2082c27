//! Valid bodies: `an_order().with_line(app.kettle().await.of(2))`.

use serde_json::{Value, json};

/// A product that no catalogue has.
pub const UNLISTED: &str = "0197b2c4-0000-7000-8000-00000000beef";

/// An order in USD, without lines.
pub fn an_order() -> OrderBody {
    OrderBody { lines: Vec::new() }
}

/// One kettle at USD 19.99 that is on no list: staff order it as a custom line. Customers order [`TestApp::kettle`](crate::TestApp::kettle).
pub fn a_custom_line() -> LineBody {
    LineBody::of_product(UNLISTED, "Kettle")
}

/// The body that confirms an order.
pub fn an_address() -> Value {
    json!({"shipping_address": {
        "street": "12 St James Square",
        "city": "London",
        "state": "",
        "postal_code": "SW1Y 4JH",
        "country": "GB",
    }})
}

/// The body that ships an order.
pub fn a_shipment() -> Value {
    json!({"carrier": "Royal Mail", "tracking_number": "RM123456789GB"})
}

/// The body that places an order.
#[derive(Clone, Debug)]
pub struct OrderBody {
    lines: Vec<LineBody>,
}

impl OrderBody {
    /// With one line more.
    #[must_use]
    pub fn with_line(mut self, line: LineBody) -> Self {
        self.lines.push(line);
        self
    }

    /// As JSON.
    pub fn body(&self) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(LineBody::body).collect();
        json!({"currency": "USD", "lines": lines})
    }
}

/// A line of an order, and the body that adds it to one.
#[derive(Clone, Debug)]
pub struct LineBody {
    product_id: String,
    product_name: String,
    quantity: u64,
    amount: String,
    stock: Option<bool>,
}

impl LineBody {
    pub(crate) fn of_product(product_id: &str, product_name: &str) -> Self {
        Self {
            product_id: product_id.to_owned(),
            product_name: product_name.to_owned(),
            quantity: 1,
            amount: "19.99".to_owned(),
            stock: None,
        }
    }

    /// So many of it.
    #[must_use]
    pub fn of(mut self, quantity: u64) -> Self {
        self.quantity = quantity;
        self
    }

    /// At this price for one.
    #[must_use]
    pub fn at(mut self, amount: &str) -> Self {
        amount.clone_into(&mut self.amount);
        self
    }

    /// Without stock to be asked for.
    #[must_use]
    pub fn without_stock(mut self) -> Self {
        self.stock = Some(false);
        self
    }

    /// As JSON.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "product_id": self.product_id,
            "product_name": self.product_name,
            "quantity": self.quantity,
            "unit_price": {"amount": self.amount, "currency": "USD"},
        });
        if let Some(stock) = self.stock {
            body["stock"] = json!(stock);
        }
        body
    }
}
