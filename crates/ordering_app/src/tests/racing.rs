//! Two who change the same order at the same time.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering as Atomic},
};

use async_trait::async_trait;
use message_bus::{
    CommandLog, CommandMeta, CommitError, Conflict, Handles, Recorded, Replay, ReplayRecord, Unavailable,
    UseCaseError,
};
use ordering_domain::{Customer, Order, PriceListEntry};
use shared_kernel::{CustomerId, OrderId, ProductId, Version};

use super::shop::{Shop, a_line, ada, customer};
use crate::{
    CancelOrder, CustomerRepository, OrderRepository, OrderingUnitOfWork, OrderingUnits, PriceListRepository,
    RemoveLine, VisibleTo, in_memory::InMemoryOrdering,
};

/// Units of work before whose commit a rival commits a change of the same order, a few times.
#[derive(Clone)]
struct Rivalry {
    store: InMemoryOrdering,
    order: Arc<Mutex<Option<OrderId>>>,
    rivals: Arc<AtomicU32>,
}

struct RivalledUnit {
    inner: Box<dyn OrderingUnitOfWork>,
    rivalry: Rivalry,
    meta: CommandMeta,
}

#[async_trait]
impl CommandLog for Rivalry {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

impl OrderingUnits for Rivalry {
    fn begin(&self, meta: CommandMeta) -> Box<dyn OrderingUnitOfWork> {
        Box::new(RivalledUnit {
            inner: self.store.begin(meta.clone()),
            rivalry: self.clone(),
            meta,
        })
    }
}

#[async_trait]
impl OrderingUnitOfWork for RivalledUnit {
    fn orders(&mut self) -> &mut dyn OrderRepository {
        self.inner.orders()
    }

    fn customers(&mut self) -> &mut dyn CustomerRepository {
        self.inner.customers()
    }

    fn price_list(&mut self) -> &mut dyn PriceListRepository {
        self.inner.price_list()
    }

    async fn customer_and_prices(
        &mut self,
        customer_id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<Customer>, Vec<PriceListEntry>), Unavailable> {
        self.inner.customer_and_prices(customer_id, product_ids).await
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        self.rivalry.strike(&self.meta).await;
        self.inner.commit(replay).await
    }
}

impl Rivalry {
    /// Removes the order's first line, if rivals are left.
    async fn strike(&self, meta: &CommandMeta) {
        let target = *self.order.lock().unwrap();
        let (Some(id), true) = (target, self.rivals.load(Atomic::SeqCst) > 0) else {
            return;
        };
        self.rivals.fetch_sub(1, Atomic::SeqCst);
        let mut unit = self.store.begin(meta.clone());
        let mut order: Order = unit.orders().get(id, VisibleTo::Everyone).await.unwrap().unwrap();
        let line_id = order.record().lines[0].id;
        order.remove_line(line_id, meta.issued_at).unwrap();
        unit.orders().save(order);
        unit.commit(None).await.unwrap();
    }
}

async fn an_order_with_rivals(rivals: u32) -> (Shop, crate::OrderView) {
    let mut rivalry = None;
    let shop = Shop::with_units(|store| {
        let units = Rivalry {
            store,
            order: Arc::default(),
            rivals: Arc::new(AtomicU32::new(rivals)),
        };
        rivalry = Some(units.clone());
        Arc::new(units)
    });
    let lines = (0..10).map(|_| a_line("1.00", 1)).collect();
    let order = shop.placed(customer(ada()), lines).await;
    *rivalry.unwrap().order.lock().unwrap() = Some(order.id);
    (shop, order)
}

#[tokio::test]
async fn a_conflict_is_decided_again_on_what_is_there_now() {
    let (shop, order) = an_order_with_rivals(3).await;
    let cancel = CancelOrder {
        order_id: order.id,
        reason: None,
    };
    let cancelled = shop
        .ordering
        .handle(cancel, shop.meta(customer(ada())))
        .await
        .unwrap();
    assert_eq!(cancelled.lines.len(), 7);
    assert_eq!(cancelled.version, Version::new(5));
}

#[tokio::test]
async fn what_the_rival_made_impossible_is_refused_when_decided_again() {
    let (shop, order) = an_order_with_rivals(1).await;
    let remove = RemoveLine {
        order_id: order.id,
        line_id: order.lines[0].id,
    };
    let result = shop.ordering.handle(remove, shop.meta(customer(ada()))).await;
    assert!(matches!(result, Err(UseCaseError::NotFound(_))), "{result:?}");
}

#[tokio::test]
async fn deciding_again_comes_to_an_end() {
    let (shop, order) = an_order_with_rivals(9).await;
    let cancel = CancelOrder {
        order_id: order.id,
        reason: None,
    };
    let result = shop.ordering.handle(cancel, shop.meta(customer(ada()))).await;
    assert!(
        matches!(result, Err(UseCaseError::Conflict(Conflict::OthersWereFaster))),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_caller_who_named_a_version_is_told_of_the_newer_one_instead() {
    let (shop, order) = an_order_with_rivals(1).await;
    let cancel = CancelOrder {
        order_id: order.id,
        reason: None,
    };
    let meta = CommandMeta {
        expected_version: Some(order.version),
        ..shop.meta(customer(ada()))
    };
    let result = shop.ordering.handle(cancel, meta).await;
    let Err(UseCaseError::Conflict(conflict)) = result else {
        panic!("{result:?}");
    };
    let stale = Conflict::StaleVersion {
        expected: Version::new(1),
        current: Version::new(2),
    };
    assert_eq!(conflict, stale);
}
