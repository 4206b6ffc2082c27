//! The catalogue on PostgreSQL.

use async_trait::async_trait;
use diesel::{ExpressionMethods, IntoSql, QueryDsl, QueryResult, pg::Pg, sql_types::Record};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::ProductId;
use storage::{
    columns::RowId,
    postgres::{BatchStatement, PostgresContext, PostgresRows},
};
use uuid::Uuid;

use crate::schema::products;
use crate::{
    CatalogRows, CatalogStore, Product, ProductStatus,
    rows::{ProductChange, ProductRow, product_row},
    store::Stretch,
};

/// The migrations of the catalogue's own table, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/catalog/postgres");

#[async_trait]
impl CatalogStore for PostgresContext<CatalogRows> {
    async fn product(&self, id: ProductId) -> Result<Option<Product>, Unavailable> {
        let product = self.rows::<ProductRow, _>(product_row(id)).await?;
        Ok(product.into_iter().next())
    }

    async fn listed(&self, stretch: Stretch) -> Result<Vec<Product>, Unavailable> {
        self.read(|connection| async move {
            let mut connection: &AsyncPgConnection = &connection;
            let rows: Vec<ProductRow> = products_in(stretch).load(&mut connection).await?;
            rows.into_iter().map(Product::try_from).collect()
        })
        .await
    }

    async fn commit(&self, write_set: WriteSet<CatalogRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

/// The listed products of a range.
fn products_in(stretch: Stretch) -> products::BoxedQuery<'static, Pg> {
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
        Some(after) => {
            // Compared as a row value, the pair is found in the index, which has both columns.
            let own = (products::name_folded, products::id).into_sql::<Record<_>>();
            query.filter(own.gt((after.name, RowId(after.id.uuid()))))
        }
    }
}

impl PostgresRows for CatalogRows {
    fn aggregates(&self) -> Vec<Uuid> {
        self.product.iter().map(|change| change.row.id.0).collect()
    }

    async fn write(batch: &[&Self], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
        let changes = || {
            let places = batch.iter().enumerate();
            places.filter_map(|(place, rows)| Some((place, rows.product.as_ref()?)))
        };
        let new: Vec<_> = changes().filter(|(_, change)| change.is_new()).collect();
        insert(&new, connection).await?;
        let changed: Vec<_> = changes().filter(|(_, change)| !change.is_new()).collect();
        replace(&changed, connection).await
    }
}

async fn insert(changes: &[(usize, &ProductChange)], connection: &AsyncPgConnection) -> QueryResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows = || changes.iter().map(|(_, change)| &change.row);
    BatchStatement::new(
        "INSERT INTO products (id, sku, sku_folded, name, name_folded, price, currency, status, created_at, updated_at, \
         version) SELECT * FROM unnest(",
    )
    .ids(rows().map(|row| row.id))
    .texts(rows().map(|row| row.sku.clone()))
    .texts(rows().map(|row| row.sku_folded.clone()))
    .texts(rows().map(|row| row.name.clone()))
    .texts(rows().map(|row| row.name_folded.clone()))
    .numbers(rows().map(|row| row.price))
    .texts(rows().map(|row| row.currency.clone()))
    .texts(rows().map(|row| row.status.clone()))
    .times(rows().map(|row| row.created_at))
    .times(rows().map(|row| row.updated_at))
    .numbers(rows().map(|row| row.version))
    // Two products may want the same SKU at the same time.
    .then(") ORDER BY 3")
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the columns that can change. Returns the places of those that another transaction has changed since they were loaded. Locks the products
/// in the order of their ids, before it writes any.
async fn replace(
    changes: &[(usize, &ProductChange)],
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = || changes.iter().map(|(_, change)| &change.row);
    BatchStatement::new(
        "UPDATE products SET name = new.name, name_folded = new.name_folded, price = new.price, currency = new.currency, \
         status = new.status, updated_at = new.updated_at, version = new.version FROM (
             SELECT new.* FROM products JOIN unnest(",
    )
    .ids(rows().map(|row| row.id))
    .numbers(changes.iter().map(|(_, change)| change.loaded_version))
    .texts(rows().map(|row| row.name.clone()))
    .texts(rows().map(|row| row.name_folded.clone()))
    .numbers(rows().map(|row| row.price))
    .texts(rows().map(|row| row.currency.clone()))
    .texts(rows().map(|row| row.status.clone()))
    .times(rows().map(|row| row.updated_at))
    .numbers(rows().map(|row| row.version))
    .then(
        ") AS new (id, loaded_version, name, name_folded, price, currency, status, updated_at, version)
             ON products.id = new.id AND products.version = new.loaded_version
             ORDER BY products.id FOR NO KEY UPDATE OF products) AS new
         WHERE products.id = new.id AND products.version = new.loaded_version RETURNING products.id",
    )
    .stale(
        changes.iter().map(|(place, change)| (*place, change.row.id)),
        connection,
    )
    .await
}
