//! Use cases of accounts whose answer depends on what the store decides.

use accounts_app::{
    ChangeRole, CreateUser, DeactivateUser, LogIn, RefreshSession, RegisterUser, Secret, TokenGrant, Tokens,
    UserView,
};
use message_bus::{Handles, UseCaseError};
use shared_kernel::{Role, Version};

use crate::{engines::on_every_engine, stores::AccountsStore};

on_every_engine!(
    accounts:
    two_who_refresh_at_once_get_the_same_successor,
    a_log_in_never_outlives_a_deactivation,
    of_two_admins_who_stop_in_the_same_moment_one_remains,
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

async fn two_who_refresh_at_once_get_the_same_successor(store: AccountsStore) {
    registered(&store, "ada@example.com").await;
    let tokens = granted(log_in(&store).await);
    let (a, b) = tokio::join!(refresh(&store, &tokens), refresh(&store, &tokens));
    let (a, b) = (granted(a), granted(b));
    assert_eq!(a.refresh_token, b.refresh_token);
    assert_ne!(a.refresh_token, tokens.refresh_token);
    granted(refresh(&store, &a).await);
}

async fn a_log_in_never_outlives_a_deactivation(store: AccountsStore) {
    let ada = registered(&store, "ada@example.com").await;
    let face = store.face();
    let deactivate = DeactivateUser { user_id: ada.id };
    let (_, deactivated) = tokio::join!(log_in(&store), face.send(deactivate, store.seams.meta()));
    assert!(!deactivated.unwrap().active);
    assert_eq!(face.sessions(ada.id).await.unwrap(), []);
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
