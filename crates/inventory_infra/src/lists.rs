//! What is asked of inventory now and then, in one text for both engines. A page asks for one row more than it shows, which says whether another
//! page follows.

use shared_kernel::{OrderId, PageRequest, ProductId, Version};
use storage::{Statement, columns::RowId};
use uuid::Uuid;

use crate::drift;

/// The stock items of a page.
pub(crate) fn stock(page: PageRequest<ProductId>) -> Statement {
    Statement::new("SELECT * FROM stock_items WHERE product_id > $1 ORDER BY product_id LIMIT $2")
        .bind(RowId(page.after.map_or(Uuid::nil(), ProductId::uuid)))
        .bind(i64::from(page.limit) + 1)
}

/// The entries of a page of a product's ledger.
pub(crate) fn ledger(product_id: ProductId, page: PageRequest<Version>) -> Statement {
    let before = page.after.map_or(i64::MAX, |version| version.number().into());
    Statement::new(
        "SELECT * FROM ledger_entries WHERE product_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
    )
    .bind(RowId(product_id.uuid()))
    .bind(before)
    .bind(i64::from(page.limit) + 1)
}

/// The reservations of a page that hold their units. The state stands in the text: SQLite uses a partial index only where the text says
/// what it is about.
pub(crate) fn held(page: PageRequest<OrderId>) -> Statement {
    Statement::new(
        "SELECT * FROM reservations WHERE state = 'held' AND order_id > $1 ORDER BY order_id LIMIT $2",
    )
    .bind(RowId(page.after.map_or(Uuid::nil(), OrderId::uuid)))
    .bind(i64::from(page.limit) + 1)
}

/// Stock that does not agree with its ledger or its reservations.
pub(crate) fn drifted(limit: u32) -> Statement {
    Statement::made(drift::drifted(limit))
}
