//! Use cases of accounts whose answer depends on what the store decides.

use accounts_app::{
    ChangePassword, ChangeRole, CreateUser, DeactivateUser, LogIn, RefreshSession, RegisterUser, Secret,
    TokenGrant, Tokens, UserView,
};
use message_bus::{CommandMeta, Conflict, Handles, UseCaseError};
use shared_kernel::{Role, Version};

use crate::{engines::on_every_engine, event_history::history, stores::AccountsStore};

on_every_engine!(
    accounts:
    of_all_who_register_one_address_at_once_the_others_are_told,
    a_repeated_registration_gets_the_first_answer,
    two_who_refresh_at_once_get_the_same_successor,
    a_new_password_ends_the_other_sessions,
    a_log_in_never_outlives_a_deactivation,
    of_two_admins_who_stop_in_the_same_moment_one_remains,
    a_version_that_is_named_must_be_there,
    changes_at_the_same_time_are_all_made,
);

const PASSWORD: &str = "correct horse battery";

fn registering(email: &str) -> RegisterUser {
    RegisterUser {
        email: email.parse().unwrap(),
        password: Secret::new(PASSWORD.to_owned()),
        caller_address: None,
    }
}

async fn registered(store: &AccountsStore, email: &str) -> UserView {
    let meta = store.seams.meta();
    store.face().send(registering(email), meta).await.unwrap()
}

async fn log_in(store: &AccountsStore) -> TokenGrant {
    let command = LogIn {
        username: "ada@example.com".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
        caller_address: None,
        device: None,
    };
    store.face().send(command, store.seams.meta()).await.unwrap()
}

async fn refresh(store: &AccountsStore, tokens: &Tokens) -> TokenGrant {
    let command = RefreshSession {
        refresh_token: Secret::new(tokens.refresh_token.clone()),
    };
    store.face().send(command, store.seams.meta()).await.unwrap()
}

fn granted(grant: TokenGrant) -> Tokens {
    match grant {
        TokenGrant::Granted(tokens) => tokens,
        TokenGrant::InvalidGrant => panic!("expected tokens"),
    }
}

async fn of_all_who_register_one_address_at_once_the_others_are_told(store: AccountsStore) {
    let face = store.face();
    let (a, b) = tokio::join!(
        face.send(registering("ada@example.com"), store.seams.meta()),
        face.send(registering("ADA@example.com"), store.seams.meta()),
    );
    let refusal = match (a, b) {
        (Ok(_), Err(UseCaseError::Refused(refusal))) | (Err(UseCaseError::Refused(refusal)), Ok(_)) => {
            refusal
        }
        neither_or_both => panic!("{neither_or_both:?}"),
    };
    assert_eq!(refusal.code, "email_already_registered");
}

async fn a_repeated_registration_gets_the_first_answer(store: AccountsStore) {
    let face = store.face();
    let register = async |meta: CommandMeta| face.send(registering("ada@example.com"), meta).await;
    let first = register(store.seams.with_key("key", 1)).await.unwrap();
    store.seams.advance_seconds(60);
    let second = register(store.seams.with_key("key", 1)).await.unwrap();
    assert_eq!(first, second);
    let reused = register(store.seams.with_key("key", 2)).await;
    let Err(UseCaseError::Refused(refusal)) = reused else {
        panic!("{reused:?}");
    };
    assert_eq!(refusal.code, "idempotency_key_reused");
    assert_eq!(
        store.user_history(first.id).await,
        history(&[(1, "UserAccountCreated")])
    );
}

async fn two_who_refresh_at_once_get_the_same_successor(store: AccountsStore) {
    registered(&store, "ada@example.com").await;
    let tokens = granted(log_in(&store).await);
    let (a, b) = tokio::join!(refresh(&store, &tokens), refresh(&store, &tokens));
    let (a, b) = (granted(a), granted(b));
    assert_eq!(a.refresh_token, b.refresh_token);
    assert_ne!(a.refresh_token, tokens.refresh_token);
    granted(refresh(&store, &a).await);
}

