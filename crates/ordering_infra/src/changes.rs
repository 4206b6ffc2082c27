//! What one command changes, as rows: worked out before the database is asked, so that only what is
//! different is written.

use message_bus::Unavailable;
use ordering_domain::{Customer, Order};
use shared_kernel::{AggregateRoot, Version};
use storage::{AggregateTable, ContextRows};

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

/// What becomes of an order's row and those of its lines.
#[derive(Clone, Debug)]
pub(crate) struct OrderChange {
    pub(crate) row: OrderRow,
    pub(crate) write: Write,
    pub(crate) lines: Vec<LineChange>,
}

/// What becomes of a customer's row.
#[derive(Clone, Debug)]
pub(crate) struct CustomerChange {
    pub(crate) row: CustomerRow,
    pub(crate) write: Write,
}

/// Whether a row is new, or which version of it is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Insert,
    Update { loaded_version: i64 },
}

/// What becomes of a line's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LineChange {
    Insert(OrderLineRow),
    Update(OrderLineRow),
    Delete(OrderLineRow),
}

impl Write {
    fn since(loaded: Version) -> Self {
        if loaded == Version::NEVER_STORED {
            Self::Insert
        } else {
            Self::Update {
                loaded_version: i64::from(loaded.number()),
            }
        }
    }
}

impl OrderChange {
    /// The change from the lines that were loaded to the order as it is now.
    pub(crate) fn of(order: &Order, loaded: &[OrderLineRow]) -> Result<Self, Unavailable> {
        Ok(Self {
            row: OrderRow::of(order)?,
            write: Write::since(order.changes().loaded_version()),
            lines: line_changes(order, loaded),
        })
    }
}

impl CustomerChange {
    /// The change to the customer as they are now.
    pub(crate) fn of(customer: &Customer) -> Self {
        Self {
            row: CustomerRow::of(customer),
            write: Write::since(customer.changes().loaded_version()),
        }
    }
}

fn line_changes(order: &Order, loaded: &[OrderLineRow]) -> Vec<LineChange> {
    let mut changes = Vec::new();
    let mut free = loaded.iter().map(|row| row.position + 1).max().unwrap_or(0);
    let mut kept = Vec::with_capacity(loaded.len());
    for line in &order.record().lines {
        match loaded.iter().find(|row| row.line_id.0 == line.id.uuid()) {
            Some(before) => {
                kept.push(before.line_id);
                let after = OrderLineRow::of(order.id(), before.position, line);
                if after != *before {
                    changes.push(LineChange::Update(after));
                }
            }
            None => {
                changes.push(LineChange::Insert(OrderLineRow::of(order.id(), free, line)));
                free += 1;
            }
        }
    }
    let gone = loaded.iter().filter(|row| !kept.contains(&row.line_id));
    changes.extend(gone.cloned().map(LineChange::Delete));
    changes
}

#[cfg(test)]
mod tests;
