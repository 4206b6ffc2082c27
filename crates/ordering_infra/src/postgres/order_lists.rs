//! Lists of orders. The owner is a condition of the `WHERE` clause; pages use keysets.

use diesel::{ExpressionMethods, IntoSql, QueryDsl, pg::Pg, sql_types::Record};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ordering_app::{OrderPosition, OrdersWanted, VisibleTo};
use shared_kernel::PageRequest;
use storage::{
    ReadError,
    columns::{RowId, row_time},
};

use super::whole_orders::{WholeColumns, WholeRow, whole, whole_orders};
use crate::{order_rows::WholeOrder, schema::orders};

/// The orders of a page with their lines.
pub(super) async fn read(
    wanted: OrdersWanted,
    page: PageRequest<OrderPosition>,
    visible_to: VisibleTo,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<WholeOrder>, ReadError> {
    let orders = orders_on(wanted, page, visible_to)
        .load::<WholeRow>(&mut connection)
        .await?;
    Ok(orders.into_iter().map(whole).collect())
}

/// The orders of a page, and one more if there is one: then another page follows.
fn orders_on(
    wanted: OrdersWanted,
    page: PageRequest<OrderPosition>,
    visible_to: VisibleTo,
) -> orders::BoxedQuery<'static, Pg, WholeColumns> {
    let mut query = whole_orders()
        .order((orders::placed_at.desc(), orders::id.desc()))
        .limit(i64::from(page.limit) + 1)
        .into_boxed();
    if let VisibleTo::Customer(customer_id) = visible_to {
        query = query.filter(orders::customer_id.eq(RowId(customer_id.uuid())));
    }
    if let Some(customer_id) = wanted.customer_id {
        query = query.filter(orders::customer_id.eq(RowId(customer_id.uuid())));
    }
    if let Some(status) = wanted.status {
        query = query.filter(orders::status.eq(status.name()));
    }
    if let Some(reference) = wanted.reference {
        query = query.filter(orders::reference.eq(reference.to_string()));
    }
    if let Some(after) = page.after {
        let place = (row_time(after.placed_at), RowId(after.order_id.uuid()));
        // Compared as a row value, the pair is found in the index, which has both columns.
        let own = (orders::placed_at, orders::id).into_sql::<Record<_>>();
        query = query.filter(own.lt(place));
    }
    query
}
