//! A statement that both engines understand, written once.
//!
//! Diesel's query builder is typed by the engine, so a query that is built with it stands in the code once for each engine. That is worth its
//! lines where rows are written and where one engine is asked in another way than the other. Everything else is text: the engines differ
//! there in nothing but how a placeholder is written and how a value is sent, and this takes care of both.

use std::borrow::Cow;

use diesel::{
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::{Error as DieselError, QueryResult},
    serialize::ToSql,
    sql_types::{BigInt, Bool, HasSqlType, Nullable, Text, Untyped},
};

use crate::columns::{Id, RowId, RowTime, UtcTime};

/// SQL with `$1`, `$2` and so on for its values, each as often and wherever it is needed.
#[derive(Debug)]
pub struct Statement {
    text: Cow<'static, str>,
    values: Vec<Value>,
}

/// A value for a placeholder.
#[derive(Clone, Debug)]
pub enum Value {
    /// An id.
    Id(Option<RowId>),
    /// A time.
    Time(Option<RowTime>),
    /// A number.
    Number(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Yes or no.
    Flag(bool),
}

impl Statement {
    /// A statement that each connection prepares once.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            values: Vec::new(),
        }
    }

    /// A statement whose text is made for this one use, as when it takes a list of values. It is prepared each time.
    pub const fn made(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            values: Vec::new(),
        }
    }

    /// The value of the next placeholder.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The values of the next placeholders.
    #[must_use]
    pub fn bind_all(mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }
}

/// So many placeholders, from this one on, with commas between them.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let numbers = (first..first + count).map(|number| format!("${number}"));
    numbers.collect::<Vec<_>>().join(", ")
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<C> diesel::query_dsl::RunQueryDsl<C> for Statement {}

// Without a static id Diesel remembers a prepared statement by its text.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for Statement
where
    DB: Backend
        + HasSqlType<Id>
        + HasSqlType<UtcTime>
        + HasSqlType<BigInt>
        + HasSqlType<Text>
        + HasSqlType<Bool>,
    RowId: ToSql<Id, DB>,
    RowTime: ToSql<UtcTime, DB>,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
    bool: ToSql<Bool, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if matches!(self.text, Cow::Owned(_)) {
            out.unsafe_to_cache_prepared();
        }
        let mut parts = self.text.split('$');
        out.push_sql(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part
                .find(|next: char| !next.is_ascii_digit())
                .unwrap_or(part.len());
            let (number, sql) = part.split_at(digits);
            match self.value(number)? {
                Value::Id(id) => out.push_bind_param::<Nullable<Id>, _>(id)?,
                Value::Time(time) => out.push_bind_param::<Nullable<UtcTime>, _>(time)?,
                Value::Number(number) => out.push_bind_param::<Nullable<BigInt>, _>(number)?,
                Value::Text(text) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                Value::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
            }
            out.push_sql(sql);
        }
        Ok(())
    }
}

impl Statement {
    fn value(&self, number: &str) -> QueryResult<&Value> {
        let place = number
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        place
            .and_then(|place| self.values.get(place))
            .ok_or_else(|| DieselError::QueryBuilderError(format!("${number} has no value").into()))
    }
}

impl From<RowId> for Value {
    fn from(id: RowId) -> Self {
        Self::Id(Some(id))
    }
}

impl From<Option<RowId>> for Value {
    fn from(id: Option<RowId>) -> Self {
        Self::Id(id)
    }
}

impl From<RowTime> for Value {
    fn from(time: RowTime) -> Self {
        Self::Time(Some(time))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

#[cfg(test)]
mod tests {
    use diesel::{debug_query, pg::Pg, sqlite::Sqlite};

    use super::*;

    #[test]
    fn each_engine_gets_its_own_placeholders_however_often_a_value_is_needed() {
        let statement = Statement::new("SELECT $2, $1 WHERE $1").bind(true).bind("a");
        let on_sqlite = debug_query::<Sqlite, _>(&statement).to_string();
        assert!(
            on_sqlite.starts_with("SELECT ?, ? WHERE ? -- binds"),
            "{on_sqlite}"
        );
        let on_postgres = debug_query::<Pg, _>(&statement).to_string();
        assert!(
            on_postgres.starts_with("SELECT $1, $2 WHERE $3 -- binds"),
            "{on_postgres}"
        );
    }

    #[test]
    fn a_placeholder_without_a_value_is_an_error() {
        let mut query_builder = <Pg as Backend>::QueryBuilder::default();
        let statement = Statement::new("SELECT $2").bind(1_i64);
        assert!(QueryFragment::<Pg>::to_sql(&statement, &mut query_builder, &Pg).is_err());
    }
}
