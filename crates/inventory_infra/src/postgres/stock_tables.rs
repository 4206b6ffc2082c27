//! The tables `stock_items` and `ledger_entries`.

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use storage::{ReadError, RowWrite, columns::RowId, postgres::BatchStatement};

use crate::schema::stock_items;
use crate::{
    changes::StockChange,
    stock_rows::{LedgerRow, StockRow},
};

/// Writes the stock of a batch and its ledger entries. Returns the places of those that another transaction has changed since they were loaded.
pub(super) async fn write(
    changes: Vec<(usize, &StockChange)>,
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (place, change) in &changes {
        match change.write {
            RowWrite::Insert => new.push(&change.row),
            RowWrite::Update { loaded_version } => changed.push((*place, &change.row, loaded_version)),
        }
    }
    insert(&new, connection).await?;
    let stale = update(&changed, connection).await?;
    if stale.is_empty() {
        let entries: Vec<_> = changes.iter().flat_map(|(_, change)| &change.entries).collect();
        insert_entries(&entries, connection).await?;
    }
    Ok(stale)
}

async fn insert(rows: &[&StockRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO stock_items (product_id, on_hand, reserved, version) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.product_id))
    .numbers(rows.iter().map(|row| row.on_hand))
    .numbers(rows.iter().map(|row| row.reserved))
    .numbers(rows.iter().map(|row| row.version))
    .then(") ORDER BY 1")
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks the stock items in the order of the products, before it writes any: two batches never wait for each other.
async fn update(rows: &[(usize, &StockRow, i64)], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let each = || rows.iter().map(|(_, row, _)| *row);
    BatchStatement::new(
        "UPDATE stock_items SET on_hand = locked.on_hand, reserved = locked.reserved, version = locked.version FROM (
             SELECT new.* FROM stock_items JOIN unnest(",
    )
    .ids(each().map(|row| row.product_id))
    .numbers(rows.iter().map(|(_, _, loaded_version)| *loaded_version))
    .numbers(each().map(|row| row.on_hand))
    .numbers(each().map(|row| row.reserved))
    .numbers(each().map(|row| row.version))
    .then(
        ") AS new (product_id, loaded_version, on_hand, reserved, version)
             ON stock_items.product_id = new.product_id AND stock_items.version = new.loaded_version
             ORDER BY stock_items.product_id FOR NO KEY UPDATE OF stock_items) AS locked
         WHERE stock_items.product_id = locked.product_id AND stock_items.version = locked.loaded_version
         RETURNING stock_items.product_id AS id",
    )
    .stale(rows.iter().map(|(place, row, _)| (*place, row.product_id)), connection)
    .await
}

async fn insert_entries(rows: &[&LedgerRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO ledger_entries (product_id, version, delta, reason, order_id, actor, recorded_at) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.product_id))
    .numbers(rows.iter().map(|row| row.version))
    .numbers(rows.iter().map(|row| row.delta))
    .texts(rows.iter().map(|row| row.reason.clone()))
    .optional_ids(rows.iter().map(|row| row.order_id))
    .optional_texts(rows.iter().map(|row| row.actor.clone()))
    .times(rows.iter().map(|row| row.recorded_at))
    .then(") ORDER BY 1, 2")
    .execute(connection)
    .await?;
    Ok(())
}

/// The stock items of these products.
pub(super) async fn items_of(
    products: Vec<RowId>,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<StockRow>, ReadError> {
    Ok(stock_items::table
        .filter(stock_items::product_id.eq_any(products))
        .load(&mut connection)
        .await?)
}
