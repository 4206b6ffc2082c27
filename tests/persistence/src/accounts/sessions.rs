//! Sessions: opened only for a user as they are, listed while they are open, ended one by one or all together.

use accounts_app::{SessionStatus, SessionView};
use accounts_domain::{Session, TokenHash, User, UserStatus};
use message_bus::CommitError;
use shared_kernel::{AggregateRoot, Role, SessionId, UserId, Version};

use crate::{
    engines::on_every_engine,
    event_history::history,
    stores::{AccountsStore, assert_stale},
};

on_every_engine!(
    accounts:
    a_session_is_opened_only_while_its_user_is_as_they_were,
    a_session_is_not_opened_for_nobody,
    a_user_and_their_session_are_written_together,
    sessions_raise_no_events,
    ending_all_but_one_leaves_that_one_and_everybody_elses,
    ending_all_ends_those_that_are_open_when_it_commits,
    open_sessions_are_listed_last_used_first,
    what_has_ended_or_expired_is_not_listed,
    a_session_status_tells_of_session_and_user,
);

fn a_session_of(store: &AccountsStore, user_id: UserId, token: TokenHash) -> Session {
    let id = SessionId::new(store.seams.next_id());
    Session::open(id, user_id, token, store.seams.now())
}

async fn try_to_open(store: &AccountsStore, session: Session, at: Version) -> Result<(), CommitError> {
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().open(session, at);
    unit.commit(None).await
}

pub(super) async fn open_session(store: &AccountsStore, user: &User, token: TokenHash) -> SessionId {
    let session = a_session_of(store, user.id(), token);
    let id = session.id();
    try_to_open(store, session, user.version()).await.unwrap();
    id
}

pub(super) async fn load_session(store: &AccountsStore, id: SessionId) -> Session {
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().get(id).await.unwrap().unwrap()
}

pub(super) async fn end(store: &AccountsStore, mut session: Session) -> Result<(), CommitError> {
    session.end(store.seams.now());
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().end(session);
    unit.commit(None).await
}

async fn end_all_of(store: &AccountsStore, user_id: UserId, keep: Option<SessionId>) {
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().end_all_of(user_id, keep, store.seams.now());
    unit.commit(None).await.unwrap();
}

/// A session of `user` with a token of its own.
async fn some_session(store: &AccountsStore, user: &User) -> SessionId {
    let token = TokenHash::new(store.seams.random_bytes());
    open_session(store, user, token).await
}

async fn listed(store: &AccountsStore, user_id: UserId) -> Vec<SessionId> {
    let now = store.seams.now();
    let sessions = store.port.open_sessions(user_id, now).await.unwrap();
    sessions.into_iter().map(|session| session.id).collect()
}

async fn a_session_is_opened_only_while_its_user_is_as_they_were(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    let seen = ada.version();
    ada.deactivate().unwrap();
    let id = ada.id();
    store.save(ada).await.unwrap();

    let session = a_session_of(&store, id, TokenHash::new([1; 32]));
    let refused = try_to_open(&store, session.clone(), seen).await;
    assert_stale(&refused);
    let mut unit = store.begin(store.seams.meta());
    assert!(unit.sessions().get(session.id()).await.unwrap().is_none());
    let by_token = unit.sessions().with_token(TokenHash::new([1; 32])).await.unwrap();
    assert!(by_token.is_none(), "the token was kept");

    try_to_open(&store, session, seen.next()).await.unwrap();
}

async fn a_session_is_not_opened_for_nobody(store: AccountsStore) {
    let nobody = UserId::new(store.seams.next_id());
    let session = a_session_of(&store, nobody, TokenHash::new([1; 32]));
    let refused = try_to_open(&store, session, Version::FIRST).await;
    assert_stale(&refused);
}

async fn a_user_and_their_session_are_written_together(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    ada.change_role(Role::Staff);
    let session = a_session_of(&store, ada.id(), TokenHash::new([1; 32]));
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().open(session.clone(), ada.version());
    unit.users().save(ada.clone());
    unit.commit(None).await.unwrap();
    assert_eq!(listed(&store, ada.id()).await, [session.id()]);
}

async fn sessions_raise_no_events(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let id = some_session(&store, &ada).await;
    end(&store, load_session(&store, id).await).await.unwrap();
    assert_eq!(
        store.user_history(ada.id()).await,
        history(&[(1, "UserAccountCreated")])
    );
    assert_eq!(store.history.of("session", id.uuid()).await, []);
}

