//! The business rules of accounts, one file each, named after what always holds.
//!
//! Each file has the rule's limits, its check, its error with the facts, the code and kind that callers see,
//! and its tests at the boundary.

pub mod common_passwords_are_refused;
pub mod current_password_must_match;
pub mod email_already_registered;
pub mod inactive_users_have_no_access;
pub mod password_length;
pub mod refresh_tokens_are_used_once;
pub mod sessions_expire_unused;
pub mod user_already_active;
pub mod user_already_inactive;
pub mod user_must_be_active;
