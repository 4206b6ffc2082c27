//! Lost updates of stock, by a store with a known bug: they are found, and the stock can be corrected.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use inventory_app::{
    CorrectStock, Inventory, InventoryStore as Port, LedgerEntryView, ReservationStatus, StockDrift,
    store::{InventoryChanges, StoredReservation, StoredStockItem},
};
use inventory_domain::{ChangedBy, StockCorrection, StockItem};
use message_bus::{CommandLog, CommitError, Handles, Recorded, Replay, Unavailable, WriteSet};
use shared_kernel::{AggregateRoot, OrderId, PageRequest, ProductId, ReservationId, Timestamp, Version};

use super::{InventoryStore, conserving::sell_out};
use crate::engines::on_every_database;

on_every_database!(
    inventory:
    stock_that_is_read_and_then_written_over_is_caught_and_mended,
);

/// A store with a known bug: it overwrites stock, at whatever version it finds.
struct WritesStockOver {
    port: Arc<dyn Port>,
    now: Timestamp,
}

impl WritesStockOver {
    /// The decided numbers, as if they had been decided at the stored version.
    async fn at_the_version_there(&self, item: &StockItem) -> Result<StockItem, Unavailable> {
        let stored = self.port.stock_items(&[item.id()].into()).await?;
        let version = stored
            .first()
            .map_or(Version::NEVER_STORED, |stored| stored.version);
        let mut over = StockItem::rehydrate(*item.record(), version);
        let reserved = item.record().reserved;
        let same_numbers = StockCorrection {
            product_id: item.id(),
            version,
            ledger_delta: 0,
            reserved_from: reserved,
            reserved_to: reserved,
        };
        over.correct(&same_numbers, ChangedBy::Actor("bug".to_owned()), self.now);
        Ok(over)
    }
}

#[async_trait]
impl CommandLog for WritesStockOver {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.port.recorded(replay).await
    }
}

#[async_trait]
impl Port for WritesStockOver {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        self.port.stock_items(products).await
    }

    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        self.port.stock(page).await
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerEntryView>, Unavailable> {
        self.port.ledger(product_id, page).await
    }

    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        self.port.reservations_of(orders).await
    }

    async fn status_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        self.port.status_of(orders).await
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        self.port.reservations(order_id, page).await
    }

    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        self.port.held(page).await
    }

    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        self.port.drifted(limit).await
    }

    /// Writes until no other commit comes between reading the version and overwriting it.
    async fn commit(&self, write_set: WriteSet<InventoryChanges>) -> Result<(), CommitError> {
        const TRIES: u32 = 20;
        let mut tries = 0;
        loop {
            let mut over = write_set.clone();
            for item in &mut over.changes.stock {
                *item = self.at_the_version_there(item).await?;
            }
            tries += 1;
            match self.port.commit(over).await {
                Err(CommitError::VersionConflict) if tries < TRIES => {}
                committed => return committed,
            }
        }
    }
}

async fn stock_that_is_read_and_then_written_over_is_caught_and_mended(store: InventoryStore) {
    let store = Arc::new(store);
    let pot = store.product(100).await;
    let broken = Arc::new(WritesStockOver {
        port: Arc::clone(&store.port),
        now: store.seams.now(),
    });
    let faces = [(); 2].map(|()| Arc::new(Inventory::new(broken.clone(), store.seams.ids())));
    let sold = sell_out(&store, faces, pot).await;
    assert!(
        sold > 100,
        "found {sold} of 100 sold, expected the bug to sell more"
    );
    let drifted = store.face().drifted(10).await.unwrap();
    assert_eq!(drifted.len(), 1, "it is found");
    // More is reserved than there is: no correction is possible before stock is added.
    assert_eq!(drifted[0].correction(), None);
    let bring = inventory_app::AdjustStock {
        product_id: pot,
        delta: i64::from(sold) - 100,
        reason: "bought elsewhere".to_owned(),
        expected_on_hand: None,
    };
    store.face().send(bring, store.seams.meta()).await.unwrap();
    let drifted = store.face().drifted(10).await.unwrap();
    let corrections: Vec<_> = drifted.iter().filter_map(StockDrift::correction).collect();
    assert_eq!((corrections.len(), corrections[0].reserved_to), (1, sold));
    store
        .face()
        .send(CorrectStock { corrections }, store.seams.meta())
        .await
        .unwrap();
    assert_eq!(store.numbers(pot).await, (sold, sold));
    store.agrees().await;
}
