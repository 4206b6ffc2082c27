//! The catalogue's share of a write set, and its rows, with the mapping in both directions.

use diesel::{Queryable, QueryableByName};
use shared_kernel::{Money, ProductId, Version};
use storage::{
    AggregateTable, ContextRows, ReadError, Statement,
    columns::{RowId, RowTime, row_time, to_time, to_version},
};

use crate::{Product, ProductStatus, product::folded};

/// What one command writes; nothing, when it only answers.
#[derive(Clone, Debug, Default)]
pub struct CatalogRows {
    pub(crate) product: Option<ProductChange>,
}

impl ContextRows for CatalogRows {
    const AGGREGATES: &'static [AggregateTable] = &[AggregateTable {
        aggregate_type: "product",
        table: "products",
    }];
}

/// The change of a product's row.
#[derive(Clone, Debug)]
pub(crate) struct ProductChange {
    pub(crate) row: ProductRow,
    /// The version that it replaces; 0 for a product that is new.
    pub(crate) loaded_version: i64,
}

/// A row of `products`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = crate::schema::products)]
pub(crate) struct ProductRow {
    pub(crate) id: RowId,
    pub(crate) sku: String,
    pub(crate) sku_folded: String,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) price: i64,
    pub(crate) currency: String,
    pub(crate) status: String,
    pub(crate) created_at: RowTime,
    pub(crate) updated_at: RowTime,
    pub(crate) version: i64,
}

impl CatalogRows {
    /// A product that is new.
    pub(crate) fn listed(product: &Product) -> Self {
        Self::changed(product, Version::NEVER_STORED)
    }

    /// A product that was at version `loaded`.
    pub(crate) fn changed(product: &Product, loaded: Version) -> Self {
        Self {
            product: Some(ProductChange {
                row: product.into(),
                loaded_version: loaded.number().into(),
            }),
        }
    }
}

impl ProductChange {
    pub(crate) const fn is_new(&self) -> bool {
        self.loaded_version == 0
    }
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> Self {
        Self {
            id: RowId(product.id.uuid()),
            sku: product.sku.clone(),
            sku_folded: folded(&product.sku),
            name: product.name.clone(),
            name_folded: folded(&product.name),
            price: product.unit_price.minor_units(),
            currency: product.unit_price.currency().code().to_owned(),
            status: product.status.name().to_owned(),
            created_at: row_time(product.created_at),
            updated_at: row_time(product.updated_at),
            version: product.version.number().into(),
        }
    }
}

impl TryFrom<ProductRow> for Product {
    type Error = ReadError;

    fn try_from(row: ProductRow) -> Result<Self, ReadError> {
        let currency = row.currency.parse().map_err(ReadError::corrupt)?;
        Ok(Self {
            id: ProductId::new(row.id.0),
            unit_price: Money::from_minor_units(row.price, currency).map_err(ReadError::corrupt)?,
            status: status_named(&row.status)?,
            created_at: to_time(row.created_at)?,
            updated_at: to_time(row.updated_at)?,
            version: to_version(row.version)?,
            sku: row.sku,
            name: row.name,
        })
    }
}

/// A product's row.
pub(crate) fn product_row(id: ProductId) -> Statement {
    Statement::new("SELECT * FROM products WHERE id = $1").bind(RowId(id.uuid()))
}

fn status_named(name: &str) -> Result<ProductStatus, ReadError> {
    ProductStatus::ALL
        .into_iter()
        .find(|status| status.name() == name)
        .ok_or_else(|| ReadError::corrupt(format!("found status {name:?}, expected listed or delisted")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::a_product;

    #[test]
    fn a_product_of_each_status_survives_being_a_row() {
        for status in ProductStatus::ALL {
            let product = Product {
                status,
                ..a_product()
            };
            assert_eq!(Product::try_from(ProductRow::from(&product)).unwrap(), product);
        }
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_corrupt() {
        let spoil: [fn(&mut ProductRow); 5] = [
            |row| row.status = "sold out".to_owned(),
            |row| row.currency = "XTS".to_owned(),
            |row| row.price = -1,
            |row| row.version = -1,
            |row| row.created_at = RowTime(i64::MAX),
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut row = ProductRow::from(&a_product());
            spoil(&mut row);
            let read = Product::try_from(row);
            assert!(matches!(read, Err(ReadError::Corrupt(_))), "{number}: {read:?}");
        }
    }
}