async fn a_new_password_ends_the_other_sessions(store: AccountsStore) {
    let ada = registered(&store, "ada@example.com").await;
    let first = granted(log_in(&store).await);
    store.seams.advance_seconds(1);
    let second = granted(log_in(&store).await);
    let sessions = store.face().sessions(ada.id).await.unwrap();
    let command = ChangePassword {
        current_password: Secret::new(PASSWORD.to_owned()),
        new_password: Secret::new("another horse altogether".to_owned()),
        keep_session: Some(sessions[0].id),
        caller_address: None,
        device: None,
    };
    store.face().send(command, store.seams.by(ada.id)).await.unwrap();
    assert_eq!(refresh(&store, &first).await, TokenGrant::InvalidGrant);
    granted(refresh(&store, &second).await);
    assert_eq!(log_in(&store).await, TokenGrant::InvalidGrant);
}

async fn a_log_in_never_outlives_a_deactivation(store: AccountsStore) {
    let ada = registered(&store, "ada@example.com").await;
    let face = store.face();
    let deactivate = DeactivateUser { user_id: ada.id };
    let (_, deactivated) = tokio::join!(log_in(&store), face.send(deactivate, store.seams.meta()));
    assert!(!deactivated.unwrap().active);
    assert_eq!(face.sessions(ada.id).await.unwrap(), []);
}

async fn a_version_that_is_named_must_be_there(store: AccountsStore) {
    let ada = registered(&store, "ada@example.com").await;
    let expecting = |version| CommandMeta {
        expected_version: Some(Version::new(version)),
        ..store.seams.meta()
    };
    let promote = |role| ChangeRole {
        user_id: ada.id,
        role,
    };
    let face = store.face();
    let staff = face.send(promote(Role::Staff), expecting(1)).await.unwrap();
    assert_eq!(staff.version, Version::new(2));
    let stale = face.send(promote(Role::Admin), expecting(1)).await;
    let Err(UseCaseError::Conflict(Conflict::StaleVersion { expected, current })) = stale else {
        panic!("{stale:?}");
    };
    assert_eq!((expected, current), (Version::new(1), Version::new(2)));
}

async fn changes_at_the_same_time_are_all_made(store: AccountsStore) {
    let face = store.face();
    let command = CreateUser {
        email: "ada@example.com".parse().unwrap(),
        password: Secret::new(PASSWORD.to_owned()),
        role: Role::Staff,
    };
    let ada = face.send(command, store.seams.meta()).await.unwrap();
    let role = ChangeRole {
        user_id: ada.id,
        role: Role::Customer,
    };
    let deactivate = DeactivateUser { user_id: ada.id };
    let (promoted, deactivated) = tokio::join!(
        face.send(role, store.seams.meta()),
        face.send(deactivate, store.seams.meta()),
    );
    promoted.unwrap();
    deactivated.unwrap();
    let view = face.user(ada.id).await.unwrap();
    assert_eq!(
        (view.role, view.active, view.version),
        (Role::Customer, false, Version::new(3))
    );
}

async fn of_two_admins_who_stop_in_the_same_moment_one_remains(store: AccountsStore) {
    let mut admins = Vec::new();
    for email in ["ada@example.com", "bob@example.com"] {
        let command = CreateUser {
            email: email.parse().unwrap(),
            password: Secret::new(PASSWORD.to_owned()),
            role: Role::Admin,
        };
        admins.push(store.face().send(command, store.seams.meta()).await.unwrap().id);
    }
    let face = store.face();
    let stop = |user_id| face.send(DeactivateUser { user_id }, store.seams.meta());
    let (one, other) = tokio::join!(stop(admins[0]), stop(admins[1]));
    let refused = [one, other]
        .into_iter()
        .filter_map(Result::err)
        .collect::<Vec<_>>();
    assert!(
        matches!(refused.as_slice(), [UseCaseError::Refused(refusal)] if refusal.code == "last_admin"),
        "{refused:?}"
    );
}
