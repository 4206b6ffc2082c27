//! A product is put on the list.

use message_bus::{
    Command, CommandMeta, CommitError, Handles, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{Money, ProductId, Refusal, Version, events::ProductListed};

use crate::{
    Catalog, CatalogRows, Product, ProductStatus,
    catalog::told,
    product_fields::{ProductError, check_name, check_sku},
    store::SKU_INDEX,
};

/// List a product.
#[derive(Clone, Debug)]
pub struct ListProduct {
    /// The shop's key of it. No other product may have it, however it is cased.
    pub sku: String,
    /// By what customers know it.
    pub name: String,
    /// The list price of one unit.
    pub unit_price: Money,
}

impl Command for ListProduct {
    type Output = Product;
}

impl Handles<ListProduct> for Catalog {
    async fn handle(&self, command: ListProduct, meta: CommandMeta) -> Result<Product, UseCaseError> {
        check_sku(&command.sku).map_err(Refusal::from)?;
        check_name(&command.name).map_err(Refusal::from)?;
        let product = Product {
            id: ProductId::new(self.ids.next_id()),
            sku: command.sku,
            name: command.name,
            unit_price: command.unit_price,
            status: ProductStatus::Listed,
            created_at: meta.issued_at,
            updated_at: meta.issued_at,
            version: Version::FIRST,
        };
        let listed = ProductListed {
            product_id: product.id,
            sku: product.sku.clone(),
            name: product.name.clone(),
            unit_price: product.unit_price,
        };
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let rows = CatalogRows::listed(&product);
            let event = told(&listed, &product)?;
            let committed = self.commit(rows, Some(event), &product, &meta).await;
            committed.map_err(|error| unless_taken(error, &product.sku))?;
            Ok(product.clone())
        })
        .await
    }
}

/// Turns the unique index's answer into the refusal.
fn unless_taken(error: UseCaseFailure, sku: &str) -> UseCaseFailure {
    match error {
        UseCaseFailure::NotCommitted(CommitError::AlreadyExists { constraint })
            if constraint == SKU_INDEX =>
        {
            let sku = sku.to_owned();
            Refusal::from(ProductError::SkuAlreadyListed { sku }).into()
        }
        other => other,
    }
}
