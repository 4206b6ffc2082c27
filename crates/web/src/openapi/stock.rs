//! The operations on stock.

use actix_web::http::{Method, StatusCode};
use utoipa::openapi::{SchemaFormat, path::Parameter};

use super::{
    operation::Operation,
    parts::{query, text, whole_number},
    stock_answers::{
        Adjustment, AdjustmentMade, Count, LedgerEntryList, ReservationList, StockItem, StockItemList,
    },
};

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = reading();
    operations.extend(changing());
    operations
}

fn reading() -> Vec<Operation> {
    vec![
        paged(
            Operation::new(Method::GET, "/api/v1/stock", "listStock", "List stock")
                .saying("Every product that was ever listed, in the order of the ids.")
                .answering::<StockItemList>(StatusCode::OK, "A page of stock."),
        ),
        Operation::new(
            Method::GET,
            "/api/v1/stock/{product_id}",
            "getStock",
            "A product's stock",
        )
        .answering::<StockItem>(StatusCode::OK, "The stock.")
        .versioned()
        .finding("stock_item"),
        paged(
            Operation::new(
                Method::GET,
                "/api/v1/stock/{product_id}/ledger",
                "getLedger",
                "A product's ledger",
            )
            .saying("Every change of what is on hand, newest first. Their sum is what is on hand.")
            .answering::<LedgerEntryList>(StatusCode::OK, "A page of the ledger."),
        )
        .finding("stock_item"),
        paged(
            Operation::new(
                Method::GET,
                "/api/v1/reservations",
                "listReservations",
                "List reservations",
            )
            .saying("Newest first.")
            .asking(query(
                "order_id",
                "Only that of this order.",
                text().format(Some(SchemaFormat::Custom("uuid".to_owned()))),
            ))
            .answering::<ReservationList>(StatusCode::OK, "A page of reservations."),
        ),
    ]
}

fn changing() -> Vec<Operation> {
    vec![
        Operation::new(
            Method::POST,
            "/api/v1/stock/{product_id}/adjustments",
            "adjustStock",
            "Adjust what is on hand",
        )
        .saying("Units come in, or go missing. What is reserved for orders cannot be taken away.")
        .taking::<Adjustment>()
        .creating::<AdjustmentMade>("The entry on the ledger, and the stock after it.")
        .depending_on_version()
        .repeatable()
        .finding("stock_item")
        .refusing(409, &["stock_changed_meanwhile"])
        .refusing(
            422,
            &["adjustment_without_change", "insufficient_stock", "on_hand_limit"],
        )
        .refusing(422, &["text_missing", "text_too_long", "text_not_printable"]),
        Operation::new(
            Method::POST,
            "/api/v1/stock/{product_id}/counts",
            "countStock",
            "Tell what was counted",
        )
        .saying(
            "Sets what is on hand, if that is still what was expected. The difference stands on the ledger.",
        )
        .taking::<Count>()
        .answering::<StockItem>(StatusCode::OK, "The stock, as counted.")
        .versioned()
        .repeatable()
        .finding("stock_item")
        .refusing(409, &["stock_changed_meanwhile"])
        .refusing(422, &["insufficient_stock", "on_hand_limit"]),
    ]
}

fn paged(operation: Operation) -> Operation {
    operation
        .asking(limit())
        .asking(query("cursor", "`next_cursor` of the page before.", text()))
        .with_headers(&["Link"])
}

fn limit() -> Parameter {
    query(
        "limit",
        "How many at most.",
        whole_number(1, 100).default(Some(20.into())),
    )
}
