//! The operations on orders and customers.

use actix_web::http::{Method, StatusCode};
use utoipa::openapi::SchemaFormat;

use super::{
    answers::{Customer, Order, OrderList},
    operation::Operation,
    parts::{query, schema_of, text, whole_number},
    requests::{
        Cancellation, Confirmation, LineToOrder, Nothing, OrderToPlace, QuantityChange, ShipmentGiven,
        TierChange,
    },
    story_answers::Timeline,
    values::OrderStatus,
};
use crate::ProblemCode;

/// What a text that people give may be refused with.
pub(super) const TEXT_RULES: [&str; 3] = ["text_missing", "text_too_long", "text_not_printable"];
const SUM_RULES: [&str; 3] = ["order_total_limit", "currency_mismatch", "money_out_of_range"];

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = placing_and_reading();
    operations.extend(lines());
    operations.extend(life());
    operations
}

fn placing_and_reading() -> Vec<Operation> {
    vec![
        Operation::new(Method::POST, "/api/v1/orders", "placeOrder", "Place an order")
            .taking::<OrderToPlace>()
            .creating::<Order>("The order, pending.")
            .repeatable()
            .may_be(ProblemCode::MalformedIfMatch)
            .may_be(ProblemCode::Conflict)
            .refusing(409, &["customer_closed", "price_changed"])
            .refusing(
                422,
                &[
                    "ordering_for_somebody_else",
                    "order_line_limit",
                    "unknown_product",
                    "listed_product_asks_for_stock",
                ],
            )
            .refusing(422, &SUM_RULES)
            .refusing(422, &TEXT_RULES),
        Operation::new(Method::GET, "/api/v1/orders", "listOrders", "List orders")
            .saying("The caller's own, newest first; staff see everybody's.")
            .asking(query(
                "status",
                "Only those that stand so.",
                schema_of::<OrderStatus>(),
            ))
            .asking(query(
                "reference",
                "Only the one with this short name, as in `7K3M-9QXD`, in any case.",
                text().pattern(Some("^[0-9A-TV-Za-tv-z]{4}-?[0-9A-TV-Za-tv-z]{4}$")),
            ))
            .asking(query(
                "customer_id",
                "Only this customer's; for staff.",
                text().format(Some(SchemaFormat::Custom("uuid".to_owned()))),
            ))
            .asking(query(
                "limit",
                "How many at most.",
                whole_number(1, 100).default(Some(20.into())),
            ))
            .asking(query(
                "cursor",
                "`next_cursor` of the page before, with the same filters.",
                text(),
            ))
            .answering::<OrderList>(StatusCode::OK, "A page of orders.")
            .with_headers(&["Link"])
            .may_be(ProblemCode::InsufficientRole)
            .refusing(422, &["unknown_status", "invalid_reference"]),
        Operation::new(Method::GET, "/api/v1/orders/{order_id}", "getOrder", "An order")
            .answering::<Order>(StatusCode::OK, "The order.")
            .versioned()
            .finding("order"),
        Operation::new(
            Method::GET,
            "/api/v1/orders/{order_id}/timeline",
            "getOrderTimeline",
            "An order's story",
        )
        .saying("What happened to the order, what became of each event at its consumers, and what they did about it. Staff are told more.")
        .answering::<Timeline>(StatusCode::OK, "The story, causes before their effects.")
        .finding("order"),
    ]
}

