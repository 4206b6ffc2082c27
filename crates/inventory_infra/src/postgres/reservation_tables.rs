//! The tables `reservations` and `reservation_lines`.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use shared_kernel::{OrderId, PageRequest, ReservationId};
use storage::{ReadError, RowWrite, columns::RowId, postgres::BatchStatement};

use crate::schema::{reservation_lines, reservations};
use crate::{
    changes::ReservationChange,
    reservation_rows::{LineRow, ReservationRow, WholeReservation},
};

/// Writes the reservations of a batch, new ones with their lines. Returns the places of those that another transaction has changed
/// since they were loaded.
pub(super) async fn write(
    changes: Vec<(usize, &ReservationChange)>,
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (place, change) in &changes {
        match change.write {
            RowWrite::Insert => new.push(&change.row),
            RowWrite::Update { loaded_version } => changed.push((*place, &change.row, loaded_version)),
        }
    }
    insert(&new, connection).await?;
    let lines: Vec<_> = changes.iter().flat_map(|(_, change)| &change.lines).collect();
    insert_lines(&lines, connection).await?;
    update(&changed, connection).await
}

async fn insert(rows: &[&ReservationRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO reservations (id, order_id, state, decided_at, updated_at, version) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.id))
    .ids(rows.iter().map(|row| row.order_id))
    .texts(rows.iter().map(|row| row.state.clone()))
    .times(rows.iter().map(|row| row.decided_at))
    .times(rows.iter().map(|row| row.updated_at))
    .numbers(rows.iter().map(|row| row.version))
    // An order has one reservation, which two transactions may insert at the same time, each under another id.
    .then(") ORDER BY 2")
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_lines(rows: &[&LineRow], connection: &AsyncPgConnection) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    BatchStatement::new(
        "INSERT INTO reservation_lines (reservation_id, product_id, quantity, available) SELECT * FROM unnest(",
    )
    .ids(rows.iter().map(|row| row.reservation_id))
    .ids(rows.iter().map(|row| row.product_id))
    .numbers(rows.iter().map(|row| row.quantity))
    .optional_numbers(rows.iter().map(|row| row.available))
    .then(") ORDER BY 1, 2")
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the columns that can change. Locks the reservations in the order of their ids, before it writes any.
async fn update(
    rows: &[(usize, &ReservationRow, i64)],
    connection: &AsyncPgConnection,
) -> QueryResult<Vec<usize>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let each = || rows.iter().map(|(_, row, _)| *row);
    BatchStatement::new(
        "UPDATE reservations SET state = new.state, updated_at = new.updated_at, version = new.version FROM (
             SELECT new.* FROM reservations JOIN unnest(",
    )
    .ids(each().map(|row| row.id))
    .numbers(rows.iter().map(|(_, _, loaded_version)| *loaded_version))
    .texts(each().map(|row| row.state.clone()))
    .times(each().map(|row| row.updated_at))
    .numbers(each().map(|row| row.version))
    .then(
        ") AS new (id, loaded_version, state, updated_at, version)
             ON reservations.id = new.id AND reservations.version = new.loaded_version
             ORDER BY reservations.id FOR NO KEY UPDATE OF reservations) AS new
         WHERE reservations.id = new.id AND reservations.version = new.loaded_version RETURNING reservations.id",
    )
    .stale(rows.iter().map(|(place, row, _)| (*place, row.id)), connection)
    .await
}

/// The reservations of these orders.
pub(super) async fn of_orders(
    orders: Vec<RowId>,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<ReservationRow>, ReadError> {
    Ok(reservations::table
        .filter(reservations::order_id.eq_any(orders))
        .load(&mut connection)
        .await?)
}

/// The reservations of a page, newest first.
pub(super) async fn newest(
    order_id: Option<OrderId>,
    page: PageRequest<ReservationId>,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<ReservationRow>, ReadError> {
    let mut query = reservations::table
        .order(reservations::id.desc())
        .limit(i64::from(page.limit) + 1)
        .into_boxed();
    if let Some(order_id) = order_id {
        query = query.filter(reservations::order_id.eq(RowId(order_id.uuid())));
    }
    if let Some(after) = page.after {
        query = query.filter(reservations::id.lt(RowId(after.uuid())));
    }
    Ok(query.load(&mut connection).await?)
}

/// The same with their lines. Those never change, so this statement may safely see a later state of the database.
pub(super) async fn with_lines(
    reservations: Vec<ReservationRow>,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<WholeReservation>, ReadError> {
    if reservations.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RowId> = reservations.iter().map(|row| row.id).collect();
    let rows: Vec<LineRow> = reservation_lines::table
        .filter(reservation_lines::reservation_id.eq_any(ids))
        .order((reservation_lines::reservation_id, reservation_lines::product_id))
        .load(&mut connection)
        .await?;
    let mut lines: HashMap<RowId, Vec<LineRow>> = HashMap::new();
    for row in rows {
        lines.entry(row.reservation_id).or_default().push(row);
    }
    let whole = reservations.into_iter().map(|reservation| {
        let lines = lines.remove(&reservation.id).unwrap_or_default();
        WholeReservation { reservation, lines }
    });
    Ok(whole.collect())
}
