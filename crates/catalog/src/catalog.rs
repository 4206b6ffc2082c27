//! The context's entry point, and what its use cases share.

use std::sync::Arc;

use message_bus::{
    CommandLog, CommandMeta, LogsCommands, NewEvent, NotFound, UseCaseError, WriteSet,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{IdGenerator, IntegrationEvent, ProductId, Refusal};

use crate::{CONTEXT, CatalogRows, CatalogStore, Product};

/// There is no such product.
pub(crate) const NO_SUCH_PRODUCT: NotFound = NotFound { what: "product" };

/// The catalogue.
pub struct Catalog {
    pub(crate) store: Arc<dyn CatalogStore>,
    pub(crate) ids: Arc<dyn IdGenerator>,
}

impl Catalog {
    /// The context over a store.
    pub fn new(store: Arc<dyn CatalogStore>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { store, ids }
    }

    /// Changes a product by `change`, which returns the event; commits it, and answers with its new state. The product must be at the
    /// version that the caller stated, if they stated one. Without an event, at most the answer is committed.
    pub(crate) async fn change<E: IntegrationEvent>(
        &self,
        id: ProductId,
        meta: &CommandMeta,
        change: impl Fn(&mut Product) -> Result<Option<E>, Refusal> + Sync,
    ) -> Result<Product, UseCaseError> {
        retry_on_conflict(meta, self.ids.as_ref(), || async {
            let mut product = self.store.product(id).await?.ok_or(NO_SUCH_PRODUCT)?;
            meta.check_expected_version(product.version)?;
            let loaded = product.version;
            let Some(event) = change(&mut product)? else {
                if meta.replay.is_some() {
                    self.commit(CatalogRows::default(), None, &product, meta).await?;
                }
                return Ok(product);
            };
            product.version = loaded.next();
            product.updated_at = meta.issued_at;
            let rows = CatalogRows::changed(&product, loaded);
            self.commit(rows, Some(told(&event, &product)?), &product, meta)
                .await?;
            Ok(product)
        })
        .await
    }

    /// Commits rows and their event, with `product` as the command's answer.
    pub(crate) async fn commit(
        &self,
        rows: CatalogRows,
        event: Option<NewEvent>,
        product: &Product,
        meta: &CommandMeta,
    ) -> Result<(), UseCaseFailure> {
        let events = event.into_iter().collect();
        let replay = meta.replay_record(product)?;
        let write_set = WriteSet::new(rows, events, replay, CONTEXT, meta, self.ids.as_ref());
        Ok(self.store.commit(write_set).await?)
    }
}

impl LogsCommands for Catalog {
    fn command_log(&self) -> &dyn CommandLog {
        &*self.store
    }
}

/// The event of a product's present version.
pub(crate) fn told<E: IntegrationEvent>(event: &E, product: &Product) -> Result<NewEvent, UseCaseError> {
    NewEvent::delivered(event, product.id.uuid(), product.version).map_err(UseCaseError::defect)
}
