//! Orders with their lines, in one statement: two statements would each see another state of the database.

use diesel::{
    Expression, QueryDsl, QueryResult, Table,
    dsl::Select,
    expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Record, Text},
};
use storage::columns::{Id, RowId};

use crate::order_rows::{OrderLineRow, OrderRow, WholeOrder};
use crate::schema::orders;

/// An order's lines as one array, so that the order itself is sent once. Diesel's own `sql` would be prepared anew each time.
#[derive(Clone, Copy, Debug, QueryId)]
pub(super) struct Lines;

/// Position, line, product, its name, quantity, price, kind, whether it asks for stock.
type LineColumns = Record<(BigInt, Id, Id, Text, BigInt, BigInt, Text, Bool)>;
type Line = (i64, RowId, RowId, String, i64, i64, String, bool);

/// What a query for whole orders gives.
pub(super) type WholeColumns = (orders::SqlType, Array<LineColumns>);
/// The same as values.
pub(super) type WholeRow = (OrderRow, Vec<Line>);

/// All orders, whole.
pub(super) fn whole_orders() -> Select<orders::table, (<orders::table as Table>::AllColumns, Lines)> {
    orders::table.select((orders::all_columns, Lines))
}

/// The rows of an order and its lines.
pub(super) fn whole((order, lines): WholeRow) -> WholeOrder {
    let lines = lines
        .into_iter()
        .map(
            |(position, line_id, product_id, product_name, quantity, unit_price, kind, asks_for_stock)| {
                OrderLineRow {
                    order_id: order.id,
                    position,
                    line_id,
                    product_id,
                    product_name,
                    quantity,
                    unit_price,
                    kind,
                    asks_for_stock,
                }
            },
        )
        .collect();
    WholeOrder { order, lines }
}

impl Expression for Lines {
    type SqlType = Array<LineColumns>;
}

impl ValidGrouping<()> for Lines {
    type IsAggregate = is_aggregate::Never;
}

impl AppearsOnTable<orders::table> for Lines {}
impl SelectableExpression<orders::table> for Lines {}

impl QueryFragment<Pg> for Lines {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "ARRAY(SELECT ROW(position, line_id, product_id, product_name, quantity, unit_price, kind, asks_for_stock) \
             FROM order_lines WHERE order_lines.order_id = orders.id ORDER BY position)",
        );
        Ok(())
    }
}
