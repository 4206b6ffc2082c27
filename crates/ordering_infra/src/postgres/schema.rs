//! Ordering's tables, as Diesel sees them. The columns stand in the order of the migration and of the rows.

diesel::table! {
    orders (id) {
        id -> Uuid,
        reference -> Text,
        customer_id -> Uuid,
        status -> Text,
        allocation -> Text,
        currency -> Text,
        shipping_street -> Nullable<Text>,
        shipping_city -> Nullable<Text>,
        shipping_state -> Nullable<Text>,
        shipping_postal_code -> Nullable<Text>,
        shipping_country -> Nullable<Text>,
        cancellation_reason -> Nullable<Text>,
        cancellation_shortages -> Nullable<Jsonb>,
        carrier -> Nullable<Text>,
        tracking_number -> Nullable<Text>,
        placed_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
        cancellation_code -> Nullable<Text>,
        stock_released_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    order_lines (order_id, position) {
        order_id -> Uuid,
        position -> BigInt,
        line_id -> Uuid,
        product_id -> Uuid,
        product_name -> Text,
        quantity -> BigInt,
        unit_price -> BigInt,
        kind -> Text,
        asks_for_stock -> Bool,
    }
}

diesel::table! {
    customers (id) {
        id -> Uuid,
        email -> Text,
        tier -> Text,
        status -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    price_list (product_id) {
        product_id -> Uuid,
        name -> Text,
        price -> BigInt,
        currency -> Text,
        status -> Text,
    }
}
