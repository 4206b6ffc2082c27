//! Lived time, in its tables. The only clock here is the server's.

use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Nullable},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    columns::{RowTime, UtcTime},
    operating::lived_time::{LivedTime, STORED_BEFORE},
};

/// SQL for a row's stamp: the transaction's time, or the earliest allowed stamp, whichever is later.
macro_rules! stamp {
    () => {
        "greatest(now(), (SELECT stamps_from FROM lived_time))"
    };
}
pub(crate) use stamp;

/// The time of the server's clock, and the row, if there is one.
pub(crate) async fn find(connection: &AsyncPgConnection) -> QueryResult<(RowTime, Option<LivedTime>)> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = UtcTime)]
        clock: RowTime,
        #[diesel(sql_type = Nullable<BigInt>)]
        lived: Option<i64>,
        #[diesel(sql_type = Nullable<UtcTime>)]
        stamps_from: Option<RowTime>,
        #[diesel(sql_type = Nullable<BigInt>)]
        jumped_at: Option<i64>,
    }
    let found: Found = sql_query(
        "SELECT clock_timestamp() AS clock, lived, stamps_from, jumped_at FROM (SELECT) AS now LEFT JOIN lived_time ON true",
    )
    .get_result(&mut &*connection)
    .await?;
    let row = found
        .lived
        .zip(found.stamps_from)
        .map(|(lived, stamps_from)| LivedTime {
            lived,
            stamps_from,
            jumped_at: found.jumped_at,
        });
    Ok((found.clock, row))
}

/// Writes the first row, and its line, unless another process has.
pub(crate) async fn begin(connection: &AsyncPgConnection, row: LivedTime) -> QueryResult<()> {
    sql_query(
        "WITH begun AS (
             INSERT INTO lived_time (only_one, lived, stamps_from, jumped_at) VALUES (true, $1, $2, NULL)
             ON CONFLICT DO NOTHING RETURNING lived, stamps_from)
         INSERT INTO lived_hours (lived, stamps_from) SELECT lived, stamps_from FROM begun",
    )
    .bind::<BigInt, _>(row.lived)
    .bind::<UtcTime, _>(row.stamps_from)
    .execute(&mut &*connection)
    .await?;
    Ok(())
}

/// Writes the row that comes after `found`, and returns whether `lived` was still as in `found`. Lines are kept for as long as anything is:
/// `longest_kept` microseconds of lived time. Of two lines at the same lived time, the earlier stamp counts.
pub(crate) async fn go_on(
    connection: &AsyncPgConnection,
    found: LivedTime,
    row: LivedTime,
    longest_kept: i64,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Gone {
        #[diesel(sql_type = BigInt)]
        on: i64,
    }
    let gone: Gone = sql_query(
        "WITH gone AS (
             UPDATE lived_time SET lived = $1, stamps_from = $2, jumped_at = $3
             WHERE lived = $4 RETURNING lived, stamps_from),
         line AS (
             INSERT INTO lived_hours (lived, stamps_from) SELECT lived, stamps_from FROM gone WHERE $5
             ON CONFLICT (lived) DO UPDATE SET stamps_from = least(lived_hours.stamps_from, excluded.stamps_from)
             RETURNING lived),
         needed_no_more AS (
             DELETE FROM lived_hours
             WHERE lived < (SELECT max(lived) FROM lived_hours WHERE lived <= (SELECT lived - $6 FROM line)))
         SELECT count(*) AS on FROM gone",
    )
    .bind::<BigInt, _>(row.lived)
    .bind::<UtcTime, _>(row.stamps_from)
    .bind::<Nullable<BigInt>, _>(row.jumped_at)
    .bind::<BigInt, _>(found.lived)
    .bind::<Bool, _>(row.begins_a_line(found))
    .bind::<BigInt, _>(longest_kept)
    .get_result(&mut &*connection)
    .await?;
    Ok(gone.on == 1)
}

/// The stamp before which everything is older than `kept` microseconds of lived time.
pub(crate) async fn stored_before(connection: &AsyncPgConnection, kept: i64) -> QueryResult<Option<RowTime>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Nullable<UtcTime>)]
        before: Option<RowTime>,
    }
    let found: Found = sql_query(STORED_BEFORE)
        .bind::<BigInt, _>(kept)
        .get_result(&mut &*connection)
        .await?;
    Ok(found.before)
}
