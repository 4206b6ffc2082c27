//! The steps of an order's life: it is confirmed or cancelled, shipped, delivered.

use message_bus::Handles;
use ordering_app::{
    AddressGiven, CancelOrder, ChangeShippingAddress, ConfirmOrder, DeliverOrder, OrderView, ShipOrder,
    limits,
};
use schema::Body;

use super::{TEXT_RULES, answer, order_id};
use crate::{
    answer::Handled,
    authentication::Caller,
    body::{NOT_BLANK, Nothing, PRINTABLE},
    codes,
    endpoint::{Endpoint, POST, PUT, owner, staff},
    idempotency::{CarriedOut, carry_out},
    preferences::Wait,
    request::Request,
};

pub(crate) fn confirm_order() -> Endpoint {
    owner(POST, "/api/v1/orders/{order_id}/confirm", confirm)
        .named("confirmOrder", "Confirm an order")
        .saying(
            "Its lines have to be what could be ordered today: `unknown_product` and `price_changed` tell all that are not in `lines`. \
             Whoever accepts a price removes the line and adds it again. Stock is reserved right after; with `Prefer: wait=N` the answer waits for that. An order without stock is then \
             cancelled with the code `out_of_stock`, and keeps what was short.",
        )
        .taking::<Confirmation>()
        .answering("The order, confirmed; settled, if that was waited for.")
        .versioned()
        .repeatable()
        .waiting()
        .refusing(&[codes::ORDER_NOT_FOUND])
        .refusing(&[
            codes::ORDER_ALREADY_CONFIRMED,
            codes::ORDER_WITHOUT_LINES,
            codes::ORDER_NOT_PENDING,
            codes::CUSTOMER_CLOSED,
            codes::PRICE_CHANGED,
        ])
        .refusing(&[codes::ADDRESS_INCOMPLETE, codes::UNKNOWN_COUNTRY, codes::UNKNOWN_PRODUCT])
        .refusing(TEXT_RULES)
}

/// What an order is confirmed with.
#[derive(Body)]
#[schema(example({"shipping_address": {
    "street": "1 Main St",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "62701",
    "country": "US",
}}))]
struct Confirmation {
    shipping_address: Address,
}

/// Where an order is to go.
#[derive(Body)]
#[schema(name = "AddressGiven", example({
    "street": "1 Main St",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "62701",
    "country": "US",
}))]
struct Address {
    /// Street and number; may be empty.
    #[schema(max_length = limits::STREET, pattern = PRINTABLE, example = "1 Main St")]
    street: String,
    /// May be empty.
    #[schema(max_length = limits::CITY, pattern = PRINTABLE, example = "Springfield")]
    city: String,
    /// State or region; may be empty.
    #[schema(max_length = limits::STATE, pattern = PRINTABLE, example = "IL")]
    state: String,
    /// Not blank.
    #[schema(max_length = limits::POSTAL_CODE, pattern = NOT_BLANK, example = "62701")]
    postal_code: String,
    /// An officially assigned ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    country: String,
}

impl From<Address> for AddressGiven {
    fn from(address: Address) -> Self {
        Self {
            street: address.street,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
            country: address.country,
        }
    }
}

async fn confirm(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let Confirmation { shipping_address } = request.json().await?;
    let command = ConfirmOrder {
        order_id,
        shipping_address: shipping_address.into(),
    };
    let confirmed = carry_out(&request, request.ordering(), command, caller.actor()).await?;
    match Wait::asked_by(request.http()) {
        None => confirmed.answer(answer),
        Some(wait) => settled(&request, &caller, confirmed, wait).await,
    }
}

