//! Values as columns, each in the form that the engine keeps it in: bytes, numbers and text on SQLite, types of their
//! own on PostgreSQL.

use std::{io::Write, time::Duration};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, SqlOrd, SqlType, Text},
    sqlite::Sqlite,
};
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use crate::ReadError;

/// The start of PostgreSQL's own time, the year 2000, in microseconds since 1970.
const YEAR_2000: i64 = 946_684_800_000_000;

/// The type of a column of ids: a blob on SQLite, a `uuid` on PostgreSQL. It is one type for both engines, so that a table is declared once.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Binary"), postgres_type(oid = 2950, array_oid = 2951))]
pub struct Id;

/// The type of a column of times: an integer on SQLite, a `timestamptz` on PostgreSQL.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Long"), postgres_type(oid = 1184, array_oid = 1185))]
pub struct UtcTime;

/// The type of a column of JSON: text on SQLite, `jsonb` on PostgreSQL.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Text"), postgres_type(oid = 3802, array_oid = 3807))]
pub struct JsonText;

impl SqlOrd for UtcTime {}

/// An id in a row: sixteen bytes on SQLite, a `uuid` on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Id)]
pub struct RowId(pub Uuid);

/// A time in a row, in microseconds since 1970: that number on SQLite, a `timestamptz` on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = UtcTime)]
pub struct RowTime(pub i64);

impl RowTime {
    /// The time that is so much later.
    pub fn plus(self, duration: Duration) -> Self {
        let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(microseconds))
    }
}

/// JSON in a row: text on SQLite; `jsonb` on PostgreSQL, which keeps the value but not the spelling.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = JsonText)]
pub struct RowJson(pub String);

/// A time in its column's form.
pub const fn row_time(time: Timestamp) -> RowTime {
    RowTime(time.as_microseconds())
}

/// A time from its column.
///
/// # Errors
/// [`ReadError::Corrupt`] when it is out of range.
pub fn to_time(column: RowTime) -> Result<Timestamp, ReadError> {
    Timestamp::from_microseconds(column.0).map_err(ReadError::corrupt)
}

/// A count from its column.
///
/// # Errors
/// [`ReadError::Corrupt`] when it is negative or beyond 32 bits.
pub fn to_count(column: i64) -> Result<u32, ReadError> {
    u32::try_from(column).map_err(ReadError::corrupt)
}

/// A version from its column.
///
/// # Errors
/// [`ReadError::Corrupt`] when it is negative or beyond 32 bits.
pub fn to_version(column: i64) -> Result<Version, ReadError> {
    to_count(column).map(Version::new)
}

impl ToSql<Id, Sqlite> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Sqlite> for RowId {
    fn from_sql(mut value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

impl ToSql<Id, Pg> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Pg> for RowId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<UtcTime, Sqlite> for RowTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
    }
}

impl FromSql<UtcTime, Sqlite> for RowTime {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self)
    }
}

impl ToSql<UtcTime, Pg> for RowTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let since_2000 = self.0.checked_sub(YEAR_2000).ok_or("a time before all times")?;
        out.write_all(&since_2000.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<UtcTime, Pg> for RowTime {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let since_2000 = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        let since_1970 = since_2000
            .checked_add(YEAR_2000)
            .ok_or("a time after all times")?;
        Ok(Self(since_1970))
    }
}

impl ToSql<JsonText, Sqlite> for RowJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}

impl FromSql<JsonText, Sqlite> for RowJson {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Sqlite>>::from_sql(value).map(Self)
    }
}

/// The first byte of every `jsonb` on the wire: the version of its form.
const JSONB_VERSION: u8 = 1;

impl ToSql<JsonText, Pg> for RowJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<JsonText, Pg> for RowJson {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((&JSONB_VERSION, text)) => Ok(Self(std::str::from_utf8(text)?.to_owned())),
            found => Err(format!("found {found:?}, expected jsonb of version {JSONB_VERSION}").into()),
        }
    }
}
