//! Notifications' tables, as Diesel sees them.

diesel::table! {
    addresses (user_id) {
        user_id -> Uuid,
        email -> Text,
    }
}

diesel::table! {
    mails (event_id) {
        event_id -> Uuid,
        order_id -> Uuid,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        message_id -> Text,
        sent_at -> Timestamptz,
    }
}
