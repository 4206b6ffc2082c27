//! Lists of orders. The owner is a condition of the `WHERE` clause; pages use keysets.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection, TextExpressionMethods,
    sqlite::Sqlite,
};
use ordering_app::{OrderPosition, OrdersWanted, VisibleTo};
use shared_kernel::PageRequest;
use storage::{
    ReadError,
    columns::{RowId, row_time},
};

use crate::order_rows::{OrderLineRow, OrderRow, WholeOrder};
use crate::schema::{order_lines, orders};

/// The orders of a page with their lines, by two queries.
pub(super) fn read(
    wanted: OrdersWanted,
    page: PageRequest<OrderPosition>,
    visible_to: VisibleTo,
    connection: &mut SqliteConnection,
) -> Result<Vec<WholeOrder>, ReadError> {
    let orders = orders_on(wanted, page, visible_to).load::<OrderRow>(connection)?;
    let mut lines = lines_of(&orders, connection)?;
    let whole = orders.into_iter().map(|order| {
        let lines = lines.remove(&order.id).unwrap_or_default();
        WholeOrder { order, lines }
    });
    Ok(whole.collect())
}

/// The orders of a page, and one more if there is one: then another page follows.
pub(super) fn orders_on(
    wanted: OrdersWanted,
    page: PageRequest<OrderPosition>,
    visible_to: VisibleTo,
) -> orders::BoxedQuery<'static, Sqlite> {
    let mut query = orders::table
        .order((orders::placed_at.desc(), orders::id.desc()))
        .limit(i64::from(page.limit) + 1)
        .into_boxed();
    let owner = match visible_to {
        VisibleTo::Everyone => None,
        VisibleTo::Customer(customer_id) => Some(customer_id),
    };
    for customer_id in [owner, wanted.customer_id].into_iter().flatten() {
        query = query.filter(orders::customer_id.eq(RowId(customer_id.uuid())));
    }
    if let Some(status) = wanted.status {
        query = if owner.or(wanted.customer_id).is_some() {
            // A customer has few orders, a status has many: with the column in an expression, SQLite cannot choose the wrong index.
            query.filter(orders::status.concat("").eq(status.name()))
        } else {
            query.filter(orders::status.eq(status.name()))
        };
    }
    if let Some(reference) = wanted.reference {
        query = query.filter(orders::reference.eq(reference.to_string()));
    }
    if let Some(after) = page.after {
        let placed_at = row_time(after.placed_at);
        let id = RowId(after.order_id.uuid());
        // With `<=` first, because SQLite uses only that to find the position in the index.
        query = query.filter(
            orders::placed_at
                .le(placed_at)
                .and(orders::placed_at.lt(placed_at).or(orders::id.lt(id))),
        );
    }
    query
}

/// The lines of these orders, each order's in the order of their positions, by one query.
fn lines_of(
    orders: &[OrderRow],
    connection: &mut SqliteConnection,
) -> Result<HashMap<RowId, Vec<OrderLineRow>>, ReadError> {
    let mut lines: HashMap<RowId, Vec<OrderLineRow>> = HashMap::with_capacity(orders.len());
    let ids = orders.iter().map(|order| order.id);
    let rows = order_lines::table
        .filter(order_lines::order_id.eq_any(ids))
        .order((order_lines::order_id, order_lines::position))
        .load::<OrderLineRow>(connection)?;
    for row in rows {
        lines.entry(row.order_id).or_default().push(row);
    }
    Ok(lines)
}
