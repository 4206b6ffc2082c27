//! Inventory's tables, as Diesel sees them. The columns are in the order of the migration and of the rows.

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    stock_items (product_id) {
        product_id -> Id,
        on_hand -> BigInt,
        reserved -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, UtcTime};

    ledger_entries (product_id, version) {
        product_id -> Id,
        version -> BigInt,
        delta -> BigInt,
        reason -> Text,
        order_id -> Nullable<Id>,
        actor -> Nullable<Text>,
        recorded_at -> UtcTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, UtcTime};

    reservations (id) {
        id -> Id,
        order_id -> Id,
        state -> Text,
        decided_at -> UtcTime,
        updated_at -> UtcTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    reservation_lines (reservation_id, product_id) {
        reservation_id -> Id,
        product_id -> Id,
        quantity -> BigInt,
        available -> Nullable<BigInt>,
    }
}
