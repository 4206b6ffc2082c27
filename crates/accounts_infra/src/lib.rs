//! Accounts' adapters: users and sessions in a database, password hashes, and both kinds of token.
//!
//! What is written for one engine stands in a module named after it; everything else serves all of them.
//! Deliberately not here: any decision about accounts, and where the signing secret comes from.

mod argon2_passwords;
mod hmac_refresh_tokens;
mod jwt_access_tokens;
mod signing_secret;

mod accounts_rows;
mod adapter;
mod session_row;
mod store;
mod unit_of_work;
mod user_row;
mod user_status_name;

pub mod postgres;
pub mod sqlite;

pub use accounts_rows::AccountsRows;
pub use adapter::AccountsAdapter;
pub use argon2_passwords::Argon2PasswordHasher;
pub use hmac_refresh_tokens::HmacRefreshTokens;
pub use jwt_access_tokens::JwtAccessTokens;
pub use signing_secret::{SigningSecret, SigningSecretTooShort};

/// The context's name: its file's, and the source of its events.
pub const CONTEXT: &str = "accounts";
