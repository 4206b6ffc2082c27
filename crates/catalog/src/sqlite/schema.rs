//! The catalogue's table, as Diesel sees it. The columns stand in the order of the migration and of the row.

diesel::table! {
    products (id) {
        id -> Binary,
        sku -> Text,
        sku_folded -> Text,
        name -> Text,
        name_folded -> Text,
        price -> BigInt,
        currency -> Text,
        status -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
    }
}
