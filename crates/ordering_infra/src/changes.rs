//! What one command changes, as rows: computed before the database is asked, so that only what is different
//! is written.

use message_bus::Unavailable;
use ordering_app::store::{self, OrderingChanges, StoredLine};
use ordering_domain::{Customer, Order};
use shared_kernel::AggregateRoot;
use storage::{AggregateTable, ContextRows, RowWrite};

use crate::{
    customer_row::CustomerRow,
    order_rows::{OrderLineRow, OrderRow},
    price_row::PriceRow,
};

/// The rows of one write set.
#[derive(Clone, Debug, Default)]
pub struct OrderingRows {
    pub(crate) orders: Vec<OrderChange>,
    pub(crate) customers: Vec<CustomerChange>,
    pub(crate) prices: Vec<PriceRow>,
}

impl ContextRows for OrderingRows {
    const AGGREGATES: &'static [AggregateTable] = &[
        AggregateTable {
            aggregate_type: "order",
            table: "orders",
        },
        AggregateTable {
            aggregate_type: "customer",
            table: "customers",
        },
    ];
}

/// The change of an order's row and of its lines' rows.
#[derive(Clone, Debug)]
pub(crate) struct OrderChange {
    pub(crate) row: OrderRow,
    pub(crate) write: RowWrite,
    pub(crate) lines: Vec<LineChange>,
}

/// The change of a customer's row.
#[derive(Clone, Debug)]
pub(crate) struct CustomerChange {
    pub(crate) row: CustomerRow,
    pub(crate) write: RowWrite,
}

/// The change of a line's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LineChange {
    Insert(OrderLineRow),
    Update(OrderLineRow),
    Delete(OrderLineRow),
}

impl OrderingRows {
    /// The rows of what one command changes.
    pub(crate) fn of(changes: OrderingChanges) -> Result<Self, Unavailable> {
        let orders = changes.orders.iter().map(OrderChange::of);
        Ok(Self {
            orders: orders.collect::<Result<_, _>>()?,
            customers: changes.customers.iter().map(CustomerChange::of).collect(),
            prices: changes.prices.iter().map(Into::into).collect(),
        })
    }
}

impl OrderChange {
    /// The change from the lines that were loaded to the order as it is now.
    pub(crate) fn of(change: &store::OrderChange) -> Result<Self, Unavailable> {
        let order = &change.order;
        Ok(Self {
            row: OrderRow::of(order)?,
            write: RowWrite::since(order.changes().loaded_version()),
            lines: line_changes(order, &change.stored_lines),
        })
    }
}

impl CustomerChange {
    /// The change to the customer as they are now.
    pub(crate) fn of(customer: &Customer) -> Self {
        Self {
            row: CustomerRow::of(customer),
            write: RowWrite::since(customer.changes().loaded_version()),
        }
    }
}

fn line_changes(order: &Order, stored: &[StoredLine]) -> Vec<LineChange> {
    let mut changes = Vec::new();
    let mut free = stored.iter().map(|before| before.position + 1).max().unwrap_or(0);
    let lines = &order.record().lines;
    for line in lines {
        match stored.iter().find(|before| before.line.id == line.id) {
            Some(before) if before.line == *line => {}
            Some(before) => {
                let row = OrderLineRow::of(order.id(), before.position, line);
                changes.push(LineChange::Update(row));
            }
            None => {
                changes.push(LineChange::Insert(OrderLineRow::of(order.id(), free, line)));
                free += 1;
            }
        }
    }
    for gone in stored {
        if !lines.iter().any(|line| line.id == gone.line.id) {
            let row = OrderLineRow::of(order.id(), gone.position, &gone.line);
            changes.push(LineChange::Delete(row));
        }
    }
    changes
}

#[cfg(test)]
mod tests;
