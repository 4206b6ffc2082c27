//! All the ways in which a rule of accounts can refuse, as one type for operations that several rules guard.

use shared_kernel::Refusal;

use crate::rules::{
    common_passwords_are_refused::CommonPassword, current_password_must_match::CurrentPasswordMismatch,
    password_length::PasswordLength, user_already_active::UserAlreadyActive,
    user_already_inactive::UserAlreadyInactive, user_must_be_active::UserInactive,
};

/// A rule of accounts refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// The password is too short or too long.
    #[error(transparent)]
    PasswordLength(#[from] PasswordLength),
    /// The password is one of the most common.
    #[error(transparent)]
    CommonPassword(#[from] CommonPassword),
    /// The current password was not given.
    #[error(transparent)]
    CurrentPasswordMismatch(#[from] CurrentPasswordMismatch),
    /// An active user cannot be reactivated.
    #[error(transparent)]
    UserAlreadyActive(#[from] UserAlreadyActive),
    /// An inactive user cannot be deactivated.
    #[error(transparent)]
    UserAlreadyInactive(#[from] UserAlreadyInactive),
    /// An inactive user asked for a change.
    #[error(transparent)]
    UserInactive(#[from] UserInactive),
}

impl From<AccountsError> for Refusal {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::PasswordLength(error) => error.into(),
            AccountsError::CommonPassword(error) => error.into(),
            AccountsError::CurrentPasswordMismatch(error) => error.into(),
            AccountsError::UserAlreadyActive(error) => error.into(),
            AccountsError::UserAlreadyInactive(error) => error.into(),
            AccountsError::UserInactive(error) => error.into(),
        }
    }
}
