//! Accounts' tables, as Diesel sees them.

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        email_folded -> Text,
        password_hash -> Text,
        role -> Text,
        status -> Text,
        created_at -> Timestamptz,
        version -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        opened_at -> Timestamptz,
        last_used_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        current_token_hash -> Binary,
        replaced_token_hash -> Nullable<Binary>,
        replaced_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Uuid,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(users, sessions, refresh_tokens);
