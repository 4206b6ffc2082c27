//! A user: the aggregate root of accounts.
//!
//! Sessions are deliberately not part of it: they are opened and refreshed far more often than a user changes,
//! and raise no events.

use shared_kernel::{AggregateRoot, Changes, EmailAddress, Role, Timestamp, UserId, Version};

use crate::{
    AccountsError, PasswordHash, PasswordMatch,
    rules::{
        current_password_must_match,
        user_already_active::{self, UserAlreadyActive},
        user_already_inactive::{self, UserAlreadyInactive},
        user_must_be_active::{self, UserInactive},
    },
};

/// Whether a user may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// They may.
    Active,
    /// An admin has closed the account for now.
    Inactive,
}

/// What can have happened to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvent {
    /// The account was created.
    AccountCreated {
        /// Under this address.
        email: EmailAddress,
    },
    /// The e-mail address changed.
    EmailChanged {
        /// To this one.
        email: EmailAddress,
    },
    /// The password changed.
    PasswordChanged,
    /// The role changed.
    RoleChanged {
        /// To this one.
        role: Role,
    },
    /// The user may no longer log in.
    Deactivated,
    /// The user may log in again.
    Reactivated,
}

/// A person with an account.
#[derive(Clone, Debug)]
pub struct User {
    id: UserId,
    email: EmailAddress,
    password_hash: PasswordHash,
    role: Role,
    status: UserStatus,
    created_at: Timestamp,
    changes: Changes<UserEvent>,
}

/// A user as a store keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUser {
    /// Identity.
    pub id: UserId,
    /// E-mail address, as it was written.
    pub email: EmailAddress,
    /// The password's hash.
    pub password_hash: PasswordHash,
    /// What they may do.
    pub role: Role,
    /// Whether they may log in.
    pub status: UserStatus,
    /// When the account was created.
    pub created_at: Timestamp,
    /// The version that is stored.
    pub version: Version,
}

impl User {
    /// Creates an account.
    pub fn register(
        id: UserId,
        email: EmailAddress,
        password_hash: PasswordHash,
        role: Role,
        now: Timestamp,
    ) -> Self {
        let mut changes = Changes::of_a_new_aggregate();
        changes.raise(UserEvent::AccountCreated { email: email.clone() });
        Self {
            id,
            email,
            password_hash,
            role,
            status: UserStatus::Active,
            created_at: now,
            changes,
        }
    }

    /// A user as they were stored. No rule is checked: what was stored stays readable.
    pub fn restore(stored: StoredUser) -> Self {
        Self {
            id: stored.id,
            email: stored.email,
            password_hash: stored.password_hash,
            role: stored.role,
            status: stored.status,
            created_at: stored.created_at,
            changes: Changes::since(stored.version),
        }
    }

    /// Gives the user another e-mail address. Whether another user has it is decided at the commit. Their
    /// present address changes nothing; another spelling of it is another address.
    ///
    /// # Errors
    /// [`UserInactive`].
    pub fn change_email(&mut self, email: EmailAddress) -> Result<(), UserInactive> {
        user_must_be_active::check(self.status)?;
        // Addresses are equal however they are cased, so the spelling is compared.
        if self.email.as_str() == email.as_str() {
            return Ok(());
        }
        self.email = email.clone();
        self.changes.raise(UserEvent::EmailChanged { email });
        Ok(())
    }

    /// Gives the user another password. `current` is the result of comparing the one they gave as current.
    ///
    /// # Errors
    /// [`AccountsError::UserInactive`], [`AccountsError::CurrentPasswordMismatch`].
    pub fn change_password(
        &mut self,
        current: PasswordMatch,
        new: PasswordHash,
    ) -> Result<(), AccountsError> {
        user_must_be_active::check(self.status)?;
        current_password_must_match::check(current)?;
        self.password_hash = new;
        self.changes.raise(UserEvent::PasswordChanged);
        Ok(())
    }

    /// Gives the user another role. Their present one changes nothing.
    pub fn change_role(&mut self, role: Role) {
        if self.role == role {
            return;
        }
        self.role = role;
        self.changes.raise(UserEvent::RoleChanged { role });
    }

    /// Closes the account for now.
    ///
    /// # Errors
    /// [`UserAlreadyInactive`].
    pub fn deactivate(&mut self) -> Result<(), UserAlreadyInactive> {
        user_already_inactive::check(self.status)?;
        self.status = UserStatus::Inactive;
        self.changes.raise(UserEvent::Deactivated);
        Ok(())
    }

    /// Opens the account again.
    ///
    /// # Errors
    /// [`UserAlreadyActive`].
    pub fn reactivate(&mut self) -> Result<(), UserAlreadyActive> {
        user_already_active::check(self.status)?;
        self.status = UserStatus::Active;
        self.changes.raise(UserEvent::Reactivated);
        Ok(())
    }

    /// What a store keeps: this state, at the version that its changes lead to.
    pub fn to_stored(&self) -> StoredUser {
        StoredUser {
            id: self.id,
            email: self.email.clone(),
            password_hash: self.password_hash.clone(),
            role: self.role,
            status: self.status,
            created_at: self.created_at,
            version: self.version(),
        }
    }

    /// The e-mail address, as it was written.
    pub const fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// The password's hash.
    pub const fn password_hash(&self) -> &PasswordHash {
        &self.password_hash
    }

    /// What they may do.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether they may log in.
    pub const fn status(&self) -> UserStatus {
        self.status
    }

    /// When the account was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }
}

impl AggregateRoot for User {
    type Id = UserId;
    type Event = UserEvent;

    fn id(&self) -> UserId {
        self.id
    }

    fn changes(&self) -> &Changes<UserEvent> {
        &self.changes
    }
}

/// Users are the same one when their ids are equal, whatever else differs.
impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for User {}

#[cfg(test)]
mod tests;
