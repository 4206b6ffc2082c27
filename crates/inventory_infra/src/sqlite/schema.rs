//! Inventory's tables, as Diesel sees them. The columns stand in the order of the migration and of the rows.

diesel::table! {
    stock_items (product_id) {
        product_id -> Binary,
        on_hand -> BigInt,
        reserved -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    ledger_entries (product_id, version) {
        product_id -> Binary,
        version -> BigInt,
        delta -> BigInt,
        reason -> Text,
        order_id -> Nullable<Binary>,
        actor -> Nullable<Text>,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    reservations (id) {
        id -> Binary,
        order_id -> Binary,
        state -> Text,
        decided_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    reservation_lines (reservation_id, product_id) {
        reservation_id -> Binary,
        product_id -> Binary,
        quantity -> BigInt,
        available -> Nullable<BigInt>,
    }
}
