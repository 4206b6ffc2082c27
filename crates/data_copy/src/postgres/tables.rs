//! The columns of a table, read from PostgreSQL's catalogue.

use std::collections::BTreeSet;

use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use storage::{
    ReadError,
    columns::{RowId, RowJson, RowTime},
    postgres::BatchStatement,
};
use uuid::Uuid;

use crate::{AnyRow, CopyError, Value};

/// A table that is copied to.
pub(crate) struct TargetTable {
    context: &'static str,
    name: String,
    columns: Vec<Column>,
}

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    /// Whether it is part of the key.
    #[diesel(sql_type = Bool)]
    is_key: bool,
    /// Whether the table numbers its rows with it.
    #[diesel(sql_type = Bool)]
    counts: bool,
}

pub(super) async fn read(
    mut connection: &AsyncPgConnection,
    context: &'static str,
    name: &str,
) -> Result<TargetTable, CopyError> {
    let columns = diesel::sql_query(
        "SELECT attname::text AS name, format_type(atttypid, NULL) AS kind, attidentity <> '' AS counts,
                coalesce(attnum = ANY (indkey), false) AS is_key
         FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
         WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
    )
    .bind::<Text, _>(name)
    .load(&mut connection)
    .await;
    let mut table = TargetTable {
        context,
        name: name.to_owned(),
        columns: Vec::new(),
    };
    table.columns = columns.map_err(|error| table.failed(error.into()))?;
    Ok(table)
}

impl TargetTable {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}.{}", self.context, self.name)
    }

    pub(crate) fn failed(&self, reason: ReadError) -> CopyError {
        let table = self.full_name();
        CopyError::Failed { table, reason }
    }

    pub(crate) fn differs(&self, found: String, expected: String) -> CopyError {
        let table = self.full_name();
        CopyError::Differs {
            table,
            found,
            expected,
        }
    }

    pub(super) fn column_names(&self) -> BTreeSet<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// All columns, in the order of a row's values.
    pub(crate) fn columns(&self) -> String {
        self.listed(self.all())
    }

    /// The columns of the key.
    pub(crate) fn key(&self) -> String {
        self.listed(self.key_places())
    }

    pub(crate) fn key_of(&self, row: &AnyRow) -> AnyRow {
        let values = self.key_places().filter_map(|place| row.0.get(place).cloned());
        AnyRow(values.collect())
    }

    /// Whether two rows are equal. JSON is compared by value: each engine stores a spelling of its own.
    pub(crate) fn is_same(&self, one: &AnyRow, other: &AnyRow) -> bool {
        let meaning = |text: &String| serde_json::from_str::<serde_json::Value>(text).ok();
        let pairs = one.0.iter().zip(&other.0).zip(&self.columns);
        one.0.len() == other.0.len()
            && pairs
                .into_iter()
                .all(|((one, other), column)| match (one, other) {
                    (Value::Text(one), Value::Text(other)) if column.kind == "jsonb" => {
                        meaning(one).is_some() && meaning(one) == meaning(other)
                    }
                    _ => one == other,
                })
    }

    pub(super) fn counting_columns(&self) -> impl Iterator<Item = &str> {
        let counting = self.columns.iter().filter(|column| column.counts);
        counting.map(|column| column.name.as_str())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.columns.len()
    }

    pub(super) fn key_places(&self) -> impl Iterator<Item = usize> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(_, column)| column.is_key)
            .map(|(place, _)| place)
    }

    fn listed(&self, places: impl Iterator<Item = usize>) -> String {
        let names: Vec<&str> = places
            .filter_map(|place| Some(self.columns.get(place)?.name.as_str()))
            .collect();
        names.join(", ")
    }

    /// Binds the values of these columns, each column as one array.
    pub(super) fn bound(
        &self,
        mut statement: BatchStatement,
        rows: &[AnyRow],
        places: impl Iterator<Item = usize>,
    ) -> Result<BatchStatement, ReadError> {
        for place in places {
            let Some(Column { name, kind, .. }) = self.columns.get(place) else {
                continue;
            };
            let values = Values { rows, place, name };
            statement = match kind.as_str() {
                "uuid" => statement.optional_ids(values.read(|value| match value {
                    Value::Bytes(bytes) => Uuid::from_slice(bytes).ok().map(RowId),
                    _ => None,
                })?),
                "text" => statement.optional_texts(values.read(text)?),
                "jsonb" => statement.optional_json(values.read(|value| text(value).map(RowJson))?),
                "bigint" | "integer" => statement.optional_numbers(values.read(number)?),
                "boolean" => statement.optional_flags(values.read(|value| Some(number(value)? != 0))?),
                "timestamp with time zone" => {
                    statement.optional_times(values.read(|value| number(value).map(RowTime))?)
                }
                "bytea" => statement.optional_bytes(values.read(|value| match value {
                    Value::Bytes(bytes) => Some(bytes.clone()),
                    _ => None,
                })?),
                other => {
                    return Err(ReadError::corrupt(format!(
                        "{name} is of type {other}, which is not known"
                    )));
                }
            };
        }
        Ok(statement)
    }
}

/// The values of one column.
struct Values<'a> {
    rows: &'a [AnyRow],
    place: usize,
    name: &'a str,
}

impl Values<'_> {
    /// Each in the column's type.
    fn read<T>(&self, read: impl Fn(&Value) -> Option<T>) -> Result<Vec<Option<T>>, ReadError> {
        let read = |row: &AnyRow| match row.0.get(self.place) {
            Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                None => Err(ReadError::corrupt(format!(
                    "{} holds what it cannot hold",
                    self.name
                ))),
                read => Ok(read),
            },
            None => Err(ReadError::corrupt(format!("a row has no {}", self.name))),
        };
        self.rows.iter().map(read).collect()
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

const fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(kinds: &[&str]) -> TargetTable {
        let column = |kind: &&str| Column {
            name: (*kind).to_owned(),
            kind: (*kind).to_owned(),
            is_key: *kind == "uuid",
            counts: false,
        };
        TargetTable {
            context: "shop",
            name: "things".to_owned(),
            columns: kinds.iter().map(column).collect(),
        }
    }

    fn texts(texts: [&str; 2]) -> AnyRow {
        AnyRow(texts.map(|text| Value::Text(text.to_owned())).to_vec())
    }

    #[test]
    fn json_is_compared_by_its_meaning_and_text_by_its_bytes() {
        let table = table(&["jsonb", "text"]);
        let row = texts([r#"{"b":1,"a":[]}"#, r#"{"b":1}"#]);
        assert!(table.is_same(&row, &texts([r#"{"a": [], "b": 1}"#, r#"{"b":1}"#])));
        assert!(!table.is_same(&row, &texts([r#"{"a": [], "b": 2}"#, r#"{"b":1}"#])));
        assert!(!table.is_same(&row, &texts([r#"{"b":1,"a":[]}"#, r#"{"b": 1}"#])));
        assert!(
            !table.is_same(&row, &AnyRow(row.0[..1].to_vec())),
            "a value is missing"
        );
    }

    #[test]
    fn a_value_that_its_column_cannot_hold_is_named() {
        let table = table(&["uuid", "bigint"]);
        for (row, named) in [
            (vec![Value::Bytes(vec![1]), Value::Null], "uuid"),
            (vec![Value::Null, Value::Text("1".to_owned())], "bigint"),
            (vec![Value::Null], "bigint"),
        ] {
            let bound = table.bound(BatchStatement::default(), &[AnyRow(row)], table.all());
            assert!(matches!(bound, Err(ReadError::Corrupt(reason)) if reason.contains(named)));
        }
    }
}
