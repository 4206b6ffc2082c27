//! The table `customers`.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use shared_kernel::CustomerId;
use storage::{ReadError, RowWrite, columns::RowId, postgres::BatchStatement};

use crate::schema::customers;
use crate::{changes::CustomerChange, customer_row::CustomerRow};

/// Writes the customers of a batch. Returns the places of those that another transaction has changed since they were loaded.
pub(super) async fn write(
    changes: Vec<(usize, &CustomerChange)>,
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (place, change) in changes {
        match change.write {
            RowWrite::Insert => new.push(&change.row),
            RowWrite::Update { loaded_version } => changed.push((place, &change.row, loaded_version)),
        }
    }
    insert(&new, connection).await?;
    update(&changed, connection).await
}

async fn insert(rows: &[&CustomerRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new("INSERT INTO customers (id, email, tier, status, version) SELECT * FROM unnest(")
        .ids(rows.iter().map(|row| row.id))
        .texts(rows.iter().map(|row| row.email.clone()))
        .texts(rows.iter().map(|row| row.tier.clone()))
        .texts(rows.iter().map(|row| row.status.clone()))
        .numbers(rows.iter().map(|row| row.version))
        .then(") ORDER BY 1")
        .execute(connection)
        .await?;
    Ok(())
}

async fn update(
    rows: &[(usize, &CustomerRow, i64)],
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    BatchStatement::new(
        "UPDATE customers SET email = new.email, tier = new.tier, status = new.status, version = new.version FROM (
             SELECT new.* FROM customers JOIN unnest(",
    )
    .ids(rows.iter().map(|(_, row, _)| row.id))
    .numbers(rows.iter().map(|(_, _, loaded_version)| *loaded_version))
    .texts(rows.iter().map(|(_, row, _)| row.email.clone()))
    .texts(rows.iter().map(|(_, row, _)| row.tier.clone()))
    .texts(rows.iter().map(|(_, row, _)| row.status.clone()))
    .numbers(rows.iter().map(|(_, row, _)| row.version))
    .then(
        ") AS new (id, loaded_version, email, tier, status, version)
             ON customers.id = new.id AND customers.version = new.loaded_version
             ORDER BY customers.id FOR NO KEY UPDATE OF customers) AS new
         WHERE customers.id = new.id AND customers.version = new.loaded_version RETURNING customers.id",
    )
    .stale(rows.iter().map(|(place, row, _)| (*place, row.id)), connection)
    .await
}

/// The customers with these ids.
pub(super) async fn read(
    ids: &[CustomerId],
    mut connection: &AsyncPgConnection,
) -> Result<HashMap<CustomerId, CustomerRow>, ReadError> {
    let ids: Vec<RowId> = ids.iter().map(|id| RowId(id.uuid())).collect();
    let customers: Vec<CustomerRow> = customers::table
        .filter(customers::id.eq_any(ids))
        .load(&mut connection)
        .await?;
    let found = customers.into_iter().map(|row| (CustomerId::new(row.id.0), row));
    Ok(found.collect())
}
