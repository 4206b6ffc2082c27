//! Placing an order.

use ordering_app::{LineToOrder, OrderView, PlaceOrder, limits};
use schema::Body;
use shared_kernel::{Currency, CustomerId, LineStock, ProductId, Quantity};

use super::{SUM_RULES, TEXT_RULES};
use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body::{MoneyGiven, NOT_BLANK},
    codes,
    endpoint::{Endpoint, POST, authenticated},
    idempotency::carry_out,
    request::Request,
};

pub(crate) fn place_order() -> Endpoint {
    authenticated(POST, "/api/v1/orders", place)
        .named("placeOrder", "Place an order")
        .taking::<OrderToPlace>()
        .creating("The order, pending.")
        .repeatable()
        .refusing(&[codes::MALFORMED_IF_MATCH, codes::CONFLICT])
        .refusing(&[codes::CUSTOMER_CLOSED, codes::PRICE_CHANGED])
        .refusing(&[
            codes::ORDERING_FOR_SOMEBODY_ELSE,
            codes::ORDER_LINE_LIMIT,
            codes::UNKNOWN_PRODUCT,
            codes::LISTED_PRODUCT_ASKS_FOR_STOCK,
        ])
        .refusing(SUM_RULES)
        .refusing(TEXT_RULES)
}

/// An order to place.
#[derive(Body)]
#[schema(example({
    "currency": "USD",
    "lines": [{
        "product_id": "0197b2c4-0000-7000-8000-00000000beef",
        "quantity": 2,
        "unit_price": {"amount": "19.99", "currency": "USD"},
    }],
}))]
struct OrderToPlace {
    currency: Currency,
    /// An order may be placed without any, and get them before it is confirmed.
    #[schema(max_items = limits::LINES)]
    lines: Vec<LineGiven>,
    /// Whom staff order for. A customer's own id, or nothing, for anybody else.
    customer_id: Option<CustomerId>,
}

/// A line to order. Its name and its price come from the price list.
#[derive(Body)]
#[schema(name = "LineToOrder", example({"product_id": "0197b2c4-0000-7000-8000-0000000000aa", "quantity": 1}))]
pub(super) struct LineGiven {
    product_id: ProductId,
    /// With `unit_price`, from staff, for what is not on the price list; otherwise it does not count. Printable, and not blank.
    #[schema(max_length = limits::PRODUCT_NAME, pattern = NOT_BLANK)]
    product_name: Option<String>,
    quantity: Quantity,
    /// What the caller expects to pay for one: refused if it is not what they would pay.
    unit_price: Option<MoneyGiven>,
    /// Whether inventory has to have stock of it, which it has unless this is `false`. Only a line of staff's own, which goes by its name
    /// and its price, may say so: a shipping fee, a service.
    stock: Option<LineStock>,
}

impl From<LineGiven> for LineToOrder {
    fn from(given: LineGiven) -> Self {
        Self {
            product_id: given.product_id,
            quantity: given.quantity,
            product_name: given.product_name,
            unit_price: given.unit_price.map(|MoneyGiven(price)| price),
            stock: given.stock.unwrap_or_default(),
        }
    }
}

async fn place(mut request: Request, caller: Caller) -> Handled<OrderView> {
    let order: OrderToPlace = request.json().await?;
    let command = PlaceOrder {
        currency: order.currency,
        lines: order.lines.into_iter().map(LineToOrder::from).collect(),
        customer_id: order.customer_id,
    };
    let placed = carry_out(&request, request.ordering(), command, caller.actor()).await?;
    placed.answer(|order| Answer::created(order, order.version, &format!("/api/v1/orders/{}", order.id)))
}
