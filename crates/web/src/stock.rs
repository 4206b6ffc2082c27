//! Stock: the units of each product, and every change of them, for staff.

use inventory_app::{
    AdjustStock, AdjustmentView, CountStock, LedgerEntryView, ReservationView, StockItemView, limits,
};
use schema::Body;
use shared_kernel::{PageRequest, ProductId, ReservationId, Version};

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body, codes,
    cursors::CursorPosition,
    endpoint::{Endpoint, GET, POST, staff},
    idempotency::carry_out,
    orders::TEXT_RULES,
    paging::{self, List},
    parameters,
    problem::Problem,
    request::Request,
};

pub(crate) fn list_stock() -> Endpoint {
    staff(GET, "/api/v1/stock", list)
        .named("listStock", "List stock")
        .saying("Every product that was ever listed, in the order of the ids.")
        .paged("StockItemList", "A page of stock.")
        .answering("A page of stock.")
}

async fn list(request: Request, _: Caller) -> Handled<List<StockItemView>> {
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, &request))?;
    let page = PageRequest {
        limit,
        after: after.map(|position| ProductId::new(position.id)),
    };
    let page = request.inventory().stock(page).await?;
    let next = page.next.map(|next| CursorPosition::by_id(next.uuid()));
    paging::answer(&request, &paging::page(&request, page.data, next))
}

pub(crate) fn get_stock() -> Endpoint {
    staff(GET, "/api/v1/stock/{product_id}", one)
        .named("getStock", "A product's stock")
        .answering("The stock.")
        .versioned()
        .refusing(&[codes::STOCK_ITEM_NOT_FOUND])
}

async fn one(request: Request, _: Caller) -> Handled<StockItemView> {
    let product_id = product_id(&request)?;
    answer(&request.inventory().stock_item(product_id).await?)
}

pub(crate) fn get_ledger() -> Endpoint {
    staff(GET, "/api/v1/stock/{product_id}/ledger", ledger)
        .named("getLedger", "A product's ledger")
        .saying("Every change of what is on hand, newest first. Their sum is what is on hand.")
        .paged("LedgerEntryList", "A page of a ledger.")
        .answering("A page of the ledger.")
        .refusing(&[codes::STOCK_ITEM_NOT_FOUND])
}

async fn ledger(request: Request, _: Caller) -> Handled<List<LedgerEntryView>> {
    let product_id = product_id(&request)?;
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, &request))?;
    let page = PageRequest {
        limit,
        // The ledger is sorted by the versions that its entries led to.
        after: after
            .and_then(|position| position.name.parse().ok())
            .map(Version::new),
    };
    let page = request.inventory().ledger(product_id, page).await?;
    let next = page.next.map(|next| CursorPosition {
        name: next.to_string(),
        ..CursorPosition::by_id(product_id.uuid())
    });
    paging::answer(&request, &paging::page(&request, page.data, next))
}

pub(crate) fn adjust_stock() -> Endpoint {
    staff(POST, "/api/v1/stock/{product_id}/adjustments", adjust)
        .named("adjustStock", "Adjust what is on hand")
        .saying("Units come in, or go missing. What is reserved for orders cannot be taken away.")
        .taking::<Adjustment>()
        .creating("The entry on the ledger, and the stock after it.")
        .depending_on_version()
        .repeatable()
        .refusing(&[codes::STOCK_ITEM_NOT_FOUND, codes::STOCK_CHANGED_MEANWHILE])
        .refusing(&[
            codes::ADJUSTMENT_WITHOUT_CHANGE,
            codes::INSUFFICIENT_STOCK,
            codes::ON_HAND_LIMIT,
        ])
        .refusing(TEXT_RULES)
}

