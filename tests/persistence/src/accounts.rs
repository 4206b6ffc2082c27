//! What every store of accounts does.

mod addresses;
mod session_tokens;
mod sessions;
mod use_cases;
mod users;
