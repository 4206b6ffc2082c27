//! Reading orders: one, or a list.

use ordering_app::{OrderFilter, OrderPosition, OrderView, names};
use schema::json;
use shared_kernel::{OrderId, PageRequest, Role};

use super::{answer, order_id};
use crate::{
    answer::Handled,
    authentication::Caller,
    body, codes,
    cursors::CursorPosition,
    endpoint::{Endpoint, GET, owner},
    paging::{self, List},
    parameters,
    request::Request,
};

pub(crate) fn list_orders() -> Endpoint {
    owner(GET, "/api/v1/orders", list)
        .named("listOrders", "List orders")
        .saying("The caller's own, newest first; staff see everybody's.")
        .asking("status", "Only those that stand so.", names::order_status)
        .asking(
            "reference",
            "Only the one with this short name, as in `7K3M-9QXD`, in any case.",
            |_| json!({"type": "string", "pattern": "^[0-9A-TV-Za-tv-z]{4}-?[0-9A-TV-Za-tv-z]{4}$"}),
        )
        .asking(
            "customer_id",
            "Only this customer's; for staff.",
            parameters::id_schema,
        )
        .paged("OrderList", "Part of a list of orders, newest first.")
        .answering("A page of orders.")
        .refusing(&[
            codes::INSUFFICIENT_ROLE,
            codes::UNKNOWN_STATUS,
            codes::INVALID_REFERENCE,
        ])
}

async fn list(request: Request, caller: Caller) -> Handled<List<OrderView>> {
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
    let next = page.next.map(|next| CursorPosition {
        time: next.placed_at,
        name: String::new(),
        id: next.order_id.uuid(),
    });
    paging::answer(&request, &paging::page(&request, page.data, next))
}

pub(crate) fn get_order() -> Endpoint {
    owner(GET, "/api/v1/orders/{order_id}", one)
        .named("getOrder", "An order")
        .answering("The order.")
        .versioned()
        .refusing(&[codes::ORDER_NOT_FOUND])
}

async fn one(request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    answer(&request.ordering().order(order_id, &caller.actor()).await?)
}
