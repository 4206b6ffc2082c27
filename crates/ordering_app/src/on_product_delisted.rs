//! A product is delisted, so it can no longer be ordered. Orders that have it do not change.

use message_bus::{CommandMeta, ReactsTo, UseCaseError, retry::retry_on_conflict};
use ordering_domain::ProductStatus;
use shared_kernel::events::ProductDelisted;

use crate::Ordering;

impl ReactsTo<ProductDelisted> for Ordering {
    async fn react(&self, event: ProductDelisted, meta: CommandMeta) -> Result<(), UseCaseError> {
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            // A product that was never listed cannot be ordered anyway.
            if let Some(mut entry) = unit.price_list().get(event.product_id).await? {
                entry.status = ProductStatus::Delisted;
                unit.price_list().put(entry);
            }
            unit.commit(None).await?;
            Ok(())
        })
        .await
    }
}
