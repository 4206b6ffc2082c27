//! An id as a column: sixteen bytes that each engine keeps in its own way.

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Binary};
use uuid::Uuid;

/// An id in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct RowId(pub(crate) Uuid);
