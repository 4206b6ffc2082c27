//! The catalogue's table, as Diesel sees it. The columns are in the order of the migration and of the row.

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, UtcTime};

    products (id) {
        id -> Id,
        sku -> Text,
        sku_folded -> Text,
        name -> Text,
        name_folded -> Text,
        price -> BigInt,
        currency -> Text,
        status -> Text,
        created_at -> UtcTime,
        updated_at -> UtcTime,
        version -> BigInt,
    }
}
