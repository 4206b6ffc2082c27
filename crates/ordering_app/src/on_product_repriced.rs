//! A product's name or price changed, and the price list takes it over. Lines that were ordered keep theirs.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use ordering_domain::{PriceListEntry, ProductStatus};
use shared_kernel::events::ProductRepriced;

use crate::Ordering;

impl ReactsTo<ProductRepriced> for Ordering {
    async fn react(&self, event: ProductRepriced, meta: CommandMeta) -> Result<(), UseCaseError> {
        let entry = PriceListEntry {
            product_id: event.product_id,
            name: event.name,
            list_price: event.unit_price,
            status: ProductStatus::Listed,
        };
        self.put_on_price_list(entry, &meta).await
    }
}
