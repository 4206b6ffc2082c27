//! A product is listed, so it can be ordered.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use ordering_domain::{PriceListEntry, ProductStatus};
use shared_kernel::events::ProductListed;

use crate::Ordering;

impl ReactsTo<ProductListed> for Ordering {
    async fn react(&self, event: ProductListed, meta: CommandMeta) -> Result<(), UseCaseError> {
        let entry = PriceListEntry {
            product_id: event.product_id,
            name: event.name,
            list_price: event.unit_price,
            status: ProductStatus::Listed,
        };
        self.put_on_price_list(entry, &meta).await
    }
}
