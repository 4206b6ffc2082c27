//! The table `order_lines`, as far as it is written.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use storage::postgres::BatchStatement;

use crate::{changes::LineChange, order_rows::OrderLineRow};

/// Writes the changes of the lines of a batch. No other transaction can have changed them: their orders are locked by now.
pub(super) async fn write(
    changes: impl Iterator<Item = &LineChange> + Send,
    connection: &AsyncPgConnection,
) -> QueryResult<()> {
    let (mut new, mut changed, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            LineChange::Insert(row) => new.push(row),
            LineChange::Update(row) => changed.push(row),
            LineChange::Delete(row) => gone.push(row),
        }
    }
    insert(&new, connection).await?;
    update(&changed, connection).await?;
    delete(&gone, connection).await
}

async fn insert(rows: &[&OrderLineRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO order_lines (order_id, position, line_id, product_id, product_name, quantity, unit_price, kind, \
         asks_for_stock) \
         SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.order_id))
    .numbers(rows.iter().map(|row| row.position))
    .ids(rows.iter().map(|row| row.line_id))
    .ids(rows.iter().map(|row| row.product_id))
    .texts(rows.iter().map(|row| row.product_name.clone()))
    .numbers(rows.iter().map(|row| row.quantity))
    .numbers(rows.iter().map(|row| row.unit_price))
    .texts(rows.iter().map(|row| row.kind.clone()))
    .flags(rows.iter().map(|row| row.asks_for_stock))
    .then(") ORDER BY 1, 2")
    .execute(connection)
    .await?;
    Ok(())
}

async fn update(rows: &[&OrderLineRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "UPDATE order_lines SET product_id = new.product_id, product_name = new.product_name, \
         quantity = new.quantity, unit_price = new.unit_price, kind = new.kind, \
         asks_for_stock = new.asks_for_stock FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.order_id))
    .numbers(rows.iter().map(|row| row.position))
    .ids(rows.iter().map(|row| row.product_id))
    .texts(rows.iter().map(|row| row.product_name.clone()))
    .numbers(rows.iter().map(|row| row.quantity))
    .numbers(rows.iter().map(|row| row.unit_price))
    .texts(rows.iter().map(|row| row.kind.clone()))
    .flags(rows.iter().map(|row| row.asks_for_stock))
    .then(
        ") AS new (order_id, position, product_id, product_name, quantity, unit_price, kind, asks_for_stock) \
         WHERE order_lines.order_id = new.order_id AND order_lines.position = new.position",
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn delete(rows: &[&OrderLineRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new("DELETE FROM order_lines USING unnest(")
        .ids(rows.iter().map(|row| row.order_id))
        .numbers(rows.iter().map(|row| row.position))
        .then(
            ") AS gone (order_id, position) \
             WHERE order_lines.order_id = gone.order_id AND order_lines.position = gone.position",
        )
        .execute(connection)
        .await?;
    Ok(())
}
