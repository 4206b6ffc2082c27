//! Ordering's tables, as Diesel sees them. The columns are in the order of the migration and of the rows.

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, JsonText, UtcTime};

    orders (id) {
        id -> Id,
        reference -> Text,
        customer_id -> Id,
        status -> Text,
        allocation -> Text,
        currency -> Text,
        shipping_street -> Nullable<Text>,
        shipping_city -> Nullable<Text>,
        shipping_state -> Nullable<Text>,
        shipping_postal_code -> Nullable<Text>,
        shipping_country -> Nullable<Text>,
        cancellation_reason -> Nullable<Text>,
        cancellation_shortages -> Nullable<JsonText>,
        carrier -> Nullable<Text>,
        tracking_number -> Nullable<Text>,
        placed_at -> UtcTime,
        updated_at -> UtcTime,
        version -> BigInt,
        cancellation_code -> Nullable<Text>,
        stock_released_at -> Nullable<UtcTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    order_lines (order_id, position) {
        order_id -> Id,
        position -> BigInt,
        line_id -> Id,
        product_id -> Id,
        product_name -> Text,
        quantity -> BigInt,
        unit_price -> BigInt,
        kind -> Text,
        asks_for_stock -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    customers (id) {
        id -> Id,
        email -> Text,
        tier -> Text,
        status -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    price_list (product_id) {
        product_id -> Id,
        name -> Text,
        price -> BigInt,
        currency -> Text,
        status -> Text,
    }
}
