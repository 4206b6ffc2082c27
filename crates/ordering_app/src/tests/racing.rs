//! Two commands that change the same order at the same time.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering as Atomic},
};

use async_trait::async_trait;
use message_bus::{
    CommandLog, CommandMeta, CommitError, Conflict, Handles, Recorded, Replay, Unavailable, UseCaseError,
    WriteSet,
};
use ordering_domain::{Order, PriceListEntry};
use shared_kernel::{CustomerId, OrderId, PageRequest, ProductId, Version, in_memory::CountingIds};

use super::shop::{Shop, a_line, ada, cancelling, customer};
use crate::{
    OrderPosition, OrderingStore, OrdersWanted, RemoveLine, UnitOfWork, VisibleTo,
    in_memory::InMemoryOrdering,
    store::{OrderingChanges, StoredCustomer, StoredOrder},
};

/// A store that commits a rival's change of the same order before a commit, a few times.
struct Rivalry {
    store: Arc<InMemoryOrdering>,
    order: Mutex<Option<(OrderId, CommandMeta)>>,
    rivals: AtomicU32,
    ids: CountingIds,
}

#[async_trait]
impl CommandLog for Rivalry {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

#[async_trait]
impl OrderingStore for Rivalry {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<StoredOrder>, Unavailable> {
        self.store.order(id, visible_to).await
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest<OrderPosition>,
        visible_to: VisibleTo,
    ) -> Result<Vec<StoredOrder>, Unavailable> {
        self.store.orders(wanted, page, visible_to).await
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<StoredCustomer>, Unavailable> {
        self.store.customer(id).await
    }

    async fn customer_and_prices(
        &self,
        id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<StoredCustomer>, Vec<PriceListEntry>), Unavailable> {
        self.store.customer_and_prices(id, product_ids).await
    }

    async fn price(&self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        self.store.price(product_id).await
    }

    async fn commit(&self, write_set: WriteSet<OrderingChanges>) -> Result<(), CommitError> {
        self.strike().await;
        self.store.commit(write_set).await
    }
}

impl Rivalry {
    /// Removes the order's first line, if rivals are left.
    async fn strike(&self) {
        let target = self.order.lock().unwrap().clone();
        let (Some((id, meta)), true) = (target, self.rivals.load(Atomic::SeqCst) > 0) else {
            return;
        };
        self.rivals.fetch_sub(1, Atomic::SeqCst);
        let mut unit = UnitOfWork::begin(self.store.as_ref(), &self.ids, meta.clone());
        let mut order: Order = unit.orders().get(id, VisibleTo::Everyone).await.unwrap().unwrap();
        let line_id = order.record().lines[0].id;
        order.remove_line(line_id, meta.issued_at).unwrap();
        unit.orders().save(order);
        unit.commit(None).await.unwrap();
    }
}

async fn an_order_with_rivals(rivals: u32) -> (Shop, crate::OrderView) {
    let mut rivalry = None;
    let shop = Shop::with_store(|store| {
        let over = Arc::new(Rivalry {
            store,
            order: Mutex::default(),
            rivals: AtomicU32::new(rivals),
            ids: CountingIds::default(),
        });
        rivalry = Some(Arc::clone(&over));
        over
    });
    let lines = (0..10).map(|_| a_line("1.00", 1)).collect();
    let order = shop.placed(customer(ada()), lines).await;
    let target = (order.id, shop.meta(customer(ada())));
    *rivalry.unwrap().order.lock().unwrap() = Some(target);
    (shop, order)
}

#[tokio::test]
async fn a_conflict_is_decided_again_on_what_is_there_now() {
    let (shop, order) = an_order_with_rivals(3).await;
    let cancel = cancelling(order.id);
    let cancelled = shop.send(cancel, customer(ada())).await.unwrap();
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
    let result = shop.send(remove, customer(ada())).await;
    assert!(matches!(result, Err(UseCaseError::NotFound(_))), "{result:?}");
}

#[tokio::test]
async fn deciding_again_comes_to_an_end() {
    let (shop, order) = an_order_with_rivals(9).await;
    let cancel = cancelling(order.id);
    let result = shop.send(cancel, customer(ada())).await;
    assert!(
        matches!(result, Err(UseCaseError::Conflict(Conflict::OthersWereFaster))),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_caller_who_named_a_version_is_told_of_the_newer_one_instead() {
    let (shop, order) = an_order_with_rivals(1).await;
    let cancel = cancelling(order.id);
    let meta = CommandMeta {
        expected_version: Some(order.version),
        ..shop.meta(customer(ada()))
    };
    let result = shop.ordering.send(cancel, meta).await;
    let Err(UseCaseError::Conflict(conflict)) = result else {
        panic!("{result:?}");
    };
    let stale = Conflict::StaleVersion {
        expected: Version::new(1),
        current: Version::new(2),
    };
    assert_eq!(conflict, stale);
}