/// 200 with the order as soon as inventory has answered; 202 when it has not in time. A repetition waits again, and so may differ
/// from the first answer.
async fn settled(
    request: &Request,
    caller: &Caller,
    confirmed: CarriedOut<OrderView>,
    wait: Wait,
) -> Handled<OrderView> {
    let (order_id, actor) = (confirmed.view.id, caller.actor());
    let ordering = request.ordering();
    // It is confirmed, whatever the result of waiting.
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

pub(crate) fn change_shipping_address() -> Endpoint {
    owner(PUT, "/api/v1/orders/{order_id}/shipping_address", change_address)
        .named("changeShippingAddress", "Change where an order is shipped to")
        .saying("While it is confirmed, and not shipped.")
        .taking::<Address>()
        .answering("The order, with the address.")
        .versioned()
        .refusing(&[codes::ORDER_NOT_FOUND])
        .refusing(&[codes::ADDRESS_NOT_CHANGEABLE])
        .refusing(&[codes::ADDRESS_INCOMPLETE, codes::UNKNOWN_COUNTRY])
        .refusing(TEXT_RULES)
}

async fn change_address(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let shipping_address: Address = request.json().await?;
    let meta = request.meta(caller.actor())?;
    let command = ChangeShippingAddress {
        order_id,
        shipping_address: shipping_address.into(),
    };
    answer(&request.ordering().send(command, meta).await?)
}

pub(crate) fn cancel_order() -> Endpoint {
    owner(POST, "/api/v1/orders/{order_id}/cancel", cancel)
        .named("cancelOrder", "Cancel an order")
        .taking_perhaps::<Cancellation>()
        .answering("The order, cancelled.")
        .versioned()
        .repeatable()
        .refusing(&[codes::ORDER_NOT_FOUND])
        .refusing(&[codes::ORDER_ALREADY_CANCELLED, codes::ORDER_CANNOT_BE_CANCELLED])
        .refusing(TEXT_RULES)
}

/// Why an order is cancelled.
#[derive(Body)]
#[schema(example({"reason": "ordered twice"}))]
struct Cancellation {
    /// Printable, and not blank.
    #[schema(max_length = limits::CANCELLATION_REASON, pattern = NOT_BLANK)]
    reason: Option<String>,
}

async fn cancel(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let Cancellation { reason } = request.json_or_nothing().await?;
    let command = CancelOrder { order_id, reason };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

pub(crate) fn ship_order() -> Endpoint {
    staff(POST, "/api/v1/orders/{order_id}/ship", ship)
        .named("shipOrder", "Ship an order")
        .taking::<ShipmentGiven>()
        .answering("The order, shipped.")
        .versioned()
        .repeatable()
        .refusing(&[codes::ORDER_NOT_FOUND])
        .refusing(&[codes::ORDER_NOT_CONFIRMED, codes::STOCK_NOT_RESERVED])
        .refusing(TEXT_RULES)
}

/// How an order travels.
#[derive(Body)]
#[schema(example({"carrier": "Royal Mail", "tracking_number": "RM123456789GB"}))]
struct ShipmentGiven {
    /// Printable, and not blank.
    #[schema(max_length = limits::CARRIER, pattern = NOT_BLANK)]
    carrier: String,
    /// Printable, and not blank.
    #[schema(max_length = limits::TRACKING_NUMBER, pattern = NOT_BLANK)]
    tracking_number: String,
}

async fn ship(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let shipment: ShipmentGiven = request.json().await?;
    let command = ShipOrder {
        order_id,
        carrier: shipment.carrier,
        tracking_number: shipment.tracking_number,
    };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}

pub(crate) fn deliver_order() -> Endpoint {
    staff(POST, "/api/v1/orders/{order_id}/deliver", deliver)
        .named("deliverOrder", "Mark an order as delivered")
        .taking_perhaps::<Nothing>()
        .answering("The order, delivered.")
        .versioned()
        .repeatable()
        .refusing(&[codes::ORDER_NOT_FOUND])
        .refusing(&[codes::ORDER_NOT_SHIPPED])
}

async fn deliver(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order_id = order_id(&request)?;
    let Nothing {} = request.json_or_nothing().await?;
    let command = DeliverOrder { order_id };
    carry_out(&request, request.ordering(), command, caller.actor())
        .await?
        .answer(answer)
}
