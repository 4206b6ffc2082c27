//! The lines of an order that is still pending.

use message_bus::Handles;
use ordering_app::{AddLine, ChangeQuantity, LineToOrder, RemoveLine};
use shared_kernel::OrderLineId;

use crate::{
    answer::Handled,
    authentication::Caller,
    body::{self, Fields},
    idempotency::carry_out,
    orders::{answer, order_id},
    problem::Problem,
    request::Request,
};

/// A line as callers write it. Name and price come from the price list; a price that is given is the one that the caller expects. Stock is
/// asked for it unless it says not to.
pub(crate) fn line_to_order(fields: &mut Fields<'_>) -> Option<LineToOrder> {
    let product_id = fields.required("product_id", body::identifier);
    let product_name = fields.optional("product_name", body::text);
    let quantity = fields.required("quantity", body::quantity);
    let unit_price = fields.optional_object("unit_price", body::money);
    let stock = fields.optional("stock", body::line_stock);
    Some(LineToOrder {
        product_id: product_id?,
        quantity: quantity?,
        product_name: product_name?,
        unit_price: unit_price?,
        stock: stock?.unwrap_or_default(),
    })
}

/// POST /orders/{order_id}/lines
pub(crate) async fn add(mut request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    let line = request.json(line_to_order).await?;
    let command = AddLine { order_id, line };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

/// PATCH /orders/{order_id}/lines/{line_id}
pub(crate) async fn change_quantity(mut request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    let line_id = line_id(&request)?;
    let quantity = request
        .json(|fields| fields.required("quantity", body::quantity))
        .await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeQuantity {
        order_id,
        line_id,
        quantity,
    };
    answer(&request.ordering().send(command, meta).await?)
}

/// DELETE /orders/{order_id}/lines/{line_id}
pub(crate) async fn remove(request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    let line_id = line_id(&request)?;
    let meta = request.meta(caller.actor())?;
    answer(
        &request
            .ordering()
            .send(RemoveLine { order_id, line_id }, meta)
            .await?,
    )
}

fn line_id(request: &Request) -> Result<OrderLineId, Problem> {
    request.path_id("line_id", "order_line")
}
