//! Notifications' tables, as Diesel sees them.

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    addresses (user_id) {
        user_id -> Id,
        email -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, UtcTime};

    mails (event_id) {
        event_id -> Id,
        order_id -> Id,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        message_id -> Text,
        sent_at -> UtcTime,
    }
}
