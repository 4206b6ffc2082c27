//! A product can be bought, so its stock is opened, with nothing on hand.

use std::collections::BTreeSet;

use inventory_domain::StockItem;
use message_bus::{
    CommandMeta, CommitError, ReactsTo, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{ProductId, events::ProductListed};

use crate::{Inventory, store::STOCK_ITEM_KEY};

impl ReactsTo<ProductListed> for Inventory {
    async fn react(&self, event: ProductListed, meta: CommandMeta) -> Result<(), UseCaseError> {
        retry_on_conflict(&meta, self.ids.as_ref(), || {
            self.open_stock(event.product_id, &meta)
        })
        .await
    }
}

impl Inventory {
    async fn open_stock(&self, product_id: ProductId, meta: &CommandMeta) -> Result<(), UseCaseFailure> {
        let mut unit = self.begin(meta);
        let stock = unit.stock().of_products(&BTreeSet::from([product_id])).await?;
        if stock.is_empty() {
            unit.stock().save(StockItem::open(product_id));
        }
        unit.commit(None).await.map_err(|error| match error {
            // Another command opened it first: there is nothing to do, and the next try finds that.
            CommitError::AlreadyExists { constraint } if constraint == STOCK_ITEM_KEY => {
                CommitError::VersionConflict
            }
            error => error,
        })?;
        Ok(())
    }
}
