//! What happens to a user, operation by operation. The boundaries of the rules are tested with the rules.

use super::*;

const ID: &str = "0197b2c4-6d00-7000-8000-000000000001";

fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

/// Ada, as stored at version 3.
fn a_stored_user() -> StoredUser {
    StoredUser {
        id: ID.parse().unwrap(),
        email: email("ada@example.com"),
        password_hash: hash("old"),
        role: Role::Customer,
        status: UserStatus::Active,
        created_at: Timestamp::from_microseconds(0).unwrap(),
        version: Version::new(3),
    }
}

fn an_active_user() -> User {
    User::restore(a_stored_user())
}

fn an_inactive_user() -> User {
    User::restore(StoredUser {
        status: UserStatus::Inactive,
        ..a_stored_user()
    })
}

fn assert_raised(user: &User, event: &UserEvent) {
    let raised: Vec<_> = user.changes().events().collect();
    assert_eq!(raised, [(Version::new(4), event)]);
    assert_eq!(user.version(), Version::new(4));
}

#[test]
fn a_new_user_is_active_and_at_the_first_version() {
    let now = Timestamp::from_microseconds(7).unwrap();
    let user = User::register(
        ID.parse().unwrap(),
        email("a@example.com"),
        hash("h"),
        Role::Staff,
        now,
    );
    assert_eq!(user.status(), UserStatus::Active);
    assert_eq!(user.role(), Role::Staff);
    assert_eq!(user.created_at(), now);
    assert_eq!(user.version(), Version::FIRST);
    assert_eq!(user.changes().loaded_version(), Version::NEVER_STORED);
    let raised: Vec<_> = user.changes().events().map(|(_, event)| event.clone()).collect();
    assert_eq!(
        raised,
        [UserEvent::AccountCreated {
            email: email("a@example.com")
        }]
    );
}

#[test]
fn each_operation_raises_one_version_and_one_event() {
    let mut user = an_active_user();
    user.change_email(email("countess@example.com")).unwrap();
    assert_eq!(user.email().as_str(), "countess@example.com");
    assert_raised(
        &user,
        &UserEvent::EmailChanged {
            email: email("countess@example.com"),
        },
    );

    let mut user = an_active_user();
    user.change_password(PasswordMatch::Matches, hash("new")).unwrap();
    assert_eq!(user.password_hash().expose(), "new");
    assert_raised(&user, &UserEvent::PasswordChanged);

    let mut user = an_active_user();
    user.change_role(Role::Admin);
    assert_eq!(user.role(), Role::Admin);
    assert_raised(&user, &UserEvent::RoleChanged { role: Role::Admin });

    let mut user = an_active_user();
    user.deactivate().unwrap();
    assert_eq!(user.status(), UserStatus::Inactive);
    assert_raised(&user, &UserEvent::Deactivated);

    let mut user = an_inactive_user();
    user.reactivate().unwrap();
    assert_eq!(user.status(), UserStatus::Active);
    assert_raised(&user, &UserEvent::Reactivated);
}

#[test]
fn who_is_active_or_inactive_already_is_refused_and_raises_nothing() {
    let mut active = an_active_user();
    assert_eq!(active.reactivate(), Err(UserAlreadyActive));
    assert!(active.changes().is_empty());

    let mut inactive = an_inactive_user();
    assert_eq!(inactive.deactivate(), Err(UserAlreadyInactive));
    assert!(inactive.changes().is_empty());
}

#[test]
fn the_address_and_the_role_that_are_there_already_raise_nothing() {
    let mut user = an_active_user();
    user.change_email(email("ada@example.com")).unwrap();
    user.change_role(Role::Customer);
    assert!(user.changes().is_empty());
    assert_eq!(user.to_stored(), a_stored_user());
}

#[test]
fn another_spelling_of_the_address_is_a_change() {
    let mut user = an_active_user();
    user.change_email(email("Ada@example.com")).unwrap();
    assert_eq!(user.email().as_str(), "Ada@example.com");
    let respelled = email("Ada@example.com");
    assert_raised(&user, &UserEvent::EmailChanged { email: respelled });
}

#[test]
fn an_inactive_user_changes_neither_email_nor_password() {
    let mut user = an_inactive_user();
    assert_eq!(user.change_email(email("b@example.com")), Err(UserInactive));
    assert_eq!(
        user.change_password(PasswordMatch::Matches, hash("new")),
        Err(UserInactive.into())
    );
    assert_eq!(user.password_hash().expose(), "old");
    assert!(user.changes().is_empty());
}

#[test]
fn a_wrong_current_password_changes_nothing() {
    let mut user = an_active_user();
    let refused = user.change_password(PasswordMatch::Differs, hash("new"));
    assert!(matches!(refused, Err(AccountsError::CurrentPasswordMismatch(_))));
    assert_eq!(user.password_hash().expose(), "old");
    assert!(user.changes().is_empty());
}
