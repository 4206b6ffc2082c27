//! The context's entry point, and what its use cases share.

use std::sync::Arc;

use message_bus::{
    CommandLog, CommandMeta, LogsCommands, NotFound, Unavailable, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use ordering_domain::{Customer, Order, OrderError, PriceListEntry};
use shared_kernel::{AggregateRoot, CustomerId, IdGenerator, OrderId, Refusal};

use crate::{OrderView, OrderingStore, UnitOfWork, VisibleTo, settling::Waiting};

/// There is no such order, or it is another customer's.
pub(crate) const NO_SUCH_ORDER: NotFound = NotFound { what: "order" };

/// The ordering context.
pub struct Ordering {
    pub(crate) store: Arc<dyn OrderingStore>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    pub(crate) waiting: Waiting,
}

impl Ordering {
    /// The context over a store.
    pub fn new(store: Arc<dyn OrderingStore>, ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            store,
            ids,
            waiting: Waiting::default(),
        }
    }

    /// Begins a unit of work.
    pub(crate) fn begin(&self, meta: &CommandMeta) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.store.as_ref(), self.ids.as_ref(), meta.clone())
    }

    /// Changes one order by `change`, commits it, and answers with its new state. The actor must be allowed
    /// to see it, and it must be at the version that the caller stated, if they stated one.
    pub(crate) async fn change_order(
        &self,
        order_id: OrderId,
        meta: &CommandMeta,
        change: impl Fn(&mut Order) -> Result<(), OrderError> + Sync,
    ) -> Result<OrderView, UseCaseError> {
        retry_on_conflict(meta, self.ids.as_ref(), || async {
            let (unit, mut order) = self.order_to_change(order_id, meta).await?;
            change(&mut order).map_err(refused)?;
            commit_order(unit, order, meta).await
        })
        .await
    }

    /// An order in a unit of work. The actor must be allowed to see it, and it must be at the version that the caller stated, if they stated one.
    pub(crate) async fn order_to_change(
        &self,
        order_id: OrderId,
        meta: &CommandMeta,
    ) -> Result<(UnitOfWork<'_>, Order), UseCaseError> {
        let visible_to = VisibleTo::actor(&meta.actor)?;
        let mut unit = self.begin(meta);
        let order = unit.orders().get(order_id, visible_to).await?;
        let order = order.ok_or(NO_SUCH_ORDER)?;
        meta.check_expected_version(order.version())?;
        Ok((unit, order))
    }

    /// Applies a change of an account to its customer. Commits also when nothing changes, because the commit
    /// moves the consumer's position.
    pub(crate) async fn change_customer(
        &self,
        customer_id: CustomerId,
        meta: &CommandMeta,
        change: impl Fn(&mut Customer) + Sync,
    ) -> Result<(), UseCaseError> {
        retry_on_conflict(meta, self.ids.as_ref(), || async {
            let mut unit = self.begin(meta);
            let mut customer = unit.customers().get(customer_id).await?.ok_or_else(|| {
                // A user's events come in order, so the customer exists. If not, the missing event will come.
                Unavailable::dependency(format!(
                    "found no customer {customer_id}, expected one registered before"
                ))
            })?;
            change(&mut customer);
            unit.customers().save(customer);
            unit.commit(None).await?;
            Ok(())
        })
        .await
    }

    /// Puts an entry on the price list, in place of an older one.
    pub(crate) async fn put_on_price_list(
        &self,
        entry: PriceListEntry,
        meta: &CommandMeta,
    ) -> Result<(), UseCaseError> {
        retry_on_conflict(meta, self.ids.as_ref(), || async {
            let mut unit = self.begin(meta);
            unit.price_list().put(entry.clone());
            unit.commit(None).await?;
            Ok(())
        })
        .await
    }
}

impl LogsCommands for Ordering {
    fn command_log(&self) -> &dyn CommandLog {
        &*self.store
    }
}

/// Commits an order's changes, and answers with its new state.
pub(crate) async fn commit_order(
    mut unit: UnitOfWork<'_>,
    order: Order,
    meta: &CommandMeta,
) -> Result<OrderView, UseCaseFailure> {
    let view = OrderView::of(&order).map_err(UseCaseError::defect)?;
    unit.orders().save(order);
    unit.commit(meta.replay_record(&view)?).await?;
    Ok(view)
}

/// A rule's refusal of a change, as the use case's error. A missing line is not found, like anything else.
pub(crate) fn refused(error: OrderError) -> UseCaseError {
    match error {
        OrderError::UnknownLine(_) => NotFound { what: "order_line" }.into(),
        other => Refusal::from(other).into(),
    }
}
