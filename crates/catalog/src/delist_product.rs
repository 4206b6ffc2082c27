//! A product is taken off the list.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::{ProductId, events::ProductDelisted};

use crate::{Catalog, Product, ProductStatus};

/// Delist a product. Doing it again changes nothing.
#[derive(Clone, Debug)]
pub struct DelistProduct {
    /// The product.
    pub product_id: ProductId,
}

impl Command for DelistProduct {
    type Output = Product;
}

impl Handles<DelistProduct> for Catalog {
    async fn handle(&self, command: DelistProduct, meta: CommandMeta) -> Result<Product, UseCaseError> {
        self.change(command.product_id, &meta, |product| {
            if product.status == ProductStatus::Delisted {
                return Ok(None);
            }
            product.status = ProductStatus::Delisted;
            let product_id = product.id;
            Ok(Some(ProductDelisted { product_id }))
        })
        .await
    }
}
