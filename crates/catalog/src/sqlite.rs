//! The catalogue on SQLite.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection, insert_into,
    sqlite::Sqlite, update,
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::ProductId;
use storage::{
    columns::RowId,
    sqlite::{RowError, SqliteContext, SqliteRows},
};

use crate::schema::products;
use crate::{
    CatalogRows, CatalogStore, Product, ProductStatus,
    rows::{ProductChange, ProductRow, product_row},
    store::Stretch,
};

/// The migrations of the catalogue's own table, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/catalog/sqlite");

#[async_trait]
impl CatalogStore for SqliteContext<CatalogRows> {
    async fn product(&self, id: ProductId) -> Result<Option<Product>, Unavailable> {
        let product = self.rows::<ProductRow, _>(product_row(id)).await?;
        Ok(product.into_iter().next())
    }

    async fn listed(&self, stretch: Stretch) -> Result<Vec<Product>, Unavailable> {
        self.read(move |connection| {
            let rows: Vec<ProductRow> = products_in(stretch).load(connection)?;
            rows.into_iter().map(Product::try_from).collect()
        })
        .await
    }

    async fn commit(&self, write_set: WriteSet<CatalogRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

/// The listed products of a range.
fn products_in(stretch: Stretch) -> products::BoxedQuery<'static, Sqlite> {
    let mut query = products::table
        .filter(products::status.eq(ProductStatus::Listed.name()))
        .order((products::name_folded, products::id))
        .limit(stretch.at_most.into())
        .into_boxed();
    if let Some(before) = stretch.before {
        query = query.filter(products::name_folded.lt(before));
    }
    match stretch.after {
        None => query.filter(products::name_folded.ge(stretch.from)),
        // With `>=` first, because SQLite uses only that to find the position in the index.
        Some(after) => query.filter(
            products::name_folded.ge(after.name.clone()).and(
                products::name_folded
                    .gt(after.name)
                    .or(products::id.gt(RowId(after.id.uuid()))),
            ),
        ),
    }
}

impl SqliteRows for CatalogRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        match &self.product {
            Some(change) if change.is_new() => insert(&change.row, connection),
            Some(change) => replace(change, connection),
            None => Ok(()),
        }
    }
}

fn insert(row: &ProductRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(products::table)
        .values((
            products::id.eq(row.id),
            products::sku.eq(&row.sku),
            products::sku_folded.eq(&row.sku_folded),
            products::name.eq(&row.name),
            products::name_folded.eq(&row.name_folded),
            products::price.eq(row.price),
            products::currency.eq(&row.currency),
            products::status.eq(&row.status),
            products::created_at.eq(row.created_at),
            products::updated_at.eq(row.updated_at),
            products::version.eq(row.version),
        ))
        .execute(connection)?;
    Ok(())
}

/// Writes the columns that can change, if no other command has changed the product since it was loaded.
fn replace(change: &ProductChange, connection: &mut SqliteConnection) -> Result<(), RowError> {
    let row = &change.row;
    let loaded = products::table
        .filter(products::id.eq(row.id))
        .filter(products::version.eq(change.loaded_version));
    let updated = update(loaded)
        .set((
            products::name.eq(&row.name),
            products::name_folded.eq(&row.name_folded),
            products::price.eq(row.price),
            products::currency.eq(&row.currency),
            products::status.eq(&row.status),
            products::updated_at.eq(row.updated_at),
            products::version.eq(row.version),
        ))
        .execute(connection)?;
    match updated {
        0 => Err(RowError::VersionConflict),
        _ => Ok(()),
    }
}
