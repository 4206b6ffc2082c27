//! The context's entry point, and what its use cases share.

use std::{collections::BTreeSet, sync::Arc};

use inventory_domain::{ChangedBy, StockError, StockItem};
use message_bus::{
    CommandLog, CommandMeta, Conflict, LogsCommands, NotFound, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use serde::{Serialize, de::DeserializeOwned};
use shared_kernel::{AggregateRoot, IdGenerator, ProductId, Refusal};

use crate::{InventoryStore, UnitOfWork, reservation_batcher::ReservationBatcher};

/// There is no such stock item: the product is unknown, or its event has not arrived.
pub(crate) const NO_SUCH_ITEM: NotFound = NotFound { what: "stock_item" };

/// The inventory context.
pub struct Inventory {
    pub(crate) store: Arc<dyn InventoryStore>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    pub(crate) batcher: ReservationBatcher,
}

impl Inventory {
    /// The context over a store.
    pub fn new(store: Arc<dyn InventoryStore>, ids: Arc<dyn IdGenerator>) -> Self {
        let batcher = ReservationBatcher::new(Arc::clone(&store), Arc::clone(&ids));
        Self { store, ids, batcher }
    }

    /// Begins a unit of work.
    pub(crate) fn begin(&self, meta: &CommandMeta) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.store.as_ref(), self.ids.as_ref(), meta.clone())
    }

    /// Changes one stock item, which must be at the version that the caller stated, if they stated one, by `change`;
    /// commits it; and answers with what `answer` makes of it. If reservations of the same product commit first each
    /// time, it waits until no batch of them is being decided.
    pub(crate) async fn change_stock<V>(
        &self,
        product_id: ProductId,
        meta: &CommandMeta,
        change: impl Fn(&mut StockItem) -> Result<(), StockError> + Sync,
        answer: impl Fn(&StockItem) -> V + Sync,
    ) -> Result<V, UseCaseError>
    where
        V: Serialize + DeserializeOwned + Send,
    {
        let attempt = || self.change_stock_once(product_id, meta, &change, &answer);
        match retry_on_conflict(meta, self.ids.as_ref(), attempt).await {
            Err(UseCaseError::Conflict(Conflict::OthersWereFaster)) => {
                let _turn = self.batcher.turn().await;
                retry_on_conflict(meta, self.ids.as_ref(), attempt).await
            }
            answered => answered,
        }
    }

    async fn change_stock_once<V: Serialize>(
        &self,
        product_id: ProductId,
        meta: &CommandMeta,
        change: &(impl Fn(&mut StockItem) -> Result<(), StockError> + Sync),
        answer: &(impl Fn(&StockItem) -> V + Sync),
    ) -> Result<V, UseCaseFailure> {
        let mut unit = self.begin(meta);
        let mut stock = unit.stock().of_products(&BTreeSet::from([product_id])).await?;
        let mut item = stock.remove(&product_id).ok_or(NO_SUCH_ITEM)?;
        meta.check_expected_version(item.version())?;
        change(&mut item).map_err(Refusal::from)?;
        let view = answer(&item);
        unit.stock().save(item);
        unit.commit(meta.replay_record(&view)?).await?;
        Ok(view)
    }
}

impl LogsCommands for Inventory {
    fn command_log(&self) -> &dyn CommandLog {
        &*self.store
    }
}

/// The sender of a command, in the ledger's form.
pub(crate) fn changed_by(meta: &CommandMeta) -> ChangedBy {
    ChangedBy::Actor(meta.actor.to_string())
}
