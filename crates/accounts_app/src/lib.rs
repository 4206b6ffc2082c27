//! What can be done with accounts: one file per use case, with its command and its handler.
//!
//! [`Accounts`] is the context's entry point: it handles the commands, answers the queries and finds the user of an access
//! token. Its port to a database is [`store`], and its other ports are in [`ports`]; what one command changes is collected
//! by a [`UnitOfWork`]; its answers are in [`views`].
//!
//! **Architecture invariant:** no database, no web, no cryptography. Handlers never check roles: who may send
//! which command is the caller's policy.

pub mod accounts;
pub mod event_record;
pub mod in_memory;
pub mod limits;
pub mod ports;
pub mod secret;
pub mod store;
pub mod unit_of_work;
pub mod views;

pub mod authenticate;
pub mod change_email;
pub mod change_password;
pub mod change_role;
pub mod create_user;
pub mod deactivate_user;
pub mod end_session;
pub mod log_in;
pub mod queries;
pub mod reactivate_user;
pub mod refresh_session;
pub mod register_user;
pub mod revoke_token;
mod session_status_cache;
mod throttling;

use message_bus::handled_by;

pub use accounts::{Accounts, AccountsPorts};
pub use authenticate::Authentication;
pub use change_email::ChangeEmail;
pub use change_password::ChangePassword;
pub use change_role::ChangeRole;
pub use create_user::CreateUser;
pub use deactivate_user::DeactivateUser;
pub use end_session::EndSession;
pub use log_in::LogIn;
pub use ports::{
    AccessClaims, AccessTokens, IssuedAccessToken, PasswordHasher, RefreshTokens, RejectedToken,
};
pub use reactivate_user::ReactivateUser;
pub use refresh_session::RefreshSession;
pub use register_user::RegisterUser;
pub use revoke_token::RevokeToken;
pub use secret::Secret;
pub use store::{AccountsStore, SessionStatus};
pub use unit_of_work::UnitOfWork;
pub use views::{SessionView, TokenGrant, Tokens, UserView};

/// The context's name: its file's or its schema's, and the source of its events.
pub const CONTEXT: &str = "accounts";

/// What can be asked of the context.
pub const COMMANDS: &[fn() -> &'static str] = &[
    handled_by::<Accounts, RegisterUser>,
    handled_by::<Accounts, CreateUser>,
    handled_by::<Accounts, ChangeEmail>,
    handled_by::<Accounts, ChangePassword>,
    handled_by::<Accounts, ChangeRole>,
    handled_by::<Accounts, DeactivateUser>,
    handled_by::<Accounts, ReactivateUser>,
    handled_by::<Accounts, LogIn>,
    handled_by::<Accounts, RefreshSession>,
    handled_by::<Accounts, RevokeToken>,
    handled_by::<Accounts, EndSession>,
];

#[cfg(test)]
mod accounts_under_test;
