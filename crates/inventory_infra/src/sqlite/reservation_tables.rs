//! The tables `reservations` and `reservation_lines`.

use std::collections::BTreeSet;

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into, update,
};

use shared_kernel::{OrderId, PageRequest, ReservationId};
use storage::{ReadError, RowWrite, columns::RowId, sqlite::RowError};

use crate::schema::{reservation_lines, reservations};
use crate::{
    changes::ReservationChange,
    reservation_rows::{LineRow, ReservationRow, WholeReservation},
};

/// Writes a reservation, if no other command has changed it since it was loaded; a new one with its lines.
pub(super) fn write(change: &ReservationChange, connection: &mut SqliteConnection) -> Result<(), RowError> {
    match change.write {
        RowWrite::Insert => insert(&change.row, connection)?,
        RowWrite::Update { loaded_version } => update_state(&change.row, loaded_version, connection)?,
    }
    for line in &change.lines {
        insert_line(line, connection)?;
    }
    Ok(())
}

fn insert(row: &ReservationRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(reservations::table)
        .values((
            reservations::id.eq(row.id),
            reservations::order_id.eq(row.order_id),
            reservations::state.eq(&row.state),
            reservations::decided_at.eq(row.decided_at),
            reservations::updated_at.eq(row.updated_at),
            reservations::version.eq(row.version),
        ))
        .execute(connection)?;
    Ok(())
}

/// Writes the columns that can change.
fn update_state(
    row: &ReservationRow,
    loaded_version: i64,
    connection: &mut SqliteConnection,
) -> Result<(), RowError> {
    let loaded = reservations::table
        .filter(reservations::id.eq(row.id))
        .filter(reservations::version.eq(loaded_version));
    let updated = update(loaded)
        .set((
            reservations::state.eq(&row.state),
            reservations::updated_at.eq(row.updated_at),
            reservations::version.eq(row.version),
        ))
        .execute(connection)?;
    match updated {
        0 => Err(RowError::VersionConflict),
        _ => Ok(()),
    }
}

fn insert_line(row: &LineRow, connection: &mut SqliteConnection) -> Result<(), RowError> {
    insert_into(reservation_lines::table)
        .values((
            reservation_lines::reservation_id.eq(row.reservation_id),
            reservation_lines::product_id.eq(row.product_id),
            reservation_lines::quantity.eq(row.quantity),
            reservation_lines::available.eq(row.available),
        ))
        .execute(connection)?;
    Ok(())
}

/// The reservations of these orders: a look-up by key for each, prepared once.
pub(super) fn of_orders(
    orders: &BTreeSet<OrderId>,
    connection: &mut SqliteConnection,
) -> Result<Vec<ReservationRow>, ReadError> {
    let mut found = Vec::new();
    for order_id in orders {
        let reservation = reservations::table
            .filter(reservations::order_id.eq(RowId(order_id.uuid())))
            .first::<ReservationRow>(connection)
            .optional()?;
        found.extend(reservation);
    }
    Ok(found)
}

/// The reservations of a page, newest first.
pub(super) fn newest(
    order_id: Option<OrderId>,
    page: PageRequest<ReservationId>,
    connection: &mut SqliteConnection,
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
    Ok(query.load(connection)?)
}

/// The same with their lines: a look-up by key for each.
pub(super) fn with_lines(
    reservations: Vec<ReservationRow>,
    connection: &mut SqliteConnection,
) -> Result<Vec<WholeReservation>, ReadError> {
    let mut whole = Vec::with_capacity(reservations.len());
    for reservation in reservations {
        let lines = reservation_lines::table
            .filter(reservation_lines::reservation_id.eq(reservation.id))
            .order(reservation_lines::product_id)
            .load::<LineRow>(connection)?;
        whole.push(WholeReservation { reservation, lines });
    }
    Ok(whole)
}
