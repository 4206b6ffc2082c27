//! Accounts' tables, as Diesel sees them.

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, UtcTime};

    users (id) {
        id -> Id,
        email -> Text,
        email_folded -> Text,
        password_hash -> Text,
        role -> Text,
        status -> Text,
        created_at -> UtcTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::{Id, UtcTime};

    sessions (id) {
        id -> Id,
        user_id -> Id,
        opened_at -> UtcTime,
        last_used_at -> UtcTime,
        expires_at -> UtcTime,
        ended_at -> Nullable<UtcTime>,
        current_token_hash -> Binary,
        replaced_token_hash -> Nullable<Binary>,
        replaced_at -> Nullable<UtcTime>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use storage::columns::Id;

    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Id,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(users, sessions, refresh_tokens);
