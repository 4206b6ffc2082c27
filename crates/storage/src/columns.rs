//! Values as columns, each in the form that the engine keeps it in: bytes, numbers and text on SQLite, types of their
//! own on PostgreSQL.

use std::io::Write;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, Jsonb, Text, Timestamptz, Uuid as PgUuid},
    sqlite::Sqlite,
};
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use crate::ReadError;

/// The start of PostgreSQL's own time, the year 2000, in microseconds since 1970.
const YEAR_2000: i64 = 946_684_800_000_000;

/// An id in a row: sixteen bytes on SQLite, a `uuid` on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary, sql_type = PgUuid)]
pub struct RowId(pub Uuid);

/// A time in a row, in microseconds since 1970: that number on SQLite, a `timestamptz` on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt, sql_type = Timestamptz)]
pub struct RowTime(pub i64);

/// JSON in a row: text on SQLite, `jsonb` on PostgreSQL, which keeps its meaning and not its spelling.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text, sql_type = Jsonb)]
pub struct RowJson(pub String);

/// A time as its column has it.
pub const fn row_time(time: Timestamp) -> RowTime {
    RowTime(time.as_microseconds())
}

/// A time from its column.
///
/// # Errors
/// [`ReadError::Corrupt`] when Orderly knows no such time.
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

impl ToSql<Binary, Sqlite> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Sqlite> for RowId {
    fn from_sql(mut value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

impl ToSql<PgUuid, Pg> for RowId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<PgUuid, Pg> for RowId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<BigInt, Sqlite> for RowTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
    }
}

impl FromSql<BigInt, Sqlite> for RowTime {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self)
    }
}

impl ToSql<Timestamptz, Pg> for RowTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let since_2000 = self.0.checked_sub(YEAR_2000).ok_or("a time before all times")?;
        out.write_all(&since_2000.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Timestamptz, Pg> for RowTime {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let since_2000 = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        let since_1970 = since_2000
            .checked_add(YEAR_2000)
            .ok_or("a time after all times")?;
        Ok(Self(since_1970))
    }
}

impl ToSql<Text, Sqlite> for RowJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}

impl FromSql<Text, Sqlite> for RowJson {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Sqlite>>::from_sql(value).map(Self)
    }
}

/// The first byte of every `jsonb` on the wire: the version of its form.
const JSONB_VERSION: u8 = 1;

impl ToSql<Jsonb, Pg> for RowJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Jsonb, Pg> for RowJson {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((&JSONB_VERSION, text)) => Ok(Self(std::str::from_utf8(text)?.to_owned())),
            found => Err(format!("found {found:?}, expected jsonb of version {JSONB_VERSION}").into()),
        }
    }
}
