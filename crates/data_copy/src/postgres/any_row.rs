//! Rows as they are read back, of any table.

use diesel::{
    QueryableByName,
    deserialize::{self, FromSql},
    pg::{Pg, PgValue},
    row::{Field, NamedRow, Row},
    sql_types::{BigInt, Binary, Bool, Integer, Text},
};
use storage::columns::{Id, JsonText, RowId, RowJson, RowTime, UtcTime};

use crate::{AnyRow, Value};

impl QueryableByName<Pg> for AnyRow {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let value = |place: usize| {
            let field = Row::get(row, place).ok_or("a row is shorter than it should be")?;
            field.value().map_or(Ok(Value::Null), value_of)
        };
        (0..row.field_count())
            .map(value)
            .collect::<deserialize::Result<_>>()
            .map(Self)
    }
}

/// A type is identified by its OID, which is the same on every server.
fn value_of(value: PgValue<'_>) -> deserialize::Result<Value> {
    Ok(match value.get_oid().get() {
        16 => Value::Number(i64::from(<bool as FromSql<Bool, Pg>>::from_sql(value)?)),
        17 => Value::Bytes(FromSql::<Binary, Pg>::from_sql(value)?),
        20 => Value::Number(FromSql::<BigInt, Pg>::from_sql(value)?),
        23 => Value::Number(i64::from(<i32 as FromSql<Integer, Pg>>::from_sql(value)?)),
        25 => Value::Text(FromSql::<Text, Pg>::from_sql(value)?),
        1184 => Value::Number(<RowTime as FromSql<UtcTime, Pg>>::from_sql(value)?.0),
        2950 => {
            let RowId(id) = <RowId as FromSql<Id, Pg>>::from_sql(value)?;
            Value::Bytes(id.as_bytes().to_vec())
        }
        3802 => Value::Text(<RowJson as FromSql<JsonText, Pg>>::from_sql(value)?.0),
        other => return Err(format!("found a value of type number {other}, which is not known").into()),
    })
}
