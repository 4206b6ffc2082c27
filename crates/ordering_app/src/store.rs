//! What ordering needs of a database: its one port, which `ordering_infra` implements for each engine and `in_memory` for tests.

use async_trait::async_trait;
use message_bus::{Actor, CommandLog, CommitError, NotFound, Unavailable, WriteSet};
use ordering_domain::{
    Customer, CustomerRecord, Order, OrderLine, OrderRecord, OrderReference, OrderStatus, PriceListEntry,
};
use shared_kernel::{CustomerId, OrderId, PageRequest, ProductId, Version};

use crate::OrderPosition;

/// The unique index that refuses a second order with the same reference.
pub const REFERENCE_INDEX: &str = "orders.reference";

/// Orders, customers and the price list in a database.
#[async_trait]
pub trait OrderingStore: CommandLog {
    /// The order with this id, if it exists and is visible.
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<StoredOrder>, Unavailable>;

    /// The orders of a page that match and are visible, newest first, and one more if there is one: then another page follows.
    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest<OrderPosition>,
        visible_to: VisibleTo,
    ) -> Result<Vec<StoredOrder>, Unavailable>;

    /// The customer with this id.
    async fn customer(&self, id: CustomerId) -> Result<Option<StoredCustomer>, Unavailable>;

    /// The customer with this id, and the price list's entries for these products. One query, since every order needs both.
    async fn customer_and_prices(
        &self,
        id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<StoredCustomer>, Vec<PriceListEntry>), Unavailable>;

    /// The price list's entry for this product.
    async fn price(&self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable>;

    /// Writes what one command changes, all of it or nothing. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<OrderingChanges>) -> Result<(), CommitError>;
}

/// An order as it is stored.
#[derive(Clone, Debug)]
pub struct StoredOrder {
    /// Its data.
    pub record: OrderRecord,
    /// Its version.
    pub version: Version,
    /// The position of each of its lines, in the order of the lines. A line that was removed leaves its position empty.
    pub line_positions: Vec<i64>,
}

/// A line of an order as it is stored.
#[derive(Clone, Debug)]
pub struct StoredLine {
    /// Its position among all the lines that the order ever had.
    pub position: i64,
    /// Its data.
    pub line: OrderLine,
}

/// A customer as they are stored.
#[derive(Clone, Debug)]
pub struct StoredCustomer {
    /// Their data.
    pub record: CustomerRecord,
    /// Their version.
    pub version: Version,
}

/// What one command changes, of which each aggregate is guarded by the version it was loaded at.
#[derive(Clone, Debug, Default)]
pub struct OrderingChanges {
    /// The orders that changed.
    pub orders: Vec<OrderChange>,
    /// The customers who changed.
    pub customers: Vec<Customer>,
    /// Entries of the price list, each in place of an older one.
    pub prices: Vec<PriceListEntry>,
}

/// An order that changed.
#[derive(Clone, Debug)]
pub struct OrderChange {
    /// The order as it is now.
    pub order: Order,
    /// Its lines as they were stored when it was loaded, so that only what is different is written.
    pub stored_lines: Vec<StoredLine>,
}

/// Whose orders are visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisibleTo {
    /// Every order.
    Everyone,
    /// This customer's own.
    Customer(CustomerId),
}

/// The filter of a list of orders. An absent field does not filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersWanted {
    /// Only those with this status.
    pub status: Option<OrderStatus>,
    /// Only the one with this reference.
    pub reference: Option<OrderReference>,
    /// Only this customer's.
    pub customer_id: Option<CustomerId>,
}

impl VisibleTo {
    /// What `actor` sees: staff all orders, a customer their own.
    ///
    /// # Errors
    /// [`NotFound`] for an actor without a user, who sees none.
    pub fn actor(actor: &Actor) -> Result<Self, NotFound> {
        if actor.is_staff() {
            return Ok(Self::Everyone);
        }
        let user_id = actor.user_id().ok_or(NotFound { what: "order" })?;
        Ok(Self::Customer(user_id.into()))
    }

    /// Whether this customer's orders are among them.
    pub fn includes(self, owner: CustomerId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Customer(customer_id) => customer_id == owner,
        }
    }
}
