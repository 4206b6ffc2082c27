//! The catalogue: products are read back as they were written, skus are unique, and the list goes by name.

mod lists;
mod products;

use std::sync::Arc;

use catalog::{Catalog, CatalogStore, ListProduct, Product};
use message_bus::{Handles, UseCaseError};
use shared_kernel::{Currency, Money, ProductId};

use crate::{event_history::EventHistory, seams::Seams};

/// The catalogue on some engine.
pub(crate) struct CatalogOn {
    pub(crate) store: Arc<dyn CatalogStore>,
    pub(crate) history: EventHistory,
    pub(crate) seams: Seams,
    pub(crate) face: Catalog,
    _ground: Box<dyn Send>,
}

impl CatalogOn {
    /// `ground` is what the store stands on: the folder or the database that goes when the store has gone.
    pub(crate) fn new(
        store: Arc<dyn CatalogStore>,
        history: EventHistory,
        seams: Seams,
        ground: impl Send + 'static,
    ) -> Self {
        Self {
            face: Catalog::new(Arc::clone(&store), seams.ids()),
            store,
            history,
            seams,
            _ground: Box::new(ground),
        }
    }

    /// Lists a product at 19.99 euros.
    pub(crate) async fn list(&self, sku: &str, name: &str) -> Result<Product, UseCaseError> {
        let command = ListProduct {
            sku: sku.to_owned(),
            name: name.to_owned(),
            unit_price: eur(19_99),
        };
        self.face.send(command, self.seams.meta()).await
    }

    pub(crate) async fn stored(&self, id: ProductId) -> Option<Product> {
        self.store.product(id).await.unwrap()
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
