//! Who may use Orderly: users with their passwords and roles, and the sessions they log in to.
//!
//! `rules` holds one file per business rule; `user` and `session` apply them.
//!
//! **Architecture invariant:** no I/O, no async, no serde, no hashing. A password arrives here as text to be
//! checked, or as a hash computed elsewhere; a refresh token arrives only as its hash.

// Money and counts are exact; a float is neither.
#![deny(clippy::float_arithmetic)]

pub mod accounts_error;
pub mod password;
pub mod rules;
pub mod session;
pub mod token_hash;
pub mod user;

pub use accounts_error::AccountsError;
pub use password::{NewPassword, PasswordHash, PasswordMatch};
pub use session::{PresentedToken, Session, StoredSession};
pub use token_hash::TokenHash;
pub use user::{StoredUser, User, UserEvent, UserStatus};
