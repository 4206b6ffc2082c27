//! Ordering on SQLite.

mod columns;
mod customer_table;
mod order_tables;
mod queries;
mod schema;
mod unit_of_work;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::SqliteConnection;
use message_bus::{CommandLog, CommandMeta, Recorded, Replay, Unavailable};
use ordering_app::{OrderingUnitOfWork, OrderingUnits};
use shared_kernel::IdGenerator;
use storage::sqlite::{RowError, SqliteContext, SqliteRows};

use self::unit_of_work::SqliteUnitOfWork;
use crate::OrderingRows;

/// Orders and customers in a SQLite file. Clones share it.
#[derive(Clone)]
pub struct SqliteOrdering {
    context: SqliteContext<OrderingRows>,
    ids: Arc<dyn IdGenerator>,
}

impl SqliteOrdering {
    /// The adapter over an open context; `ids` names the events.
    pub fn new(context: SqliteContext<OrderingRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { context, ids }
    }
}

#[async_trait]
impl CommandLog for SqliteOrdering {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

impl OrderingUnits for SqliteOrdering {
    fn begin(&self, meta: CommandMeta) -> Box<dyn OrderingUnitOfWork> {
        Box::new(SqliteUnitOfWork::new(self.clone(), meta))
    }
}

impl SqliteRows for OrderingRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        for order in &self.orders {
            order_tables::write(order, connection)?;
        }
        for customer in &self.customers {
            customer_table::write(customer, connection)?;
        }
        Ok(())
    }
}
