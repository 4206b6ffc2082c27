//! The tables `orders` and `order_lines`: writing the orders of a batch, reading an order.

mod lines;
mod owned_by;

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use shared_kernel::{CustomerId, OrderId};
use storage::{ReadError, RowWrite, columns::RowId, postgres::BatchStatement};

use self::owned_by::OwnedBy;
use super::whole_orders::{WholeRow, whole, whole_orders};
use crate::{
    changes::OrderChange,
    order_rows::{OrderRow, WholeOrder},
    schema::orders,
};

/// Writes the changes of the orders of a batch. Returns the places of those that another transaction has changed since they were loaded.
pub(super) async fn write(
    changes: Vec<(usize, &OrderChange)>,
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
        let lines = changes.iter().flat_map(|(_, change)| &change.lines);
        lines::write(lines, connection).await?;
    }
    Ok(stale)
}

async fn insert(rows: &[&OrderRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO orders (id, reference, customer_id, status, allocation, currency, shipping_street, shipping_city, \
         shipping_state, shipping_postal_code, shipping_country, cancellation_reason, cancellation_shortages, carrier, \
         tracking_number, placed_at, updated_at, version, cancellation_code, \
         stock_released_at) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.id))
    .texts(rows.iter().map(|row| row.reference.clone()))
    .ids(rows.iter().map(|row| row.customer_id))
    .texts(rows.iter().map(|row| row.status.clone()))
    .texts(rows.iter().map(|row| row.allocation.clone()))
    .texts(rows.iter().map(|row| row.currency.clone()))
    .optional_texts(rows.iter().map(|row| row.shipping_street.clone()))
    .optional_texts(rows.iter().map(|row| row.shipping_city.clone()))
    .optional_texts(rows.iter().map(|row| row.shipping_state.clone()))
    .optional_texts(rows.iter().map(|row| row.shipping_postal_code.clone()))
    .optional_texts(rows.iter().map(|row| row.shipping_country.clone()))
    .optional_texts(rows.iter().map(|row| row.cancellation_reason.clone()))
    .optional_json(rows.iter().map(|row| row.cancellation_shortages.clone()))
    .optional_texts(rows.iter().map(|row| row.carrier.clone()))
    .optional_texts(rows.iter().map(|row| row.tracking_number.clone()))
    .times(rows.iter().map(|row| row.placed_at))
    .times(rows.iter().map(|row| row.updated_at))
    .numbers(rows.iter().map(|row| row.version))
    .optional_texts(rows.iter().map(|row| row.cancellation_code.clone()))
    .optional_times(rows.iter().map(|row| row.stock_released_at))
    .then(") ORDER BY 1")
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the columns that can change. Locks the orders in the order of their ids, before it writes any.
async fn update(rows: &[(usize, &OrderRow, i64)], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let each = || rows.iter().map(|(_, row, _)| *row);
    BatchStatement::new(
        "UPDATE orders SET status = new.status, allocation = new.allocation, shipping_street = new.shipping_street, \
         shipping_city = new.shipping_city, shipping_state = new.shipping_state, \
         shipping_postal_code = new.shipping_postal_code, shipping_country = new.shipping_country, \
         cancellation_reason = new.cancellation_reason, cancellation_shortages = new.cancellation_shortages, \
         carrier = new.carrier, tracking_number = new.tracking_number, updated_at = new.updated_at, \
         version = new.version, cancellation_code = new.cancellation_code, \
         stock_released_at = new.stock_released_at FROM (SELECT new.* FROM orders JOIN unnest(",
    )
    .ids(each().map(|row| row.id))
    .numbers(rows.iter().map(|(_, _, loaded_version)| *loaded_version))
    .texts(each().map(|row| row.status.clone()))
    .texts(each().map(|row| row.allocation.clone()))
    .optional_texts(each().map(|row| row.shipping_street.clone()))
    .optional_texts(each().map(|row| row.shipping_city.clone()))
    .optional_texts(each().map(|row| row.shipping_state.clone()))
    .optional_texts(each().map(|row| row.shipping_postal_code.clone()))
    .optional_texts(each().map(|row| row.shipping_country.clone()))
    .optional_texts(each().map(|row| row.cancellation_reason.clone()))
    .optional_json(each().map(|row| row.cancellation_shortages.clone()))
    .optional_texts(each().map(|row| row.carrier.clone()))
    .optional_texts(each().map(|row| row.tracking_number.clone()))
    .times(each().map(|row| row.updated_at))
    .numbers(each().map(|row| row.version))
    .optional_texts(each().map(|row| row.cancellation_code.clone()))
    .optional_times(each().map(|row| row.stock_released_at))
    .then(
        ") AS new (id, loaded_version, status, allocation, shipping_street, shipping_city, shipping_state, \
         shipping_postal_code, shipping_country, cancellation_reason, cancellation_shortages, carrier, \
         tracking_number, updated_at, version, cancellation_code, stock_released_at) \
         ON orders.id = new.id AND orders.version = new.loaded_version \
         ORDER BY orders.id FOR NO KEY UPDATE OF orders) AS new \
         WHERE orders.id = new.id AND orders.version = new.loaded_version RETURNING orders.id",
    )
    .stale(rows.iter().map(|(place, row, _)| (*place, row.id)), connection)
    .await
}

/// The orders with these ids, with their lines.
pub(super) async fn read(
    ids: &[OrderId],
    mut connection: &AsyncPgConnection,
) -> Result<HashMap<OrderId, WholeOrder>, ReadError> {
    let ids: Vec<RowId> = ids.iter().map(|id| RowId(id.uuid())).collect();
    let orders: Vec<WholeRow> = whole_orders()
        .filter(orders::id.eq_any(ids))
        .load(&mut connection)
        .await?;
    let whole = orders.into_iter().map(whole);
    Ok(whole
        .map(|whole| (OrderId::new(whole.order.id.0), whole))
        .collect())
}

/// The orders with these ids that belong to these customers, with their lines.
pub(super) async fn read_own(
    wanted: &[(OrderId, CustomerId)],
    mut connection: &AsyncPgConnection,
) -> Result<HashMap<(OrderId, CustomerId), WholeOrder>, ReadError> {
    let orders: Vec<WholeRow> = whole_orders()
        .filter(OwnedBy::these(wanted))
        .load(&mut connection)
        .await?;
    let key = |order: &OrderRow| (OrderId::new(order.id.0), CustomerId::new(order.customer_id.0));
    let whole = orders.into_iter().map(whole);
    Ok(whole.map(|whole| (key(&whole.order), whole)).collect())
}
