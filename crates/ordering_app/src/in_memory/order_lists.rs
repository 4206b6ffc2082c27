//! Questions to the store.

use std::cmp::Reverse;

use async_trait::async_trait;
use message_bus::Unavailable;
use ordering_domain::OrderRecord;
use shared_kernel::{CustomerId, OrderId};

use super::InMemoryOrdering;
use crate::{
    CustomerView, OrderPosition, OrderQueries, OrderView, OrdersWanted, Page, PageRequest, VisibleTo,
};

#[async_trait]
impl OrderQueries for InMemoryOrdering {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<OrderView>, Unavailable> {
        let stored = self.state().orders.get(&id).cloned();
        stored
            .filter(|(record, _)| visible_to.includes(record.customer_id))
            .map(|(record, version)| OrderView::of_record(record, version))
            .transpose()
            .map_err(Unavailable::defect)
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest,
        visible_to: VisibleTo,
    ) -> Result<Page<OrderView>, Unavailable> {
        let state = self.state();
        let mut stored: Vec<_> = state
            .orders
            .values()
            .filter(|(record, _)| visible_to.includes(record.customer_id) && wanted.includes(record))
            .filter(|(record, _)| page.after.is_none_or(|after| place(record) < place_of(after)))
            .collect();
        stored.sort_by_key(|(record, _)| Reverse(place(record)));
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let orders = stored
            .into_iter()
            .take(limit.saturating_add(1))
            .map(|(record, version)| OrderView::of_record(record.clone(), *version))
            .collect::<Result<_, _>>()
            .map_err(Unavailable::defect)?;
        Ok(Page::of(orders, page.limit))
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerView>, Unavailable> {
        let stored = self.state().customers.get(&id).cloned();
        Ok(stored.map(|(record, version)| CustomerView::of_record(record, version)))
    }
}

impl OrdersWanted {
    fn includes(&self, record: &OrderRecord) -> bool {
        self.status.is_none_or(|status| status == record.status)
            && self
                .reference
                .is_none_or(|reference| reference == record.reference)
            && self
                .customer_id
                .is_none_or(|customer_id| customer_id == record.customer_id)
    }
}

fn place(record: &OrderRecord) -> (shared_kernel::Timestamp, OrderId) {
    (record.placed_at, record.id)
}

fn place_of(position: OrderPosition) -> (shared_kernel::Timestamp, OrderId) {
    (position.placed_at, position.order_id)
}
