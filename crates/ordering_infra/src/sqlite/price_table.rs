//! The table `price_list`.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into};
use shared_kernel::ProductId;
use storage::{ReadError, columns::RowId, sqlite::RowError};

use crate::price_row::PriceRow;
use crate::schema::price_list;

/// Writes an entry in place of an older one.
pub(super) fn write(row: &PriceRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    let values = (
        price_list::name.eq(&row.name),
        price_list::price.eq(row.price),
        price_list::currency.eq(&row.currency),
        price_list::status.eq(&row.status),
    );
    insert_into(price_list::table)
        .values((price_list::product_id.eq(row.product_id), values))
        .on_conflict(price_list::product_id)
        .do_update()
        .set(values)
        .execute(connection)?;
    Ok(())
}

/// The entries of these products, as far as there are any. A look-up for each, which is prepared once; one for several would be prepared for
/// each number of them.
pub(super) fn read(
    product_ids: &[ProductId],
    connection: &mut SqliteConnection,
) -> Result<Vec<PriceRow>, ReadError> {
    let mut rows = Vec::with_capacity(product_ids.len());
    for id in product_ids {
        let row = price_list::table
            .find(RowId(id.uuid()))
            .first::<PriceRow>(connection)
            .optional()?;
        rows.extend(row);
    }
    Ok(rows)
}
