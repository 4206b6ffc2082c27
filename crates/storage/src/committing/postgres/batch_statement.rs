//! One statement for the rows of a whole batch: every column is one array, and `unnest` makes rows of them.

use std::borrow::Cow;

use diesel::{
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::{Error as DieselError, QueryResult},
    sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Untyped},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryStreamExt;

use crate::columns::{Id, JsonText, RowId, RowJson, RowTime, UtcTime};

/// SQL with arrays as its values. Each connection prepares a text once: unlike `sql_query`, and unlike an insert of many
/// rows, whose text changes with their number.
#[derive(Debug, Default)]
pub struct BatchStatement {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Sql(Cow<'static, str>),
    Column(Column),
}

#[derive(Debug)]
enum Column {
    Ids(Vec<RowId>),
    OptionalIds(Vec<Option<RowId>>),
    Texts(Vec<String>),
    OptionalTexts(Vec<Option<String>>),
    Numbers(Vec<i64>),
    OptionalNumbers(Vec<Option<i64>>),
    SmallNumbers(Vec<i32>),
    Flags(Vec<bool>),
    OptionalFlags(Vec<Option<bool>>),
    Times(Vec<RowTime>),
    OptionalTimes(Vec<Option<RowTime>>),
    Json(Vec<RowJson>),
    OptionalJson(Vec<Option<RowJson>>),
    Bytes(Vec<Vec<u8>>),
    OptionalBytes(Vec<Option<Vec<u8>>>),
}

/// A method per kind of column, each of which appends the column, after a comma if another one is before it.
macro_rules! columns {
    ($($(#[$doc:meta])* $method:ident: $kind:ident($value:ty)),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $method(mut self, values: impl IntoIterator<Item = $value>) -> Self {
                self.parts.push(Part::Column(Column::$kind(values.into_iter().collect())));
                self
            }
        )+
    };
}

impl BatchStatement {
    /// A statement with this beginning.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::default().then(sql)
    }

    /// Appends this text.
    #[must_use]
    pub fn then(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.parts.push(Part::Sql(sql.into()));
        self
    }

    columns! {
        /// A `uuid[]`.
        ids: Ids(RowId),
        /// A `uuid[]`, some of them null.
        optional_ids: OptionalIds(Option<RowId>),
        /// A `text[]`.
        texts: Texts(String),
        /// A `text[]`, some of them null.
        optional_texts: OptionalTexts(Option<String>),
        /// A `bigint[]`.
        numbers: Numbers(i64),
        /// A `bigint[]`, some of them null.
        optional_numbers: OptionalNumbers(Option<i64>),
        /// An `integer[]`.
        small_numbers: SmallNumbers(i32),
        /// A `boolean[]`.
        flags: Flags(bool),
        /// A `boolean[]`, some of them null.
        optional_flags: OptionalFlags(Option<bool>),
        /// A `timestamptz[]`.
        times: Times(RowTime),
        /// A `timestamptz[]`, some of them null.
        optional_times: OptionalTimes(Option<RowTime>),
        /// A `jsonb[]`.
        json: Json(RowJson),
        /// A `jsonb[]`, some of them null.
        optional_json: OptionalJson(Option<RowJson>),
        /// A `bytea[]`.
        bytes: Bytes(Vec<u8>),
        /// A `bytea[]`, some of them null.
        optional_bytes: OptionalBytes(Option<Vec<u8>>),
    }

    /// Runs it, and returns the number of rows it changed.
    ///
    /// # Errors
    /// The database's error.
    pub async fn execute(self, connection: &AsyncPgConnection) -> QueryResult<usize> {
        RunQueryDsl::execute(self, &mut &*connection).await
    }

    /// Runs it, and returns its rows.
    ///
    /// # Errors
    /// The database's error.
    pub async fn load<T>(self, connection: &AsyncPgConnection) -> QueryResult<Vec<T>>
    where
        T: diesel::deserialize::FromSqlRow<Untyped, Pg> + Send + 'static,
    {
        let mut connection = connection;
        let rows = diesel_async::AsyncConnectionCore::load(&mut connection, self).await?;
        rows.and_then(|row| async move { T::build_from_row(&row).map_err(DieselError::DeserializationError) })
            .try_collect()
            .await
    }
}

impl Query for BatchStatement {
    type SqlType = Untyped;
}

impl<C> diesel::query_dsl::RunQueryDsl<C> for BatchStatement {}

// Without a static id Diesel caches a prepared statement by its text, which is the same for every batch.
impl QueryId for BatchStatement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for BatchStatement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut follows_a_column = false;
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Column(column) => {
                    if follows_a_column {
                        out.push_sql(", ");
                    }
                    column.bind(&mut out)?;
                }
            }
            follows_a_column = matches!(part, Part::Column(_));
        }
        Ok(())
    }
}

impl Column {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Ids(values) => out.push_bind_param::<Array<Id>, _>(values),
            Self::OptionalIds(values) => out.push_bind_param::<Array<Nullable<Id>>, _>(values),
            Self::Texts(values) => out.push_bind_param::<Array<Text>, _>(values),
            Self::OptionalTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Self::Numbers(values) => out.push_bind_param::<Array<BigInt>, _>(values),
            Self::OptionalNumbers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Self::SmallNumbers(values) => out.push_bind_param::<Array<Integer>, _>(values),
            Self::Flags(values) => out.push_bind_param::<Array<Bool>, _>(values),
            Self::OptionalFlags(values) => out.push_bind_param::<Array<Nullable<Bool>>, _>(values),
            Self::Times(values) => out.push_bind_param::<Array<UtcTime>, _>(values),
            Self::OptionalTimes(values) => out.push_bind_param::<Array<Nullable<UtcTime>>, _>(values),
            Self::Json(values) => out.push_bind_param::<Array<JsonText>, _>(values),
            Self::OptionalJson(values) => out.push_bind_param::<Array<Nullable<JsonText>>, _>(values),
            Self::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values),
            Self::OptionalBytes(values) => out.push_bind_param::<Array<Nullable<Binary>>, _>(values),
        }
    }
}
