//! Ordering's tables, as Diesel sees them. The columns stand in the order of the migration and of the rows.

diesel::table! {
    orders (id) {
        id -> Binary,
        reference -> Text,
        customer_id -> Binary,
        status -> Text,
        allocation -> Text,
        currency -> Text,
        shipping_street -> Nullable<Text>,
        shipping_city -> Nullable<Text>,
        shipping_state -> Nullable<Text>,
        shipping_postal_code -> Nullable<Text>,
        shipping_country -> Nullable<Text>,
        cancellation_reason -> Nullable<Text>,
        cancellation_shortages -> Nullable<Text>,
        carrier -> Nullable<Text>,
        tracking_number -> Nullable<Text>,
        placed_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
        cancellation_code -> Nullable<Text>,
        stock_released_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    order_lines (order_id, position) {
        order_id -> Binary,
        position -> BigInt,
        line_id -> Binary,
        product_id -> Binary,
        product_name -> Text,
        quantity -> BigInt,
        unit_price -> BigInt,
        kind -> Text,
        asks_for_stock -> Bool,
    }
}

diesel::table! {
    customers (id) {
        id -> Binary,
        email -> Text,
        tier -> Text,
        status -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    price_list (product_id) {
        product_id -> Binary,
        name -> Text,
        price -> BigInt,
        currency -> Text,
        status -> Text,
    }
}
