//! The catalogue: products are read back as they were written, skus are unique, and the list is sorted by name.

mod lists;
mod products;

use std::sync::Arc;

use catalog::{Catalog, ListProduct, Product};
use message_bus::{Handles, UseCaseError};
use shared_kernel::{Currency, Money, ProductId};

use crate::stores::On;

/// The catalogue on some engine.
pub(crate) type CatalogStore = On<dyn catalog::CatalogStore>;

impl CatalogStore {
    pub(crate) fn face(&self) -> Catalog {
        Catalog::new(Arc::clone(&self.port), self.seams.ids())
    }

    /// Lists a product at 19.99 euros.
    pub(crate) async fn list(&self, sku: &str, name: &str) -> Result<Product, UseCaseError> {
        let command = ListProduct {
            sku: sku.to_owned(),
            name: name.to_owned(),
            unit_price: eur(19_99),
        };
        self.face().send(command, self.seams.meta()).await
    }

    pub(crate) async fn stored(&self, id: ProductId) -> Option<Product> {
        self.port.product(id).await.unwrap()
    }

    /// The types of a product's events, each with its version.
    pub(crate) async fn events(&self, id: ProductId) -> Vec<(u32, String)> {
        self.history.of("product", id.uuid()).await
    }
}

pub(crate) fn eur(minor_units: i64) -> Money {
    Money::from_minor_units(minor_units, Currency::Eur).unwrap()
}

/// The code of a refusal; anything else is not what the contract expected.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}
