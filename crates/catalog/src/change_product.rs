//! A product gets another name or another price.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::{Money, ProductId, Refusal, events::ProductRepriced};

use crate::{
    Catalog, Product, ProductStatus,
    product_fields::{ProductError, check_name},
};

/// Change a listed product. An absent field stays as it is.
#[derive(Clone, Debug)]
pub struct ChangeProduct {
    /// The product.
    pub product_id: ProductId,
    /// The new name that customers see.
    pub name: Option<String>,
    /// The list price of one unit from now on.
    pub unit_price: Option<Money>,
}

impl Command for ChangeProduct {
    type Output = Product;
}

impl Handles<ChangeProduct> for Catalog {
    async fn handle(&self, command: ChangeProduct, meta: CommandMeta) -> Result<Product, UseCaseError> {
        if let Some(name) = &command.name {
            check_name(name).map_err(Refusal::from)?;
        }
        self.change(command.product_id, &meta, |product| {
            let product_id = product.id;
            if product.status == ProductStatus::Delisted {
                return Err(ProductError::Delisted { product_id }.into());
            }
            let name = command.name.as_ref().unwrap_or(&product.name).clone();
            let unit_price = command.unit_price.unwrap_or(product.unit_price);
            if (&name, unit_price) == (&product.name, product.unit_price) {
                return Ok(None);
            }
            product.name.clone_from(&name);
            product.unit_price = unit_price;
            Ok(Some(ProductRepriced {
                product_id,
                sku: product.sku.clone(),
                name,
                unit_price,
            }))
        })
        .await
    }
}