async fn ending_all_but_one_leaves_that_one_and_everybody_elses(store: AccountsStore) {
    let (ada, bob) = (
        store.user("ada@example.com").await,
        store.user("bob@example.com").await,
    );
    let kept = some_session(&store, &ada).await;
    let others = [some_session(&store, &ada).await, some_session(&store, &ada).await];
    let bobs = some_session(&store, &bob).await;
    let before = load_session(&store, kept).await.as_stored().clone();
    store.seams.advance_seconds(60);
    end_all_of(&store, ada.id(), Some(kept)).await;

    assert_eq!(listed(&store, ada.id()).await, [kept]);
    assert_eq!(listed(&store, bob.id()).await, [bobs]);
    assert_eq!(*load_session(&store, kept).await.as_stored(), before);
    for id in others {
        let session = load_session(&store, id).await;
        assert_eq!(session.as_stored().ended_at, Some(store.seams.now()));
        assert_eq!(session.as_stored().version, Version::new(2));
    }
}

async fn ending_all_ends_those_that_are_open_when_it_commits(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let ended_before = some_session(&store, &ada).await;
    end(&store, load_session(&store, ended_before).await)
        .await
        .unwrap();
    let ended_at = Some(store.seams.now());
    store.seams.advance_seconds(60);

    let mut unit = store.begin(store.seams.meta());
    unit.sessions().end_all_of(ada.id(), None, store.seams.now());
    let opened_meanwhile = some_session(&store, &ada).await;
    unit.commit(None).await.unwrap();
    assert_eq!(listed(&store, ada.id()).await, []);
    let session = load_session(&store, ended_before).await;
    assert_eq!(session.as_stored().ended_at, ended_at, "its own end stands");
    let session = load_session(&store, opened_meanwhile).await;
    assert_eq!(session.as_stored().ended_at, Some(store.seams.now()));
}

async fn open_sessions_are_listed_last_used_first(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let bob = store.user("bob@example.com").await;
    let first = some_session(&store, &ada).await;
    let second = some_session(&store, &ada).await;
    some_session(&store, &bob).await;
    assert_eq!(
        listed(&store, ada.id()).await,
        [second, first],
        "of one moment: by id"
    );
    store.seams.advance_seconds(60);
    let third = some_session(&store, &ada).await;
    store.seams.advance_seconds(60);
    let mut used = load_session(&store, first).await;
    used.replace_token(TokenHash::new([9; 32]), store.seams.now());
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().replace_token(used.clone());
    unit.commit(None).await.unwrap();
    assert_eq!(listed(&store, ada.id()).await, [first, third, second]);

    let open = store.port.open_sessions(ada.id(), store.seams.now()).await;
    let view = SessionView::of(&open.unwrap()[0]);
    let stored = used.as_stored();
    assert_eq!(
        (view.created_at, view.last_used_at, view.expires_at),
        (stored.opened_at, stored.last_used_at, stored.expires_at)
    );
}

async fn what_has_ended_or_expired_is_not_listed(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let ended = some_session(&store, &ada).await;
    end(&store, load_session(&store, ended).await).await.unwrap();
    let open = some_session(&store, &ada).await;
    let expiry = load_session(&store, open).await.as_stored().expires_at;
    let a_second_before = store.port.open_sessions(ada.id(), expiry.plus_seconds(-1)).await;
    assert_eq!(a_second_before.unwrap().len(), 1);
    let at_its_expiry = store.port.open_sessions(ada.id(), expiry).await;
    assert_eq!(at_its_expiry.unwrap(), []);
    assert_eq!(listed(&store, UserId::new(store.seams.next_id())).await, []);
}

async fn a_session_status_tells_of_session_and_user(store: AccountsStore) {
    let mut ada = store.user("ada@example.com").await;
    let id = some_session(&store, &ada).await;
    let session = load_session(&store, id).await;
    let open = SessionStatus {
        user_id: ada.id(),
        role: Role::Customer,
        user_status: UserStatus::Active,
        expires_at: session.as_stored().expires_at,
        ended_at: None,
    };
    assert_eq!(store.port.session_status(id).await.unwrap(), Some(open));

    ada.change_role(Role::Admin);
    ada.deactivate().unwrap();
    store.save(ada).await.unwrap();
    store.seams.advance_seconds(60);
    end(&store, session).await.unwrap();
    let over = SessionStatus {
        role: Role::Admin,
        user_status: UserStatus::Inactive,
        ended_at: Some(store.seams.now()),
        ..open
    };
    assert_eq!(store.port.session_status(id).await.unwrap(), Some(over));
    let nowhere = SessionId::new(store.seams.next_id());
    assert_eq!(store.port.session_status(nowhere).await.unwrap(), None);
}
