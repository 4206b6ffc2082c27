//! Users: what is saved is read back, or was refused and not stored.

use accounts_app::UserView;
use accounts_domain::{PasswordHash, PasswordMatch, User, UserStatus};
use message_bus::{Actor, CommandMeta, NewEvent, TraceContext};
use shared_kernel::{
    AggregateRoot, CorrelationId, EventId, Role, Timestamp, UserId, Version, events::UserAccountCreated,
};

use crate::{
    engines::on_every_engine,
    event_history::history,
    stores::{AccountsStore, assert_exists_already, assert_one_wins, assert_stale, spelled},
};

on_every_engine!(
    accounts:
    a_user_is_read_back_field_by_field,
    a_user_who_is_not_there_is_nobody,
    dropping_a_unit_of_work_writes_nothing,
    a_loaded_user_is_a_copy,
    a_stale_user_is_a_conflict_and_nothing_is_written,
    of_all_who_save_one_version_at_once_one_wins,
    a_user_is_created_once,
    each_version_of_a_user_has_one_event,
    an_event_repeats_its_command,
    an_empty_unit_of_work_commits,
);

const START: &str = "2026-01-01T00:00:00.000001Z";

async fn a_user_is_read_back_field_by_field(store: AccountsStore) {
    let mut number = 0;
    for role in [Role::Customer, Role::Staff, Role::Admin] {
        for status in [UserStatus::Active, UserStatus::Inactive] {
            number += 1;
            let mut user = User::register(
                UserId::new(store.seams.next_id()),
                format!("Zoë.O'Brien+{number}@Exämple.com").parse().unwrap(),
                PasswordHash::new("$argon2id$v=19$ütf-8 \"quoted\" 'twice' \\ ; -- $".to_owned()),
                role,
                START.parse().unwrap(),
            );
            if status == UserStatus::Inactive {
                user.deactivate().unwrap();
            }
            let (id, saved, view) = (user.id(), spelled(user.to_stored()), UserView::of(&user));
            store.save(user).await.unwrap();

            let loaded = store.load(id).await.unwrap();
            assert!(loaded.changes().is_empty(), "loading is no change");
            assert_eq!(spelled(loaded.to_stored()), saved);
            assert_eq!(store.face().user(id).await.unwrap(), view);
        }
    }
}

async fn a_user_who_is_not_there_is_nobody(store: AccountsStore) {
    store.user("ada@example.com").await;
    let nobody = UserId::new(store.seams.next_id());
    assert_eq!(store.stored(nobody).await, None);
    assert_eq!(store.port.user(nobody).await.unwrap(), None);
}

async fn dropping_a_unit_of_work_writes_nothing(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    let before = store.stored(ada.id()).await;
    let bob = store.new_user("bob@example.com");
    let bob_id = bob.id();
    ada.deactivate().unwrap();
    let mut unit = store.begin(store.seams.meta());
    unit.users().save(ada.clone());
    unit.users().save(bob);
    drop(unit);
    assert_eq!(store.stored(ada.id()).await, before);
    assert_eq!(store.stored(bob_id).await, None);
    assert_eq!(store.user_history(bob_id).await, []);
}

async fn a_loaded_user_is_a_copy(store: AccountsStore) {
    let id = store.user("ada@example.com").await.id();
    let before = store.stored(id).await;
    let mut unit = store.begin(store.seams.meta());
    let mut loaded = unit.users().get(id).await.unwrap().unwrap();
    loaded.deactivate().unwrap();
    let again = unit.users().get(id).await.unwrap().unwrap();
    assert_eq!(Some(spelled(again.to_stored())), before);
    unit.commit(None).await.unwrap();
    assert_eq!(store.stored(id).await, before);
}