/// Units more or fewer.
#[derive(Body)]
#[schema(example({"delta": 100, "reason": "delivery of May", "expected_on_hand": 0}))]
struct Adjustment {
    /// Units more; fewer, when negative. Never 0.
    #[schema(minimum = -i64::from(limits::ON_HAND), maximum = limits::ON_HAND)]
    delta: i64,
    /// Why, in 1 to 200 characters.
    #[schema(min_length = 1, max_length = limits::REASON)]
    reason: String,
    /// What is on hand, as the caller believes; refused when it is not.
    #[schema(maximum = u32::MAX)]
    expected_on_hand: Option<u32>,
}

async fn adjust(mut request: Request, caller: Caller) -> Handled<AdjustmentView> {
    let product_id = product_id(&request)?;
    let adjustment: Adjustment = request.json().await?;
    let command = AdjustStock {
        product_id,
        delta: adjustment.delta,
        reason: adjustment.reason,
        expected_on_hand: adjustment.expected_on_hand,
    };
    carry_out(&request, request.inventory(), command, caller.actor())
        .await?
        .answer(adjusted)
}

/// 201, with the URL of the entry.
fn adjusted(adjustment: &AdjustmentView) -> Handled<AdjustmentView> {
    let ledger = format!("/api/v1/stock/{}/ledger", adjustment.stock.product_id);
    Answer::created(adjustment, adjustment.stock.version, &ledger)
}

pub(crate) fn count_stock() -> Endpoint {
    staff(POST, "/api/v1/stock/{product_id}/counts", count)
        .named("countStock", "Tell what was counted")
        .saying(
            "Sets what is on hand, if that is still what was expected. The difference stands on the ledger.",
        )
        .taking::<Count>()
        .answering("The stock, as counted.")
        .versioned()
        .repeatable()
        .refusing(&[codes::STOCK_ITEM_NOT_FOUND, codes::STOCK_CHANGED_MEANWHILE])
        .refusing(&[codes::INSUFFICIENT_STOCK, codes::ON_HAND_LIMIT])
}

/// What was counted.
#[derive(Body)]
#[schema(example({"counted": 98, "expected_on_hand": 100}))]
struct Count {
    /// Units that there are.
    #[schema(maximum = limits::ON_HAND)]
    counted: u32,
    /// What is on hand by the books, as the caller was told; refused when that has changed since.
    #[schema(maximum = u32::MAX)]
    expected_on_hand: u32,
}

async fn count(mut request: Request, caller: Caller) -> Handled<StockItemView> {
    let product_id = product_id(&request)?;
    let Count {
        counted,
        expected_on_hand,
    } = request.json().await?;
    let command = CountStock {
        product_id,
        counted,
        expected_on_hand,
    };
    carry_out(&request, request.inventory(), command, caller.actor())
        .await?
        .answer(answer)
}

pub(crate) fn list_reservations() -> Endpoint {
    staff(GET, "/api/v1/reservations", reservations)
        .named("listReservations", "List reservations")
        .saying("Newest first.")
        .asking("order_id", "Only that of this order.", parameters::id_schema)
        .paged("ReservationList", "A page of reservations.")
        .answering("A page of reservations.")
}

async fn reservations(request: Request, _: Caller) -> Handled<List<ReservationView>> {
    let (order_id, page) = request.query(|parameters| {
        let order_id = parameters.optional("order_id", body::parse_identifier);
        let page = paging::page_request(parameters, &request);
        Some((order_id?, page?))
    })?;
    let (limit, after) = page;
    let page = PageRequest {
        limit,
        after: after.map(|position| ReservationId::new(position.id)),
    };
    let page = request.inventory().reservations(order_id, page).await?;
    let next = page.next.map(|next| CursorPosition::by_id(next.uuid()));
    paging::answer(&request, &paging::page(&request, page.data, next))
}

fn product_id(request: &Request) -> Result<ProductId, Problem> {
    request.path_id("product_id", "stock_item")
}

/// 200 with a product's stock.
fn answer(item: &StockItemView) -> Handled<StockItemView> {
    Answer::one(item, item.version)
}
