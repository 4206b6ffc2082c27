//! Inventory's tables, as Diesel sees them. The columns stand in the order of the migration and of the rows.

diesel::table! {
    stock_items (product_id) {
        product_id -> Uuid,
        on_hand -> BigInt,
        reserved -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    ledger_entries (product_id, version) {
        product_id -> Uuid,
        version -> BigInt,
        delta -> BigInt,
        reason -> Text,
        order_id -> Nullable<Uuid>,
        actor -> Nullable<Text>,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    reservations (id) {
        id -> Uuid,
        order_id -> Uuid,
        state -> Text,
        decided_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    reservation_lines (reservation_id, product_id) {
        reservation_id -> Uuid,
        product_id -> Uuid,
        quantity -> BigInt,
        available -> Nullable<BigInt>,
    }
}
