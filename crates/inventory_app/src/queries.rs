//! Queries: stock, its ledger, reservations. They load no aggregates.

use std::collections::{BTreeMap, BTreeSet};

use message_bus::UseCaseError;
use shared_kernel::{OrderId, Page, PageRequest, ProductId, ReservationId, Version};

use crate::{
    Inventory, LedgerEntryView, ReservationStatus, ReservationView, StockItemView, inventory::NO_SUCH_ITEM,
};

impl Inventory {
    /// A product's stock.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when the product is unknown here, or its event has not arrived.
    pub async fn stock_item(&self, product_id: ProductId) -> Result<StockItemView, UseCaseError> {
        let stored = self.store.stock_items(&BTreeSet::from([product_id])).await?;
        let item = stored.first().ok_or(NO_SUCH_ITEM)?;
        Ok(StockItemView::of_record(&item.record, item.version))
    }

    /// A page of all stock, in the order of the products.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn stock(
        &self,
        page: PageRequest<ProductId>,
    ) -> Result<Page<StockItemView, ProductId>, UseCaseError> {
        let stored = self.store.stock(page).await?.into_iter();
        let views = stored.map(|item| StockItemView::of_record(&item.record, item.version));
        Ok(Page::of(views.collect(), page.limit, |view: &StockItemView| {
            view.product_id
        }))
    }

    /// How many units are available of each of these products, as far as their stock is known.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn available(
        &self,
        products: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, u32>, UseCaseError> {
        let stored = self.store.stock_items(products).await?.into_iter();
        let available = stored.map(|item| (item.record.product_id, item.record.available()));
        Ok(available.collect())
    }

    /// A page of a product's ledger, newest first.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when the product is unknown here, or its event has not arrived.
    pub async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Page<LedgerEntryView, Version>, UseCaseError> {
        let entries = self.store.ledger(product_id, page).await?;
        if entries.is_empty() {
            self.stock_item(product_id).await?;
        }
        Ok(Page::of(entries, page.limit, |entry: &LedgerEntryView| {
            entry.version
        }))
    }

    /// A page of the reservations, newest first; only that of one order, when one is given.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationView, ReservationId>, UseCaseError> {
        let stored = self.store.reservations(order_id, page).await?.into_iter();
        let views = stored.map(|stored| ReservationView::of_record(stored.record, stored.version));
        Ok(Page::of(views.collect(), page.limit, |view: &ReservationView| {
            view.id
        }))
    }

    /// The status of these orders' reservations, as far as they have one.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn status_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, ReservationStatus>, UseCaseError> {
        let statuses = self.store.status_of(orders).await?.into_iter();
        Ok(statuses.map(|status| (status.order_id, status)).collect())
    }

    /// A page of the reservations in state `held`, in the order of their orders.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn held(
        &self,
        page: PageRequest<OrderId>,
    ) -> Result<Page<ReservationStatus, OrderId>, UseCaseError> {
        let held = self.store.held(page).await?;
        Ok(Page::of(held, page.limit, |status: &ReservationStatus| {
            status.order_id
        }))
    }
}
