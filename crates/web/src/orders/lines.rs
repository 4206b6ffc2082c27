//! The lines of an order that is still pending.

use message_bus::Handles;
use ordering_app::{AddLine, ChangeQuantity, OrderView, RemoveLine};
use schema::Body;
use shared_kernel::{OrderLineId, Quantity};

use super::{SUM_RULES, TEXT_RULES, answer, order_id, placing::LineGiven};
use crate::{
    answer::Handled,
    authentication::Caller,
    codes,
    endpoint::{DELETE, Endpoint, PATCH, POST, owner},
    idempotency::carry_out,
    problem::Problem,
    request::Request,
};

pub(crate) fn add_line() -> Endpoint {
    owner(POST, "/api/v1/orders/{order_id}/lines", add)
        .named("addLine", "Add a line")
        .taking::<LineGiven>()
        .answering("The order, with the line.")
        .versioned()
        .repeatable()
        .refusing(&[codes::ORDER_NOT_FOUND])
        .refusing(&[
            codes::ORDER_NOT_PENDING,
            codes::CUSTOMER_CLOSED,
            codes::PRICE_CHANGED,
        ])
        .refusing(&[
            codes::ORDER_LINE_LIMIT,
            codes::UNKNOWN_PRODUCT,
            codes::LISTED_PRODUCT_ASKS_FOR_STOCK,
        ])
        .refusing(SUM_RULES)
        .refusing(TEXT_RULES)
}

async fn add(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let line = request.json::<LineGiven>().await?.into();
    let command = AddLine { order_id, line };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

pub(crate) fn change_quantity() -> Endpoint {
    owner(PATCH, "/api/v1/orders/{order_id}/lines/{line_id}", change)
        .named("changeQuantity", "Change a line's quantity")
        .saying("More of it is asked for like a new line, at today's price; fewer is not.")
        .taking::<QuantityChange>()
        .answering("The order, with the new quantity.")
        .versioned()
        .refusing(&[codes::ORDER_NOT_FOUND, codes::ORDER_LINE_NOT_FOUND])
        .refusing(&[
            codes::ORDER_NOT_PENDING,
            codes::CUSTOMER_CLOSED,
            codes::PRICE_CHANGED,
        ])
        .refusing(&[codes::UNKNOWN_PRODUCT])
        .refusing(SUM_RULES)
}

/// Another quantity of a line.
#[derive(Body)]
#[schema(example({"quantity": 3}))]
struct QuantityChange {
    quantity: Quantity,
}

async fn change(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let line_id = line_id(&request)?;
    let QuantityChange { quantity } = request.json().await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeQuantity {
        order_id,
        line_id,
        quantity,
    };
    answer(&request.ordering().send(command, meta).await?)
}

pub(crate) fn remove_line() -> Endpoint {
    owner(DELETE, "/api/v1/orders/{order_id}/lines/{line_id}", remove)
        .named("removeLine", "Remove a line")
        .answering("The order, without the line.")
        .versioned()
        .refusing(&[codes::ORDER_NOT_FOUND, codes::ORDER_LINE_NOT_FOUND])
        .refusing(&[codes::ORDER_NOT_PENDING])
}

async fn remove(request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let line_id = line_id(&request)?;
    let meta = request.meta(caller.actor())?;
    let command = RemoveLine { order_id, line_id };
    answer(&request.ordering().send(command, meta).await?)
}

fn line_id(request: &Request) -> Result<OrderLineId, Problem> {
    request.path_id("line_id", "order_line")
}
