//! Lived time, in its tables.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, QueryableByName, RunQueryDsl,
    SqliteConnection, delete, insert_into, sql_query,
    sql_types::{BigInt, Nullable},
    update,
};

use crate::{
    columns::{RowTime, UtcTime},
    operating::lived_time::{LivedTime, STORED_BEFORE},
    schema::{lived_hours, lived_time},
};

/// A row's stamp: this time, or the earliest allowed stamp, whichever is later.
pub(crate) fn stamp(connection: &mut SqliteConnection, at: RowTime) -> QueryResult<RowTime> {
    let stamps_from: Option<RowTime> = lived_time::table
        .select(lived_time::stamps_from)
        .first(connection)
        .optional()?;
    Ok(stamps_from.map_or(at, |from| from.max(at)))
}

/// The smallest write that needs room on the disk, and changes nothing in the end. SQLite writes no page for a value that a row has already, so it is
/// changed and changed back.
pub(crate) fn write_and_take_back(connection: &mut SqliteConnection) -> QueryResult<()> {
    for change in [1, -1] {
        update(lived_time::table)
            .set(lived_time::lived.eq(lived_time::lived + change))
            .execute(connection)?;
    }
    Ok(())
}

/// The row, if there is one.
pub(crate) fn find(connection: &mut SqliteConnection) -> QueryResult<Option<LivedTime>> {
    let row: Option<(i64, RowTime, Option<i64>)> = lived_time::table
        .select((lived_time::lived, lived_time::stamps_from, lived_time::jumped_at))
        .first(connection)
        .optional()?;
    Ok(row.map(|(lived, stamps_from, jumped_at)| LivedTime {
        lived,
        stamps_from,
        jumped_at,
    }))
}

/// Writes the first row, and its line.
pub(crate) fn begin(connection: &mut SqliteConnection, row: LivedTime) -> QueryResult<()> {
    insert_into(lived_time::table)
        .values((
            lived_time::only_one.eq(true),
            lived_time::lived.eq(row.lived),
            lived_time::stamps_from.eq(row.stamps_from),
            lived_time::jumped_at.eq(row.jumped_at),
        ))
        .execute(connection)?;
    add_line(connection, row)
}

/// Writes the row that comes after `found`. Lines are kept for as long as anything is: `longest_kept` microseconds of lived time.
pub(crate) fn go_on(
    connection: &mut SqliteConnection,
    found: LivedTime,
    row: LivedTime,
    longest_kept: i64,
) -> QueryResult<()> {
    update(lived_time::table)
        .set((
            lived_time::lived.eq(row.lived),
            lived_time::stamps_from.eq(row.stamps_from),
            lived_time::jumped_at.eq(row.jumped_at),
        ))
        .execute(connection)?;
    if !row.begins_a_line(found) {
        return Ok(());
    }
    add_line(connection, row)?;
    let last_needed: Option<i64> = lived_hours::table
        .filter(lived_hours::lived.le(row.lived.saturating_sub(longest_kept)))
        .select(diesel::dsl::max(lived_hours::lived))
        .first(connection)?;
    delete(lived_hours::table.filter(lived_hours::lived.lt(last_needed.unwrap_or(i64::MIN))))
        .execute(connection)?;
    Ok(())
}

/// Of two lines at the same lived time, the earlier stamp counts.
fn add_line(connection: &mut SqliteConnection, row: LivedTime) -> QueryResult<()> {
    sql_query(
        "INSERT INTO lived_hours (lived, stamps_from) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET stamps_from = min(stamps_from, excluded.stamps_from)",
    )
    .bind::<BigInt, _>(row.lived)
    .bind::<UtcTime, _>(row.stamps_from)
    .execute(connection)?;
    Ok(())
}

/// The stamp before which everything is older than `kept` microseconds of lived time.
pub(crate) fn stored_before(connection: &mut SqliteConnection, kept: i64) -> QueryResult<Option<RowTime>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Nullable<UtcTime>)]
        before: Option<RowTime>,
    }
    let found: Found = sql_query(STORED_BEFORE)
        .bind::<BigInt, _>(kept)
        .get_result(connection)?;
    Ok(found.before)
}
