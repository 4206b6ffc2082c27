//! The tables `orders` and `order_lines`: writing an order's change, reading an order.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, delete, insert_into,
    update,
};
use ordering_app::VisibleTo;
use shared_kernel::OrderId;
use storage::{ReadError, RowWrite, columns::RowId, sqlite::RowError};

use crate::schema::{order_lines, orders};
use crate::{
    changes::{LineChange, OrderChange},
    order_rows::{OrderLineRow, OrderRow, WholeOrder},
};

/// Writes the changes of an order.
pub(super) fn write(change: &OrderChange, connection: &mut SqliteConnection) -> Result<(), RowError> {
    match change.write {
        RowWrite::Insert => insert_order(&change.row, connection)?,
        RowWrite::Update { loaded_version } => update_order(&change.row, loaded_version, connection)?,
    }
    for line in &change.lines {
        match line {
            LineChange::Insert(row) => insert_line(row, connection)?,
            LineChange::Update(row) => update_line(row, connection)?,
            LineChange::Delete(row) => delete_line(row, connection)?,
        }
    }
    Ok(())
}

fn insert_order(row: &OrderRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(orders::table)
        .values((
            orders::id.eq(row.id),
            orders::reference.eq(&row.reference),
            orders::customer_id.eq(row.customer_id),
            orders::status.eq(&row.status),
            orders::allocation.eq(&row.allocation),
            orders::currency.eq(&row.currency),
            orders::shipping_street.eq(&row.shipping_street),
            orders::shipping_city.eq(&row.shipping_city),
            orders::shipping_state.eq(&row.shipping_state),
            orders::shipping_postal_code.eq(&row.shipping_postal_code),
            orders::shipping_country.eq(&row.shipping_country),
            orders::cancellation_reason.eq(&row.cancellation_reason),
            orders::cancellation_shortages.eq(&row.cancellation_shortages),
            orders::carrier.eq(&row.carrier),
            orders::tracking_number.eq(&row.tracking_number),
            orders::placed_at.eq(row.placed_at),
            orders::updated_at.eq(row.updated_at),
            orders::version.eq(row.version),
            orders::cancellation_code.eq(&row.cancellation_code),
            orders::stock_released_at.eq(row.stock_released_at),
        ))
        .execute(connection)?;
    Ok(())
}

/// Writes the columns that can change, if no other command has changed the order since it was loaded.
fn update_order(
    row: &OrderRow,
    loaded_version: i64,
    connection: &mut SqliteConnection,
) -> Result<(), RowError> {
    let loaded = orders::table
        .filter(orders::id.eq(row.id))
        .filter(orders::version.eq(loaded_version));
    let updated = update(loaded)
        .set((
            orders::status.eq(&row.status),
            orders::allocation.eq(&row.allocation),
            orders::shipping_street.eq(&row.shipping_street),
            orders::shipping_city.eq(&row.shipping_city),
            orders::shipping_state.eq(&row.shipping_state),
            orders::shipping_postal_code.eq(&row.shipping_postal_code),
            orders::shipping_country.eq(&row.shipping_country),
            orders::cancellation_reason.eq(&row.cancellation_reason),
            orders::cancellation_shortages.eq(&row.cancellation_shortages),
            orders::carrier.eq(&row.carrier),
            orders::tracking_number.eq(&row.tracking_number),
            orders::updated_at.eq(row.updated_at),
            orders::version.eq(row.version),
            orders::cancellation_code.eq(&row.cancellation_code),
            orders::stock_released_at.eq(row.stock_released_at),
        ))
        .execute(connection)?;
    match updated {
        0 => Err(RowError::VersionConflict),
        _ => Ok(()),
    }
}

fn insert_line(row: &OrderLineRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(order_lines::table)
        .values((
            order_lines::order_id.eq(row.order_id),
            order_lines::position.eq(row.position),
            order_lines::line_id.eq(row.line_id),
            order_lines::product_id.eq(row.product_id),
            order_lines::product_name.eq(&row.product_name),
            order_lines::quantity.eq(row.quantity),
            order_lines::unit_price.eq(row.unit_price),
            order_lines::kind.eq(&row.kind),
            order_lines::asks_for_stock.eq(row.asks_for_stock),
        ))
        .execute(connection)?;
    Ok(())
}

fn update_line(row: &OrderLineRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    update(order_lines::table.find((row.order_id, row.position)))
        .set((
            order_lines::product_id.eq(row.product_id),
            order_lines::product_name.eq(&row.product_name),
            order_lines::quantity.eq(row.quantity),
            order_lines::unit_price.eq(row.unit_price),
            order_lines::kind.eq(&row.kind),
            order_lines::asks_for_stock.eq(row.asks_for_stock),
        ))
        .execute(connection)?;
    Ok(())
}

fn delete_line(row: &OrderLineRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    delete(order_lines::table.find((row.order_id, row.position))).execute(connection)?;
    Ok(())
}

/// An order and its lines, if it exists and is visible. Two look-ups by key, both prepared once.
pub(super) fn read(
    id: OrderId,
    visible_to: VisibleTo,
    connection: &mut SqliteConnection,
) -> Result<Option<WholeOrder>, ReadError> {
    let id = RowId(id.uuid());
    let order = match visible_to {
        VisibleTo::Everyone => orders::table.find(id).first::<OrderRow>(connection),
        VisibleTo::Customer(customer_id) => orders::table
            .find(id)
            .filter(orders::customer_id.eq(RowId(customer_id.uuid())))
            .first::<OrderRow>(connection),
    };
    let Some(order) = order.optional()? else {
        return Ok(None);
    };
    let lines = order_lines::table
        .filter(order_lines::order_id.eq(id))
        .order(order_lines::position)
        .load::<OrderLineRow>(connection)?;
    Ok(Some(WholeOrder { order, lines }))
}
