//! Questions: stock, its ledger, reservations. They load no aggregates.

use std::collections::{BTreeMap, BTreeSet};

use message_bus::UseCaseError;
use shared_kernel::{OrderId, Page, PageRequest, ProductId, ReservationId, Version};

use crate::{
    Inventory, LedgerEntryView, ReservationStanding, ReservationView, StockItemView, inventory::NO_SUCH_ITEM,
};

impl Inventory {
    /// A product's stock.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when the product is unknown here, or not known yet.
    pub async fn stock_item(&self, product_id: ProductId) -> Result<StockItemView, UseCaseError> {
        let item = self.queries.stock_item(product_id).await?;
        Ok(item.ok_or(NO_SUCH_ITEM)?)
    }

    /// A page of all stock, in the order of the products.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn stock(
        &self,
        page: PageRequest<ProductId>,
    ) -> Result<Page<StockItemView, ProductId>, UseCaseError> {
        Ok(self.queries.stock(page).await?)
    }

    /// How many units are available of each of these products, as far as their stock is known.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn available(
        &self,
        products: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, u32>, UseCaseError> {
        Ok(self.queries.available(products).await?)
    }

    /// A page of a product's ledger, newest first.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when the product is unknown here, or not known yet.
    pub async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Page<LedgerEntryView, Version>, UseCaseError> {
        let entries = self.queries.ledger(product_id, page).await?;
        if entries.data.is_empty() {
            self.stock_item(product_id).await?;
        }
        Ok(entries)
    }

    /// A page of the reservations, newest first; only that of one order, when it is named.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationView, ReservationId>, UseCaseError> {
        Ok(self.queries.reservations(order_id, page).await?)
    }

    /// Where the reservations of these orders stand, as far as they have one.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn standing_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, ReservationStanding>, UseCaseError> {
        Ok(self.queries.standing_of(orders).await?)
    }

    /// A page of the reservations that hold their units, in the order of their orders.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn held(
        &self,
        page: PageRequest<OrderId>,
    ) -> Result<Page<ReservationStanding, OrderId>, UseCaseError> {
        Ok(self.queries.held(page).await?)
    }
}
