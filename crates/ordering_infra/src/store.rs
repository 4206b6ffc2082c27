//! What ordering needs of a database, in rows: the part that is written for each engine.

use async_trait::async_trait;
use message_bus::{CommandLog, CommitError, Unavailable};
use ordering_app::{OrdersWanted, PageRequest, VisibleTo};
use shared_kernel::{CustomerId, OrderId, ProductId};
use storage::WriteSet;

use crate::{
    OrderingRows,
    customer_row::CustomerRow,
    order_rows::{OrderLineRow, OrderRow},
    price_row::PriceRow,
};

/// An order's row, and those of its lines in the order of their positions.
pub(crate) type WholeOrder = (OrderRow, Vec<OrderLineRow>);

/// Orders and customers in a database.
#[async_trait]
pub(crate) trait OrderingStore: CommandLog {
    /// An order, if it is there and visible.
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<WholeOrder>, Unavailable>;

    /// The visible orders of a page, and one more if there is one: then another page follows.
    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest,
        visible_to: VisibleTo,
    ) -> Result<Vec<WholeOrder>, Unavailable>;

    /// A customer, if there is one with this id.
    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>, Unavailable>;

    /// A customer, if there is one with this id, and what the price list says of these products.
    async fn customer_and_prices(
        &self,
        id: CustomerId,
        products: &[ProductId],
    ) -> Result<(Option<CustomerRow>, Vec<PriceRow>), Unavailable>;

    /// What the price list says of a product.
    async fn price(&self, id: ProductId) -> Result<Option<PriceRow>, Unavailable>;

    /// Writes what one command changes. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<OrderingRows>) -> Result<(), CommitError>;
}
