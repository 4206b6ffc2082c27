//! What ordering needs from outside, as traits that `ordering_infra` implements per engine and `in_memory` for tests.

use async_trait::async_trait;
use message_bus::{Actor, CommandLog, CommandMeta, CommitError, NotFound, ReplayRecord, Unavailable};
use ordering_domain::{Customer, Order, OrderReference, OrderStatus, PriceListEntry};
use shared_kernel::{CustomerId, OrderId, ProductId};

use crate::{CustomerView, OrderView, Page, PageRequest};

/// The unique index that says that two orders drew the same reference.
pub const REFERENCE_INDEX: &str = "orders.reference";

/// Where units of work come from.
pub trait OrderingUnits: CommandLog {
    /// Begins one. No transaction is open until it commits.
    fn begin(&self, meta: CommandMeta) -> Box<dyn OrderingUnitOfWork>;
}

/// All that one command changes. Nothing reaches the store before `commit`; dropping it instead is a rollback.
#[async_trait]
pub trait OrderingUnitOfWork: Send {
    /// The orders.
    fn orders(&mut self) -> &mut dyn OrderRepository;

    /// The customers.
    fn customers(&mut self) -> &mut dyn CustomerRepository;

    /// The price list.
    fn price_list(&mut self) -> &mut dyn PriceListRepository;

    /// The customer, if they are known yet, and what the price list says of these products. One question, since every order asks it.
    async fn customer_and_prices(
        &mut self,
        customer_id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<Customer>, Vec<PriceListEntry>), Unavailable>;

    /// Writes everything that was registered, with its events, as one write set. With nothing registered it
    /// still records what the command answers: a delivery's position, a replay key.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then.
    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError>;
}

/// Orders, each with its lines.
#[async_trait]
pub trait OrderRepository: Send {
    /// The order with this id, if it is there and visible to whoever asks.
    async fn get(&mut self, id: OrderId, visible_to: VisibleTo) -> Result<Option<Order>, Unavailable>;

    /// Registers an order's changes, guarded by the version it was loaded at.
    fn save(&mut self, order: Order);
}

/// Customers.
#[async_trait]
pub trait CustomerRepository: Send {
    /// The customer with this id.
    async fn get(&mut self, id: CustomerId) -> Result<Option<Customer>, Unavailable>;

    /// Registers a customer's changes, guarded by the version it was loaded at.
    fn save(&mut self, customer: Customer);
}

/// The price list: a copy of what the catalogue tells, which nothing here decides about. Its consumer's position keeps the order.
#[async_trait]
pub trait PriceListRepository: Send {
    /// What it says of this product.
    async fn get(&mut self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable>;

    /// Puts an entry on it, in place of an older one.
    fn put(&mut self, entry: PriceListEntry);
}

/// Questions that load no aggregates.
#[async_trait]
pub trait OrderQueries: Send + Sync {
    /// The order with this id, if it is there and visible to whoever asks.
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<OrderView>, Unavailable>;

    /// A page of the orders that are wanted and visible, newest first.
    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest,
        visible_to: VisibleTo,
    ) -> Result<Page<OrderView>, Unavailable>;

    /// The customer with this id.
    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerView>, Unavailable>;
}

/// Whose orders somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisibleTo {
    /// Every order.
    Everyone,
    /// This customer's own.
    Customer(CustomerId),
}

impl VisibleTo {
    /// What `actor` sees: staff everything, a customer their own.
    ///
    /// # Errors
    /// [`NotFound`] for somebody unknown, to whom nothing is there.
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

/// Which orders a list is to hold. What is absent does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersWanted {
    /// Only those that stand here.
    pub status: Option<OrderStatus>,
    /// Only the one with this reference.
    pub reference: Option<OrderReference>,
    /// Only this customer's.
    pub customer_id: Option<CustomerId>,
}
