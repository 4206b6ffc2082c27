//! Notifications' tables, as Diesel sees them.

diesel::table! {
    addresses (user_id) {
        user_id -> Binary,
        email -> Text,
    }
}

diesel::table! {
    mails (event_id) {
        event_id -> Binary,
        order_id -> Binary,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        message_id -> Text,
        sent_at -> BigInt,
    }
}