async fn a_stale_user_is_a_conflict_and_nothing_is_written(store: AccountsStore) {
    let mut stale = store.user("ada@example.com").await;
    let mut current = stale.clone();
    current.change_role(Role::Staff);
    store.save(current).await.unwrap();
    let before = store.stored(stale.id()).await;

    stale.deactivate().unwrap();
    let bob = store.new_user("bob@example.com");
    let bob_id = bob.id();
    let mut unit = store.begin(store.seams.meta());
    unit.users().save(bob);
    unit.users().save(stale.clone());
    let refused = unit.commit(None).await;
    assert_stale(&refused);
    assert_eq!(store.stored(stale.id()).await, before);
    assert_eq!(store.stored(bob_id).await, None);
    assert_eq!(store.user_history(bob_id).await, []);
    assert_eq!(
        store.user_history(stale.id()).await,
        history(&[(1, "UserAccountCreated"), (2, "UserRoleChanged")])
    );
}

async fn of_all_who_save_one_version_at_once_one_wins(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    ada.deactivate().unwrap();
    let (a, b, c) = tokio::join!(
        store.save(ada.clone()),
        store.save(ada.clone()),
        store.save(ada.clone()),
    );
    assert_one_wins(&[a, b, c]);
    assert_eq!(store.stored(ada.id()).await.unwrap().0.version, Version::new(2));
}

async fn a_user_is_created_once(store: AccountsStore) {
    let ada = store.new_user("ada@example.com");
    let before = Some(spelled(ada.to_stored()));
    store.save(ada.clone()).await.unwrap();
    let twin = User::register(
        ada.id(),
        "bob@example.com".parse().unwrap(),
        ada.password_hash().clone(),
        Role::Admin,
        store.seams.now(),
    );
    assert_exists_already(&store.save(twin).await, "users.id");
    assert_eq!(store.stored(ada.id()).await, before);
    assert_eq!(
        store.user_history(ada.id()).await,
        history(&[(1, "UserAccountCreated")])
    );
}

async fn each_version_of_a_user_has_one_event(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    ada.change_email("ada@lovelace.org".parse().unwrap()).unwrap();
    ada.change_role(Role::Staff);
    let id = ada.id();
    store.save(ada).await.unwrap();
    for change in [
        |user: &mut User| {
            let new = PasswordHash::new("new".to_owned());
            user.change_password(PasswordMatch::Matches, new).unwrap();
        },
        |user: &mut User| user.deactivate().unwrap(),
        |user: &mut User| user.reactivate().unwrap(),
    ] {
        let mut loaded = store.load(id).await.unwrap();
        change(&mut loaded);
        store.save(loaded).await.unwrap();
    }
    assert_eq!(
        store.user_history(id).await,
        history(&[
            (1, "UserAccountCreated"),
            (2, "UserEmailChanged"),
            (3, "UserRoleChanged"),
            (4, "UserPasswordChanged"),
            (5, "UserDeactivated"),
            (6, "UserReactivated"),
        ])
    );
    assert_eq!(store.stored(id).await.unwrap().0.version, Version::new(6));
}

async fn an_event_repeats_its_command(store: AccountsStore) {
    let ada = store.new_user("ada@example.com");
    let (user_id, email) = (ada.id(), ada.email().clone());
    let meta = CommandMeta {
        correlation_id: CorrelationId::new(store.seams.next_id()),
        causation_id: Some(EventId::new(store.seams.next_id())),
        actor: Actor::Consumer("test.things"),
        issued_at: Timestamp::from_microseconds(1_767_225_600_000_001).unwrap(),
        trace: TraceContext::from_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .unwrap(),
        ..store.seams.meta()
    };
    let mut unit = store.begin(meta.clone());
    unit.users().save(ada);
    unit.commit(None).await.unwrap();

    let event = store.history.only("UserAccountCreated").await;
    let expected = NewEvent::delivered(
        &UserAccountCreated { user_id, email },
        user_id.uuid(),
        Version::FIRST,
    )
    .unwrap();
    assert_eq!(
        event,
        message_bus::Envelope::new(expected, event.event_id, "accounts", &meta)
    );
}

async fn an_empty_unit_of_work_commits(store: AccountsStore) {
    let unit = store.begin(store.seams.meta());
    unit.commit(None).await.unwrap();
}
