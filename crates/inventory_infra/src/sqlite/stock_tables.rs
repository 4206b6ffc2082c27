//! The tables `stock_items` and `ledger_entries`.

use std::collections::BTreeSet;

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into, update,
};

use shared_kernel::ProductId;
use storage::{ReadError, RowWrite, columns::RowId, sqlite::RowError};

use crate::schema::{ledger_entries, stock_items};
use crate::{
    changes::StockChange,
    stock_rows::{LedgerRow, StockRow},
};

/// Writes a stock item, if no other command has changed it since it was loaded, and its ledger entry.
pub(super) fn write(change: &StockChange, connection: &mut SqliteConnection) -> Result<(), RowError> {
    match change.write {
        RowWrite::Insert => insert_item(&change.row, connection)?,
        RowWrite::Update { loaded_version } => update_item(&change.row, loaded_version, connection)?,
    }
    for entry in &change.entries {
        insert_entry(entry, connection)?;
    }
    Ok(())
}

fn insert_item(row: &StockRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(stock_items::table)
        .values((
            stock_items::product_id.eq(row.product_id),
            stock_items::on_hand.eq(row.on_hand),
            stock_items::reserved.eq(row.reserved),
            stock_items::version.eq(row.version),
        ))
        .execute(connection)?;
    Ok(())
}

fn update_item(
    row: &StockRow,
    loaded_version: i64,
    connection: &mut SqliteConnection,
) -> Result<(), RowError> {
    let loaded = stock_items::table
        .filter(stock_items::product_id.eq(row.product_id))
        .filter(stock_items::version.eq(loaded_version));
    let updated = update(loaded)
        .set((
            stock_items::on_hand.eq(row.on_hand),
            stock_items::reserved.eq(row.reserved),
            stock_items::version.eq(row.version),
        ))
        .execute(connection)?;
    match updated {
        0 => Err(RowError::VersionConflict),
        _ => Ok(()),
    }
}

fn insert_entry(row: &LedgerRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(ledger_entries::table)
        .values((
            ledger_entries::product_id.eq(row.product_id),
            ledger_entries::version.eq(row.version),
            ledger_entries::delta.eq(row.delta),
            ledger_entries::reason.eq(&row.reason),
            ledger_entries::order_id.eq(row.order_id),
            ledger_entries::actor.eq(&row.actor),
            ledger_entries::recorded_at.eq(row.recorded_at),
        ))
        .execute(connection)?;
    Ok(())
}

/// The stock items of these products: a look-up by key for each, prepared once.
pub(super) fn items_of(
    products: &BTreeSet<ProductId>,
    connection: &mut SqliteConnection,
) -> Result<Vec<StockRow>, ReadError> {
    let mut items = Vec::with_capacity(products.len());
    for product_id in products {
        let item = stock_items::table
            .find(RowId(product_id.uuid()))
            .first::<StockRow>(connection)
            .optional()?;
        items.extend(item);
    }
    Ok(items)
}