fn lines() -> Vec<Operation> {
    vec![
        Operation::new(
            Method::POST,
            "/api/v1/orders/{order_id}/lines",
            "addLine",
            "Add a line",
        )
        .taking::<LineToOrder>()
        .answering::<Order>(StatusCode::OK, "The order, with the line.")
        .versioned()
        .repeatable()
        .finding("order")
        .refusing(409, &["order_not_pending", "customer_closed", "price_changed"])
        .refusing(
            422,
            &[
                "order_line_limit",
                "unknown_product",
                "listed_product_asks_for_stock",
            ],
        )
        .refusing(422, &SUM_RULES)
        .refusing(422, &TEXT_RULES),
        Operation::new(
            Method::PATCH,
            "/api/v1/orders/{order_id}/lines/{line_id}",
            "changeQuantity",
            "Change a line's quantity",
        )
        .saying("More of it is asked for like a new line, at today's price; fewer is not.")
        .taking::<QuantityChange>()
        .answering::<Order>(StatusCode::OK, "The order, with the new quantity.")
        .versioned()
        .finding("order")
        .finding("order_line")
        .refusing(409, &["order_not_pending", "customer_closed", "price_changed"])
        .refusing(422, &["unknown_product"])
        .refusing(422, &SUM_RULES),
        Operation::new(
            Method::DELETE,
            "/api/v1/orders/{order_id}/lines/{line_id}",
            "removeLine",
            "Remove a line",
        )
        .answering::<Order>(StatusCode::OK, "The order, without the line.")
        .versioned()
        .finding("order")
        .finding("order_line")
        .refusing(409, &["order_not_pending"]),
    ]
}

fn life() -> Vec<Operation> {
    vec![
        Operation::new(
            Method::POST,
            "/api/v1/orders/{order_id}/confirm",
            "confirmOrder",
            "Confirm an order",
        )
        .taking::<Confirmation>()
        .saying(
            "Its lines have to be what could be ordered today: `unknown_product` and `price_changed` tell all that are not in `lines`. \
             Whoever accepts a price removes the line and adds it again. Stock is reserved right after; with `Prefer: wait=N` the answer waits for that. An order without stock is then \
             cancelled with the code `out_of_stock`, and keeps what was short.",
        )
        .answering::<Order>(StatusCode::OK, "The order, confirmed; settled, if that was waited for.")
        .versioned()
        .repeatable()
        .waiting()
        .finding("order")
        .refusing(
            409,
            &[
                "order_already_confirmed",
                "order_without_lines",
                "order_not_pending",
                "customer_closed",
                "price_changed",
            ],
        )
        .refusing(422, &["address_incomplete", "unknown_country", "unknown_product"])
        .refusing(422, &TEXT_RULES),
        Operation::new(
            Method::POST,
            "/api/v1/orders/{order_id}/cancel",
            "cancelOrder",
            "Cancel an order",
        )
        .taking_perhaps::<Cancellation>()
        .answering::<Order>(StatusCode::OK, "The order, cancelled.")
        .versioned()
        .repeatable()
        .finding("order")
        .refusing(409, &["order_already_cancelled", "order_cannot_be_cancelled"])
        .refusing(422, &TEXT_RULES),
        Operation::new(
            Method::POST,
            "/api/v1/orders/{order_id}/ship",
            "shipOrder",
            "Ship an order",
        )
        .taking::<ShipmentGiven>()
        .answering::<Order>(StatusCode::OK, "The order, shipped.")
        .versioned()
        .repeatable()
        .finding("order")
        .refusing(409, &["order_not_confirmed", "stock_not_reserved"])
        .refusing(422, &TEXT_RULES),
        Operation::new(
            Method::POST,
            "/api/v1/orders/{order_id}/deliver",
            "deliverOrder",
            "Mark an order as delivered",
        )
        .taking_perhaps::<Nothing>()
        .answering::<Order>(StatusCode::OK, "The order, delivered.")
        .versioned()
        .repeatable()
        .finding("order")
        .refusing(409, &["order_not_shipped"]),
        Operation::new(
            Method::GET,
            "/api/v1/customers/{customer_id}",
            "getCustomer",
            "A customer",
        )
        .answering::<Customer>(StatusCode::OK, "The customer.")
        .versioned()
        .finding("customer"),
        Operation::new(
            Method::PUT,
            "/api/v1/customers/{customer_id}/tier",
            "changeCustomerTier",
            "Put a customer at a tier",
        )
        .saying("From now on they pay by it. Confirmed orders keep their prices.")
        .taking::<TierChange>()
        .answering::<Customer>(StatusCode::OK, "The customer, at the tier.")
        .versioned()
        .finding("customer")
        .refusing(422, &["unknown_tier"]),
    ]
}
