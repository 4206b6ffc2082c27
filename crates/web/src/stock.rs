//! Stock: what there is of each product, and every change of it, for staff.

use inventory_app::{AdjustStock, AdjustmentView, CountStock, StockItemView};
use shared_kernel::{PageRequest, ProductId, ReservationId, Version};

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body,
    cursors::Place,
    idempotency::carry_out,
    paging,
    problem::Problem,
    request::Request,
};

/// GET /stock
pub(crate) async fn list(request: Request, _: Caller) -> Handled {
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, &request))?;
    let page = PageRequest {
        limit,
        after: after.map(|place| ProductId::new(place.id)),
    };
    let page = request.inventory().stock(page).await?;
    let next = page.next.map(|next| Place::by_id(next.uuid()));
    paging::answer(&request, &paging::page(&request, page.data, next))
}

/// GET /stock/{product_id}
pub(crate) async fn one(request: Request, _: Caller) -> Handled {
    let product_id = product_id(&request)?;
    answer(&request.inventory().stock_item(product_id).await?)
}

/// GET /stock/{product_id}/ledger
pub(crate) async fn ledger(request: Request, _: Caller) -> Handled {
    let product_id = product_id(&request)?;
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, &request))?;
    let page = PageRequest {
        limit,
        // The ledger goes by the versions that its entries led to.
        after: after.and_then(|place| place.name.parse().ok()).map(Version::new),
    };
    let page = request.inventory().ledger(product_id, page).await?;
    let next = page.next.map(|next| Place {
        name: next.to_string(),
        ..Place::by_id(product_id.uuid())
    });
    paging::answer(&request, &paging::page(&request, page.data, next))
}

/// POST /stock/{product_id}/adjustments
pub(crate) async fn adjust(mut request: Request, caller: Caller) -> Handled {
    let product_id = product_id(&request)?;
    let command = request
        .json(|fields| {
            let delta = fields.required("delta", body::whole_number);
            let reason = fields.required("reason", body::text);
            let expected_on_hand = fields.optional("expected_on_hand", body::count);
            Some(AdjustStock {
                product_id,
                delta: delta?,
                reason: reason?,
                expected_on_hand: expected_on_hand?,
            })
        })
        .await?;
    carry_out(&request, request.inventory(), command, caller.actor())
        .await?
        .answer(adjusted)
}

/// 201, with where the entry stands.
fn adjusted(adjustment: &AdjustmentView) -> Handled {
    let ledger = format!("/api/v1/stock/{}/ledger", adjustment.stock.product_id);
    Answer::created(adjustment, adjustment.stock.version, ledger)
}

/// POST /stock/{product_id}/counts
pub(crate) async fn count(mut request: Request, caller: Caller) -> Handled {
    let product_id = product_id(&request)?;
    let command = request
        .json(|fields| {
            let counted = fields.required("counted", body::count);
            let expected_on_hand = fields.required("expected_on_hand", body::count);
            Some(CountStock {
                product_id,
                counted: counted?,
                expected_on_hand: expected_on_hand?,
            })
        })
        .await?;
    carry_out(&request, request.inventory(), command, caller.actor())
        .await?
        .answer(answer)
}

/// GET /reservations
pub(crate) async fn reservations(request: Request, _: Caller) -> Handled {
    let (order_id, page) = request.query(|parameters| {
        let order_id = parameters.optional("order_id", body::parse_identifier);
        let page = paging::page_request(parameters, &request);
        Some((order_id?, page?))
    })?;
    let (limit, after) = page;
    let page = PageRequest {
        limit,
        after: after.map(|place| ReservationId::new(place.id)),
    };
    let page = request.inventory().reservations(order_id, page).await?;
    let next = page.next.map(|next| Place::by_id(next.uuid()));
    paging::answer(&request, &paging::page(&request, page.data, next))
}

fn product_id(request: &Request) -> Result<ProductId, Problem> {
    request.path_id("product_id", "stock_item")
}

/// 200 with a product's stock.
fn answer(item: &StockItemView) -> Handled {
    Answer::one(item, item.version)
}
