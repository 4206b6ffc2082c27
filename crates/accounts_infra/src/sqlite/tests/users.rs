//! Users: what is kept, what the unique index decides, and which events leave.

use super::*;

#[tokio::test]
async fn users_and_sessions_are_there_when_the_file_is_opened_again() {
    let file = OnAFile::new();
    let ada = file.create("Ada@example.com").await.unwrap();
    let tokens = file.log_in().await;
    let sessions = file.accounts.sessions(ada.id).await.unwrap();
    assert_eq!(sessions.len(), 1);
    let file = file.opened_again().await;
    assert_eq!(file.accounts.user(ada.id).await.unwrap(), ada);
    let ada_id = ada.id;
    let found = file
        .accounts
        .users_with_email(&"ADA@example.COM".parse().unwrap())
        .await;
    assert_eq!(found.unwrap(), [ada]);
    assert_eq!(file.accounts.sessions(ada_id).await.unwrap(), sessions);
    assert!(matches!(
        file.authenticate(&tokens).await,
        Authentication::Authenticated { .. }
    ));
    granted(file.refresh(&tokens.refresh_token).await);
}

#[tokio::test]
async fn the_unique_index_refuses_an_address_that_is_taken() {
    let file = OnAFile::new();
    let ada = file.create("ada@example.com").await.unwrap();
    file.create("bob@example.com").await.unwrap();
    assert_eq!(
        refused_by(file.create("ADA@example.com").await),
        "email_already_registered"
    );
    let command = ChangeEmail {
        email: "Bob@example.com".parse().unwrap(),
        caller_address: None,
    };
    let changed = file.accounts.send(command, file.by(ada.id)).await;
    assert_eq!(refused_by(changed), "email_already_registered");
    assert_eq!(file.accounts.user(ada.id).await.unwrap(), ada);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_register_one_address_at_once_one_gets_it() {
    let file = Arc::new(OnAFile::new());
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let file = Arc::clone(&file);
            tokio::spawn(async move { file.create("ada@example.com").await })
        })
        .collect();
    let mut registered = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => registered += 1,
            refused => assert_eq!(refused_by(refused), "email_already_registered"),
        }
    }
    assert_eq!(registered, 1);
    assert_eq!(file.unpublished().await, ["UserAccountCreated"]);
}

#[tokio::test]
async fn only_the_events_for_others_are_to_be_published() {
    let file = OnAFile::new();
    let user_id = file.create("ada@example.com").await.unwrap().id;
    let operator = || file.meta(Actor::Operator);
    let email = "ada@lovelace.org".parse().unwrap();
    file.accounts
        .send(
            ChangeEmail {
                email,
                caller_address: None,
            },
            file.by(user_id),
        )
        .await
        .unwrap();
    file.accounts
        .send(
            ChangeRole {
                user_id,
                role: Role::Staff,
            },
            operator(),
        )
        .await
        .unwrap();
    let view = file
        .accounts
        .send(DeactivateUser { user_id }, operator())
        .await
        .unwrap();
    assert_eq!(view.version, Version::new(4));
    assert_eq!(file.accounts.user(user_id).await.unwrap(), view);
    let expected = ["UserAccountCreated", "UserEmailChanged", "UserDeactivated"];
    assert_eq!(file.unpublished().await, expected);
}

#[tokio::test]
async fn what_changes_nothing_is_recorded_under_its_key_and_writes_nothing_else() {
    let file = OnAFile::new();
    let ada = file.create("ada@example.com").await.unwrap();
    let change = |role, replay| {
        let meta = CommandMeta {
            replay,
            ..file.meta(Actor::Operator)
        };
        let user_id = ada.id;
        file.accounts.send(ChangeRole { user_id, role }, meta)
    };
    let key = || {
        Some(Replay {
            key: "key".to_owned(),
            fingerprint: [1; 32],
        })
    };
    assert_eq!(change(Role::Customer, None).await.unwrap(), ada);
    assert_eq!(change(Role::Customer, key()).await.unwrap(), ada);
    assert_eq!(file.accounts.user(ada.id).await.unwrap(), ada);
    let promoted = change(Role::Staff, None).await.unwrap();
    assert_eq!(promoted.version, Version::new(2));
    assert_eq!(
        change(Role::Customer, key()).await.unwrap(),
        ada,
        "as it was answered"
    );
    assert_eq!(file.accounts.user(ada.id).await.unwrap(), promoted);
}

#[tokio::test]
async fn a_user_changed_by_two_at_once_is_written_by_one() {
    let file = OnAFile::new();
    let ada = file.create("ada@example.com").await.unwrap();
    let mut units = [(); 2].map(|()| file.begin(Actor::Operator));
    for unit in &mut units {
        let mut user = unit.users().get(ada.id).await.unwrap().unwrap();
        user.deactivate().unwrap();
        unit.users().save(user);
    }
    let [faster, slower] = units;
    assert!(faster.commit(None).await.is_ok());
    assert!(matches!(
        slower.commit(None).await,
        Err(CommitError::VersionConflict)
    ));
    assert_eq!(
        file.unpublished().await,
        ["UserAccountCreated", "UserDeactivated"]
    );
}
