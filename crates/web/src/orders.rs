//! Orders: placing and reading them, and the steps of their life.

use ordering_app::{
    AddressGiven, CancelOrder, ConfirmOrder, DeliverOrder, OrderFilter, OrderPosition, OrderView, PlaceOrder,
    ShipOrder,
};
use shared_kernel::{OrderId, PageRequest, Role};

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body::{self, Fields},
    cursors::Place,
    idempotency::{CarriedOut, carry_out},
    order_lines, paging, parameters,
    preferences::Wait,
    problem::Problem,
    request::Request,
};

/// POST /orders
pub(crate) async fn place(mut request: Request, caller: Caller) -> Handled {
    let command = request.json(order_to_place).await?;
    let placed = carry_out(&request, request.ordering(), command, caller.actor()).await?;
    placed.answer(|order| Answer::created(order, order.version, format!("/api/v1/orders/{}", order.id)))
}

fn order_to_place(fields: &mut Fields<'_>) -> Option<PlaceOrder> {
    let currency = fields.required("currency", body::currency);
    let lines = fields.objects("lines", order_lines::line_to_order);
    let customer_id = fields.optional("customer_id", body::identifier);
    Some(PlaceOrder {
        currency: currency?,
        lines: lines?,
        customer_id: customer_id?,
    })
}

/// GET /orders
pub(crate) async fn list(request: Request, caller: Caller) -> Handled {
    let (filter, page) = request.query(|parameters| {
        let status = parameters.optional("status", parameters::text);
        let reference = parameters.optional("reference", parameters::text);
        let customer_id = parameters.optional("customer_id", body::parse_identifier);
        let page = paging::page_request(parameters, &request);
        let filter = OrderFilter {
            status: status?,
            reference: reference?,
            customer_id: customer_id?,
        };
        Some((filter, page?))
    })?;
    if filter.customer_id.is_some() {
        caller.must_be(Role::Staff)?;
    }
    let (limit, after) = page;
    let page = PageRequest {
        limit,
        after: after.map(|place| OrderPosition {
            placed_at: place.time,
            order_id: OrderId::new(place.id),
        }),
    };
    let page = request.ordering().orders(filter, page, &caller.actor()).await?;
    let next = page.next.map(|next| Place {
        time: next.placed_at,
        name: String::new(),
        id: next.order_id.uuid(),
    });
    paging::answer(&request, &paging::page(&request, page.data, next))
}

/// GET /orders/{order_id}
pub(crate) async fn one(request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    answer(&request.ordering().order(order_id, &caller.actor()).await?)
}

/// POST /orders/{order_id}/confirm
pub(crate) async fn confirm(mut request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    let shipping_address = request
        .json(|fields| fields.object("shipping_address", address))
        .await?;
    let command = ConfirmOrder {
        order_id,
        shipping_address,
    };
    let confirmed = carry_out(&request, request.ordering(), command, caller.actor()).await?;
    match Wait::asked_by(request.http()) {
        None => confirmed.answer(answer),
        Some(wait) => settled(&request, &caller, confirmed, wait).await,
    }
}

/// 200 with the order as soon as inventory has spoken; 202 when it has not in time. A repetition waits again, and so may differ from
/// the first answer.
async fn settled(
    request: &Request,
    caller: &Caller,
    confirmed: CarriedOut<OrderView>,
    wait: Wait,
) -> Handled {
    let (order_id, actor) = (confirmed.view.id, caller.actor());
    let ordering = request.ordering();
    // It is confirmed, whatever comes of the waiting.
    let order = match ordering.settled_order(order_id, &actor, wait.patience()).await {
        Ok(order) => order,
        Err(error) => {
            tracing::warn!(%order_id, %error, "nobody could wait for an order's stock");
            confirmed.view.clone()
        }
    };
    let answer = confirmed.answer(|_| answer(&order))?;
    let answer = if order.is_settled() {
        answer
    } else {
        answer.accepted()
    };
    Ok(wait.applied_to(answer))
}

fn address(fields: &mut Fields<'_>) -> Option<AddressGiven> {
    let street = fields.required("street", body::text);
    let city = fields.required("city", body::text);
    let state = fields.required("state", body::text);
    let postal_code = fields.required("postal_code", body::text);
    let country = fields.required("country", body::text);
    Some(AddressGiven {
        street: street?,
        city: city?,
        state: state?,
        postal_code: postal_code?,
        country: country?,
    })
}

/// POST /orders/{order_id}/cancel
pub(crate) async fn cancel(mut request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    let reason = request
        .json_or_nothing(|fields| fields.optional("reason", body::text))
        .await?;
    let command = CancelOrder { order_id, reason };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

/// POST /orders/{order_id}/ship
pub(crate) async fn ship(mut request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    let command = request
        .json(|fields| {
            let carrier = fields.required("carrier", body::text);
            let tracking_number = fields.required("tracking_number", body::text);
            Some(ShipOrder {
                order_id,
                carrier: carrier?,
                tracking_number: tracking_number?,
            })
        })
        .await?;
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

/// POST /orders/{order_id}/deliver
pub(crate) async fn deliver(mut request: Request, caller: Caller) -> Handled {
    let order_id = order_id(&request)?;
    request.no_fields().await?;
    let command = DeliverOrder { order_id };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

/// The order that the path names.
pub(crate) fn order_id(request: &Request) -> Result<OrderId, Problem> {
    request.path_id("order_id", "order")
}

/// 200 with an order.
pub(crate) fn answer(order: &OrderView) -> Handled {
    Answer::one(order, order.version)
}
