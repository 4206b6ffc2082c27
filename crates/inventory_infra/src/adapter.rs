//! Inventory's ports over a database, whichever it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use inventory_app::{
    InventoryQueries, InventoryUnitOfWork, InventoryUnits, LedgerEntryView, ReservationStanding,
    ReservationView, StockChecks, StockDrift, StockItemView,
};
use message_bus::{CommandLog, CommandMeta, Recorded, Replay, Unavailable};
use shared_kernel::{IdGenerator, OrderId, Page, PageRequest, ProductId, ReservationId, Version};

use crate::{
    reservation_rows::ReservationRow,
    stock_rows::{DriftRow, LedgerRow, StockRow},
    store::{InventoryStore, WholeReservation},
    unit_of_work::UnitOfWork,
};

/// Stock and reservations in a database: units of work, queries and checks. Clones share it.
#[derive(Clone)]
pub struct InventoryAdapter {
    store: Arc<dyn InventoryStore>,
    ids: Arc<dyn IdGenerator>,
    #[cfg(debug_assertions)]
    reads_then_writes: bool,
}

impl InventoryAdapter {
    /// The adapter over a store; `ids` names the events.
    pub(crate) fn new(store: Arc<dyn InventoryStore>, ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            store,
            ids,
            #[cfg(debug_assertions)]
            reads_then_writes: false,
        }
    }

    /// The same with a known bug, which a contract test must find: stock is read, decided and written over, whatever others
    /// did to it meanwhile.
    #[cfg(debug_assertions)]
    #[must_use]
    pub fn reading_then_writing_stock(mut self) -> Self {
        self.reads_then_writes = true;
        self
    }
}

#[async_trait]
impl CommandLog for InventoryAdapter {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

impl InventoryUnits for InventoryAdapter {
    fn begin(&self, meta: CommandMeta) -> Box<dyn InventoryUnitOfWork> {
        let unit = UnitOfWork::new(Arc::clone(&self.store), Arc::clone(&self.ids), meta);
        #[cfg(debug_assertions)]
        let unit = unit.reading_then_writing(self.reads_then_writes);
        Box::new(unit)
    }
}

#[async_trait]
impl InventoryQueries for InventoryAdapter {
    async fn stock_item(&self, product_id: ProductId) -> Result<Option<StockItemView>, Unavailable> {
        let rows = self.store.stock_items(&BTreeSet::from([product_id])).await?;
        rows.into_iter().next().map(stock_view).transpose()
    }

    async fn stock(
        &self,
        page: PageRequest<ProductId>,
    ) -> Result<Page<StockItemView, ProductId>, Unavailable> {
        let rows = self.store.stock(page).await?;
        let views = rows.into_iter().map(stock_view).collect::<Result<_, _>>()?;
        Ok(Page::of(views, page.limit, |view: &StockItemView| {
            view.product_id
        }))
    }

    async fn available(
        &self,
        products: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, u32>, Unavailable> {
        let rows = self.store.stock_items(products).await?.into_iter();
        let available = rows.map(|row| {
            let (record, _) = row.into_record()?;
            Ok((record.product_id, record.available()))
        });
        available.collect()
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Page<LedgerEntryView, Version>, Unavailable> {
        let rows = self.store.ledger(product_id, page).await?;
        let views = rows
            .into_iter()
            .map(LedgerRow::into_view)
            .collect::<Result<_, _>>()?;
        Ok(Page::of(views, page.limit, |view: &LedgerEntryView| view.version))
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationView, ReservationId>, Unavailable> {
        let rows = self.store.reservations(order_id, page).await?;
        let views = rows.into_iter().map(reservation_view).collect::<Result<_, _>>()?;
        Ok(Page::of(views, page.limit, |view: &ReservationView| view.id))
    }

    async fn standing_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, ReservationStanding>, Unavailable> {
        let rows = self.store.standing_of(orders).await?.into_iter();
        let standings = rows.map(|row| {
            let standing = row.into_standing()?;
            Ok((standing.order_id, standing))
        });
        standings.collect()
    }

    async fn held(
        &self,
        page: PageRequest<OrderId>,
    ) -> Result<Page<ReservationStanding, OrderId>, Unavailable> {
        let rows = self.store.held(page).await?.into_iter();
        let standings = rows
            .map(ReservationRow::into_standing)
            .collect::<Result<_, _>>()?;
        Ok(Page::of(
            standings,
            page.limit,
            |standing: &ReservationStanding| standing.order_id,
        ))
    }
}

#[async_trait]
impl StockChecks for InventoryAdapter {
    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        let rows = self.store.drifted(limit).await?.into_iter();
        Ok(rows.map(DriftRow::into_drift).collect::<Result<_, _>>()?)
    }
}

fn stock_view(row: StockRow) -> Result<StockItemView, Unavailable> {
    let (record, version) = row.into_record()?;
    Ok(StockItemView::of_record(&record, version))
}

fn reservation_view((row, lines): WholeReservation) -> Result<ReservationView, Unavailable> {
    let (record, version) = row.into_record(lines)?;
    Ok(ReservationView::of_record(record, version))
}
