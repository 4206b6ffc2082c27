//! Which orders are whose, as one condition over many pairs.

use diesel::{
    Expression, QueryResult,
    expression::{AppearsOnTable, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, Bool},
};
use shared_kernel::{CustomerId, OrderId};
use storage::columns::{Id, RowId};

use super::orders;

/// The order is one of these and belongs to the customer of the same pair.
#[derive(Debug, QueryId)]
pub(super) struct OwnedBy {
    orders: Vec<RowId>,
    customers: Vec<RowId>,
}

impl OwnedBy {
    pub(super) fn these(pairs: &[(OrderId, CustomerId)]) -> Self {
        Self {
            orders: pairs.iter().map(|(order, _)| RowId(order.uuid())).collect(),
            customers: pairs.iter().map(|(_, customer)| RowId(customer.uuid())).collect(),
        }
    }
}

impl Expression for OwnedBy {
    type SqlType = Bool;
}

impl ValidGrouping<()> for OwnedBy {
    type IsAggregate = is_aggregate::Never;
}

impl AppearsOnTable<orders::table> for OwnedBy {}

impl QueryFragment<Pg> for OwnedBy {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(orders.id, orders.customer_id) IN (SELECT * FROM unnest(");
        out.push_bind_param::<Array<Id>, _>(&self.orders)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Id>, _>(&self.customers)?;
        out.push_sql("))");
        Ok(())
    }
}
