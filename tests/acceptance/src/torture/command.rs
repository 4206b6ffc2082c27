//! The commands of clients, and their requests.

use reqwest::Method;
use serde_json::{Value, json};

use crate::PASSWORD;

/// A line to order. Its name has its command's number, so that an unknown order can be traced.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) product_id: String,
    pub(crate) product_name: String,
    pub(crate) quantity: u64,
    pub(crate) cents: u64,
}

/// A change of an order.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    AddLine(Line),
    ChangeQuantity { line_id: String, quantity: u64 },
    RemoveLine { line_id: String },
    Confirm,
    Cancel { reason: String },
    Ship { tracking_number: String },
    Deliver,
}

/// A command of the mix.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Register {
        email: String,
    },
    ChangeEmail {
        email: String,
    },
    Deactivate {
        user_id: String,
    },
    /// Placed by staff for the customer, like lines that are added: they can give a line any name.
    Place {
        customer_id: String,
        lines: Vec<Line>,
    },
    Change {
        order_id: String,
        step: Step,
    },
}

/// Who a command is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    Nobody,
    Customer,
    Staff,
}

impl Line {
    pub(crate) fn body(&self) -> Value {
        json!({
            "product_id": self.product_id,
            "product_name": self.product_name,
            "quantity": self.quantity,
            "unit_price": money(self.cents),
        })
    }
}

/// The one carrier.
pub(crate) const CARRIER: &str = "Royal Mail";

/// The one address.
pub(crate) fn address() -> Value {
    json!({"street": "1 Main St", "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "US"})
}

/// USD, in the form of a body.
pub(crate) fn money(cents: u64) -> Value {
    json!({"amount": format!("{}.{:02}", cents / 100, cents % 100), "currency": "USD"})
}

impl Command {
    /// Its name, for the report.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::ChangeEmail { .. } => "change_email",
            Self::Deactivate { .. } => "deactivate",
            Self::Place { .. } => "place",
            Self::Change { step, .. } => match step {
                Step::AddLine(_) => "add_line",
                Step::ChangeQuantity { .. } => "change_quantity",
                Step::RemoveLine { .. } => "remove_line",
                Step::Confirm => "confirm",
                Step::Cancel { .. } => "cancel",
                Step::Ship { .. } => "ship",
                Step::Deliver => "deliver",
            },
        }
    }

    pub(crate) const fn sender(&self) -> Sender {
        match self {
            Self::Register { .. } => Sender::Nobody,
            Self::Deactivate { .. }
            | Self::Change {
                step: Step::AddLine(_) | Step::Ship { .. } | Step::Deliver,
                ..
            }
            | Self::Place { .. } => Sender::Staff,
            Self::ChangeEmail { .. } | Self::Change { .. } => Sender::Customer,
        }
    }

    pub(crate) const fn method(&self) -> Method {
        match self {
            Self::ChangeEmail { .. } => Method::PUT,
            Self::Change {
                step: Step::ChangeQuantity { .. },
                ..
            } => Method::PATCH,
            Self::Change {
                step: Step::RemoveLine { .. },
                ..
            } => Method::DELETE,
            Self::Register { .. } | Self::Deactivate { .. } | Self::Place { .. } | Self::Change { .. } => {
                Method::POST
            }
        }
    }

    /// The path below `/api/v1`.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Register { .. } => "/users".to_owned(),
            Self::ChangeEmail { .. } => "/users/me/email".to_owned(),
            Self::Deactivate { user_id } => format!("/users/{user_id}/deactivate"),
            Self::Place { .. } => "/orders".to_owned(),
            Self::Change { order_id, step } => {
                let step = match step {
                    Step::AddLine(_) => "lines".to_owned(),
                    Step::ChangeQuantity { line_id, .. } | Step::RemoveLine { line_id } => {
                        format!("lines/{line_id}")
                    }
                    Step::Confirm => "confirm".to_owned(),
                    Step::Cancel { .. } => "cancel".to_owned(),
                    Step::Ship { .. } => "ship".to_owned(),
                    Step::Deliver => "deliver".to_owned(),
                };
                format!("/orders/{order_id}/{step}")
            }
        }
    }

    /// For how long the answer may be waited for, in seconds: a confirmation is best answered once inventory has answered.
    pub(crate) const fn wait(&self) -> Option<&'static str> {
        match self {
            Self::Change {
                step: Step::Confirm, ..
            } => Some("wait=10"),
            _ => None,
        }
    }

    pub(crate) fn body(&self) -> Option<Value> {
        match self {
            Self::Register { email } => Some(json!({"email": email, "password": PASSWORD})),
            Self::ChangeEmail { email } => Some(json!({"email": email})),
            Self::Deactivate { .. } => None,
            Self::Place { customer_id, lines } => {
                let lines: Vec<Value> = lines.iter().map(Line::body).collect();
                Some(json!({"currency": "USD", "lines": lines, "customer_id": customer_id}))
            }
            Self::Change { step, .. } => match step {
                Step::AddLine(line) => Some(line.body()),
                Step::ChangeQuantity { quantity, .. } => Some(json!({"quantity": quantity})),
                Step::Confirm => Some(json!({"shipping_address": address()})),
                Step::Cancel { reason } => Some(json!({"reason": reason})),
                Step::Ship { tracking_number } => {
                    Some(json!({"carrier": CARRIER, "tracking_number": tracking_number}))
                }
                Step::RemoveLine { .. } | Step::Deliver => None,
            },
        }
    }
}
