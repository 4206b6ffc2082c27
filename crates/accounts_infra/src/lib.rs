//! Accounts' store on each engine (users and sessions as rows, and back), password hashes, and both kinds of token.
//!
//! Code for one engine is in a module named after it; everything else is for all of them. Deliberately not
//! here: any decision about accounts, and where the signing secret comes from.

mod argon2_passwords;
mod hmac_refresh_tokens;
mod jwt_access_tokens;
mod signing_secret;

mod accounts_rows;
mod schema;
mod session_row;
mod user_row;
mod user_status_name;

pub mod postgres;
pub mod sqlite;

use shared_kernel::events::ACCOUNTS_EVENTS;
use storage::ContextDescription;

pub use accounts_rows::AccountsRows;
pub use argon2_passwords::Argon2PasswordHasher;
pub use hmac_refresh_tokens::HmacRefreshTokens;
pub use jwt_access_tokens::JwtAccessTokens;
pub use postgres::PostgresAccounts;
pub use signing_secret::{SigningSecret, SigningSecretTooShort};
pub use sqlite::SqliteAccounts;

/// What the binary has to know of the context.
pub const DESCRIPTION: ContextDescription = ContextDescription {
    name: accounts_app::CONTEXT,
    sqlite: sqlite::MIGRATIONS,
    postgres: postgres::MIGRATIONS,
    commands: accounts_app::COMMANDS,
    events: ACCOUNTS_EVENTS,
};
