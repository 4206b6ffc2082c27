//! The table `price_list`.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use shared_kernel::ProductId;
use storage::{ReadError, columns::RowId, postgres::BatchStatement};

use crate::price_row::PriceRow;
use crate::schema::price_list;

/// Writes the entries of a batch, each in place of an older one. A batch has no product twice.
pub(super) async fn write(rows: &[&PriceRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO price_list (product_id, name, price, currency, status) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.product_id))
    .texts(rows.iter().map(|row| row.name.clone()))
    .numbers(rows.iter().map(|row| row.price))
    .texts(rows.iter().map(|row| row.currency.clone()))
    .texts(rows.iter().map(|row| row.status.clone()))
    .then(
        ") ORDER BY 1 ON CONFLICT (product_id) DO UPDATE SET name = excluded.name, price = excluded.price, \
             currency = excluded.currency, status = excluded.status",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The entries of these products.
pub(super) async fn read(
    ids: &[ProductId],
    mut connection: &AsyncPgConnection,
) -> Result<HashMap<ProductId, PriceRow>, ReadError> {
    let ids: Vec<RowId> = ids.iter().map(|id| RowId(id.uuid())).collect();
    let rows: Vec<PriceRow> = price_list::table
        .filter(price_list::product_id.eq_any(ids))
        .load(&mut connection)
        .await?;
    let found = rows
        .into_iter()
        .map(|row| (ProductId::new(row.product_id.0), row));
    Ok(found.collect())
}
