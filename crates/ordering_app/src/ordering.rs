//! The context's face, and what its use cases share.

use std::sync::Arc;

use message_bus::{
    CommandLog, CommandMeta, Conflict, LogsCommands, NotFound, Unavailable, UseCaseError,
    retry::deciding_again,
};
use ordering_domain::{Customer, Order, OrderError};
use shared_kernel::{AggregateRoot, CustomerId, IdGenerator, OrderId, Refusal};

use crate::{OrderQueries, OrderView, OrderingUnits, VisibleTo, settling::Waiting};

/// There is no such order, or it is somebody else's.
pub(crate) const NO_SUCH_ORDER: NotFound = NotFound { what: "order" };

/// The ordering context.
pub struct Ordering {
    pub(crate) units: Arc<dyn OrderingUnits>,
    pub(crate) queries: Arc<dyn OrderQueries>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    pub(crate) waiting: Waiting,
}

impl Ordering {
    /// The context over these ports.
    pub fn new(
        units: Arc<dyn OrderingUnits>,
        queries: Arc<dyn OrderQueries>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            units,
            queries,
            ids,
            waiting: Waiting::default(),
        }
    }

    /// Changes one order, which the actor must see and which must be at the version that the caller named
    /// if they named one, by `change`; commits it; and answers with what it has become.
    pub(crate) async fn change_order(
        &self,
        order_id: OrderId,
        meta: &CommandMeta,
        change: impl Fn(&mut Order) -> Result<(), OrderError> + Sync,
    ) -> Result<OrderView, UseCaseError> {
        let visible_to = VisibleTo::actor(&meta.actor)?;
        deciding_again(meta, self.ids.as_ref(), || async {
            let mut unit = self.units.begin(meta.clone());
            let mut order = unit
                .orders()
                .get(order_id, visible_to)
                .await?
                .ok_or(NO_SUCH_ORDER)?;
            expected_version(&order, meta)?;
            change(&mut order).map_err(refused)?;
            let view = OrderView::of(&order).map_err(UseCaseError::defect)?;
            unit.orders().save(order);
            unit.commit(meta.replay_record(&view)?).await?;
            Ok(view)
        })
        .await
    }

    /// Repeats in a customer what happened to their account. Commits also when nothing changes, because the
    /// commit is what moves the consumer's position.
    pub(crate) async fn change_customer(
        &self,
        customer_id: CustomerId,
        meta: &CommandMeta,
        change: impl Fn(&mut Customer) + Sync,
    ) -> Result<(), UseCaseError> {
        deciding_again(meta, self.ids.as_ref(), || async {
            let mut unit = self.units.begin(meta.clone());
            let mut customer = unit.customers().get(customer_id).await?.ok_or_else(|| {
                // A user's events come in order, so the customer is there. If not, what is missing will come.
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
}

impl LogsCommands for Ordering {
    fn command_log(&self) -> &dyn CommandLog {
        &*self.units
    }
}

/// A rule's refusal of a change, as the use case's error. A line that is not there is not found, like anything else.
fn refused(error: OrderError) -> UseCaseError {
    match error {
        OrderError::UnknownLine(_) => NotFound { what: "order_line" }.into(),
        other => Refusal::from(other).into(),
    }
}

fn expected_version(order: &Order, meta: &CommandMeta) -> Result<(), Conflict> {
    match meta.expected_version {
        Some(expected) if expected != order.version() => Err(Conflict::StaleVersion {
            expected,
            current: order.version(),
        }),
        Some(_) | None => Ok(()),
    }
}
