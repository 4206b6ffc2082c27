//! Ordering's ports over a database, whichever it is.

use std::sync::Arc;

use async_trait::async_trait;
use message_bus::{CommandLog, CommandMeta, Recorded, Replay, Unavailable};
use ordering_app::{
    CustomerView, OrderQueries, OrderView, OrderingUnitOfWork, OrderingUnits, OrdersWanted, Page,
    PageRequest, VisibleTo,
};
use shared_kernel::{CustomerId, IdGenerator, OrderId};

use crate::{
    store::{OrderingStore, WholeOrder},
    unit_of_work::UnitOfWork,
};

/// Orders and customers in a database: units of work and queries. Clones share it.
#[derive(Clone)]
pub struct OrderingAdapter {
    store: Arc<dyn OrderingStore>,
    ids: Arc<dyn IdGenerator>,
}

impl OrderingAdapter {
    /// The adapter over a store; `ids` names the events.
    pub(crate) fn new(store: Arc<dyn OrderingStore>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { store, ids }
    }
}

#[async_trait]
impl CommandLog for OrderingAdapter {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

impl OrderingUnits for OrderingAdapter {
    fn begin(&self, meta: CommandMeta) -> Box<dyn OrderingUnitOfWork> {
        Box::new(UnitOfWork::new(
            Arc::clone(&self.store),
            Arc::clone(&self.ids),
            meta,
        ))
    }
}

#[async_trait]
impl OrderQueries for OrderingAdapter {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<OrderView>, Unavailable> {
        self.store.order(id, visible_to).await?.map(view).transpose()
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest,
        visible_to: VisibleTo,
    ) -> Result<Page<OrderView>, Unavailable> {
        let orders = self.store.orders(wanted, page, visible_to).await?;
        let views = orders.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok(Page::of(views, page.limit))
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerView>, Unavailable> {
        let Some(row) = self.store.customer(id).await? else {
            return Ok(None);
        };
        let (record, version) = row.into_record().map_err(Unavailable::defect)?;
        Ok(Some(CustomerView::of_record(record, version)))
    }
}

fn view((order, lines): WholeOrder) -> Result<OrderView, Unavailable> {
    let (record, version) = order.into_record(lines).map_err(Unavailable::defect)?;
    OrderView::of_record(record, version).map_err(Unavailable::defect)
}
