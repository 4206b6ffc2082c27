//! The tables `stock_items` and `ledger_entries`.

use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Nullable},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use shared_kernel::{PageRequest, ProductId, Version};
use storage::{
    ReadError, RowWrite,
    columns::{Id, RowId},
    postgres::BatchStatement,
};

use crate::schema::{ledger_entries, stock_items};
use crate::{
    changes::StockChange,
    drift,
    stock_rows::{DriftRow, LedgerRow, StockRow},
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

/// The stock items of a page.
pub(super) async fn items_on(
    page: PageRequest<ProductId>,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<StockRow>, ReadError> {
    let mut query = stock_items::table
        .order(stock_items::product_id)
        .limit(i64::from(page.limit) + 1)
        .into_boxed();
    if let Some(after) = page.after {
        query = query.filter(stock_items::product_id.gt(RowId(after.uuid())));
    }
    Ok(query.load(&mut connection).await?)
}

/// The entries of a page of a product's ledger.
pub(super) async fn ledger(
    product_id: ProductId,
    page: PageRequest<Version>,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<LedgerRow>, ReadError> {
    let mut query = ledger_entries::table
        .filter(ledger_entries::product_id.eq(RowId(product_id.uuid())))
        .order(ledger_entries::version.desc())
        .limit(i64::from(page.limit) + 1)
        .into_boxed();
    if let Some(after) = page.after {
        query = query.filter(ledger_entries::version.lt(i64::from(after.number())));
    }
    Ok(query.load(&mut connection).await?)
}

#[derive(QueryableByName)]
struct Drifted {
    #[diesel(sql_type = Id)]
    product_id: RowId,
    #[diesel(sql_type = Nullable<BigInt>)]
    on_hand: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reserved: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = BigInt)]
    ledger: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
}

/// Stock that does not agree with its ledger or its reservations.
pub(super) async fn drifted(
    limit: u32,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<DriftRow>, ReadError> {
    let rows: Vec<Drifted> = sql_query(drift::drifted(limit)).load(&mut connection).await?;
    let drifts = rows.into_iter().map(|row| DriftRow {
        product_id: row.product_id,
        on_hand: row.on_hand,
        reserved: row.reserved,
        version: row.version,
        ledger: row.ledger,
        held: row.held,
    });
    Ok(drifts.collect())
}
