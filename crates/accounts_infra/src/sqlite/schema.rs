//! Accounts' tables, as Diesel sees them.

diesel::table! {
    users (id) {
        id -> Binary,
        email -> Text,
        email_folded -> Text,
        password_hash -> Text,
        role -> Text,
        status -> Text,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        user_id -> Binary,
        opened_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        current_token_hash -> Binary,
        replaced_token_hash -> Nullable<Binary>,
        replaced_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Binary,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(users, sessions, refresh_tokens);
