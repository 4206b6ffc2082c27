//! Queries: an order, orders, a customer. They load no aggregates.

use message_bus::{Actor, NotFound, UseCaseError};
use ordering_domain::{OrderReference, OrderStatus};
use shared_kernel::{CustomerId, OrderId, Page, PageRequest, Refusal, RefusalKind};

use crate::{
    CustomerView, OrderPosition, OrderView, Ordering, OrdersWanted, VisibleTo, ordering::NO_SUCH_ORDER,
    store::StoredOrder,
};

/// A filter of orders, as a caller writes it. An absent field does not filter.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Only those with this status, as in `pending`.
    pub status: Option<String>,
    /// Only the one with this reference, as people write it.
    pub reference: Option<String>,
    /// Only this customer's.
    pub customer_id: Option<CustomerId>,
}

impl Ordering {
    /// An order that `actor` may see.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when it does not exist or is not theirs.
    pub async fn order(&self, id: OrderId, actor: &Actor) -> Result<OrderView, UseCaseError> {
        let order = self.store.order(id, VisibleTo::actor(actor)?).await?;
        order.ok_or(NO_SUCH_ORDER)?.into_view()
    }

    /// A page of the orders that `actor` may see, newest first.
    ///
    /// # Errors
    /// [`UseCaseError::Refused`] when the filter's status or reference is not a valid one.
    pub async fn orders(
        &self,
        filter: OrderFilter,
        page: PageRequest<OrderPosition>,
        actor: &Actor,
    ) -> Result<Page<OrderView, OrderPosition>, UseCaseError> {
        let visible_to = VisibleTo::actor(actor)?;
        let wanted = filter.wanted()?;
        let orders = self.store.orders(wanted, page, visible_to).await?;
        let views = orders.into_iter().map(StoredOrder::into_view);
        Ok(Page::of(
            views.collect::<Result<_, _>>()?,
            page.limit,
            OrderView::position,
        ))
    }

    /// A customer.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when there is none with this id, or not yet.
    pub async fn customer(&self, id: CustomerId) -> Result<CustomerView, UseCaseError> {
        let customer = self.store.customer(id).await?;
        let customer = customer.ok_or(NotFound { what: "customer" })?;
        Ok(CustomerView::of_record(customer.record, customer.version))
    }
}

impl StoredOrder {
    fn into_view(self) -> Result<OrderView, UseCaseError> {
        OrderView::of_record(self.record, self.version).map_err(UseCaseError::defect)
    }
}

impl OrderFilter {
    fn wanted(self) -> Result<OrdersWanted, Refusal> {
        let status = self.status.map(|text| text.parse::<OrderStatus>()).transpose();
        let reference = self
            .reference
            .map(|text| text.parse::<OrderReference>())
            .transpose();
        Ok(OrdersWanted {
            status: status.map_err(|error| Refusal::new(RefusalKind::Value, "unknown_status", &error))?,
            reference: reference
                .map_err(|error| Refusal::new(RefusalKind::Value, "invalid_reference", &error))?,
            customer_id: self.customer_id,
        })
    }
}
