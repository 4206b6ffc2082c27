//! A session and its family of refresh tokens: each rotation is guarded, and the session is found by every token.

use accounts_domain::{Session, StoredSession, TokenHash};
use message_bus::CommitError;
use shared_kernel::{AggregateRoot, SessionId, Version};

use super::sessions::{end, load_session, open_session};
use crate::{
    engines::on_every_engine,
    stores::{AccountsStore, assert_exists_already, assert_stale},
};

on_every_engine!(
    accounts:
    a_session_is_read_back_field_by_field,
    every_token_of_a_family_finds_its_session,
    a_token_that_was_never_given_finds_nothing,
    a_token_leads_to_one_session,
    a_loaded_session_is_a_copy,
    of_two_rotations_from_one_copy_one_wins,
    a_rotation_loses_against_an_end,
    an_end_loses_against_a_rotation,
    a_rotation_loses_against_the_end_of_all,
);

fn token(number: u8) -> TokenHash {
    TokenHash::new([number; 32])
}

async fn rotate(store: &AccountsStore, mut session: Session, next: TokenHash) -> Result<(), CommitError> {
    session.replace_token(next, store.seams.now());
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().replace_token(session);
    unit.commit(None).await
}

async fn found_by(store: &AccountsStore, token: TokenHash) -> Option<SessionId> {
    let mut unit = store.begin(store.seams.meta());
    let session = unit.sessions().with_token(token).await.unwrap();
    session.map(|session| session.id())
}

/// What is stored of a session after `session`, loaded at one version, was saved.
fn after_saving(session: &Session) -> StoredSession {
    StoredSession {
        version: session.as_stored().version.next(),
        ..session.as_stored().clone()
    }
}

async fn a_session_is_read_back_field_by_field(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let opened = Session::open(
        SessionId::new(store.seams.next_id()),
        ada.id(),
        token(1),
        "2026-01-01T00:00:00.000001Z".parse().unwrap(),
    );
    let id = opened.id();
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().open(opened.clone(), ada.version());
    unit.commit(None).await.unwrap();
    let mut session = load_session(&store, id).await;
    assert_eq!(*session.as_stored(), after_saving(&opened));
    assert_eq!(session.as_stored().version, Version::FIRST);

    session.replace_token(token(2), "2026-01-02T00:00:00.000003Z".parse().unwrap());
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().replace_token(session.clone());
    unit.commit(None).await.unwrap();
    let mut rotated = load_session(&store, id).await;
    assert_eq!(*rotated.as_stored(), after_saving(&session));

    rotated.end("2026-01-03T00:00:00.000005Z".parse().unwrap());
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().end(rotated.clone());
    unit.commit(None).await.unwrap();
    let ended = load_session(&store, id).await;
    assert_eq!(*ended.as_stored(), after_saving(&rotated));
    assert_eq!(ended.as_stored().version, Version::new(3));
}

async fn every_token_of_a_family_finds_its_session(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let session = open_session(&store, &ada, token(1)).await;
    let other = open_session(&store, &ada, token(100)).await;
    for next in 2..=4 {
        let current = load_session(&store, session).await;
        rotate(&store, current, token(next)).await.unwrap();
    }
    for number in 1..=4 {
        assert_eq!(
            found_by(&store, token(number)).await,
            Some(session),
            "token {number}"
        );
    }
    assert_eq!(found_by(&store, token(100)).await, Some(other));
    end(&store, load_session(&store, session).await).await.unwrap();
    assert_eq!(found_by(&store, token(1)).await, Some(session), "after its end");
}

async fn a_token_that_was_never_given_finds_nothing(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    open_session(&store, &ada, token(1)).await;
    assert_eq!(found_by(&store, token(2)).await, None);
    let mut unit = store.begin(store.seams.meta());
    let nowhere = SessionId::new(store.seams.next_id());
    assert!(unit.sessions().get(nowhere).await.unwrap().is_none());
}

async fn a_token_leads_to_one_session(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let first = open_session(&store, &ada, token(1)).await;
    let second = open_session(&store, &ada, token(2)).await;
    let third = Session::open(
        SessionId::new(store.seams.next_id()),
        ada.id(),
        token(1),
        store.seams.now(),
    );
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().open(third, ada.version());
    let opened = unit.commit(None).await;
    let rotated = rotate(&store, load_session(&store, second).await, token(1)).await;
    for result in [opened, rotated] {
        assert_exists_already(&result, "refresh_tokens.token_hash");
    }
    assert_eq!(found_by(&store, token(1)).await, Some(first));
}

async fn a_loaded_session_is_a_copy(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let id = open_session(&store, &ada, token(1)).await;
    let before = load_session(&store, id).await.as_stored().clone();
    let mut unit = store.begin(store.seams.meta());
    let mut session = unit.sessions().get(id).await.unwrap().unwrap();
    session.replace_token(token(2), store.seams.now());
    session.end(store.seams.now());
    unit.commit(None).await.unwrap();
    assert_eq!(*load_session(&store, id).await.as_stored(), before);
    assert_eq!(found_by(&store, token(2)).await, None);
}

async fn of_two_rotations_from_one_copy_one_wins(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let id = open_session(&store, &ada, token(1)).await;
    let copy = load_session(&store, id).await;
    let (first, second) = tokio::join!(
        rotate(&store, copy.clone(), token(2)),
        rotate(&store, copy.clone(), token(3)),
    );
    let (won, lost) = match (&first, &second) {
        (Ok(()), Err(CommitError::VersionConflict)) => (token(2), token(3)),
        (Err(CommitError::VersionConflict), Ok(())) => (token(3), token(2)),
        neither_or_both => panic!("{neither_or_both:?}"),
    };
    assert_eq!(load_session(&store, id).await.as_stored().current_token, won);
    assert_eq!(found_by(&store, lost).await, None, "the loser's token was kept");
}

async fn a_rotation_loses_against_an_end(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let id = open_session(&store, &ada, token(1)).await;
    let copy = load_session(&store, id).await;
    end(&store, copy.clone()).await.unwrap();
    let refused = rotate(&store, copy, token(2)).await;
    assert_stale(&refused);
    assert!(load_session(&store, id).await.as_stored().ended_at.is_some());
}

async fn an_end_loses_against_a_rotation(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let id = open_session(&store, &ada, token(1)).await;
    let copy = load_session(&store, id).await;
    rotate(&store, copy.clone(), token(2)).await.unwrap();
    let refused = end(&store, copy).await;
    assert_stale(&refused);
    assert_eq!(load_session(&store, id).await.as_stored().ended_at, None);
}

async fn a_rotation_loses_against_the_end_of_all(store: AccountsStore) {
    let ada = store.user("ada@example.com").await;
    let id = open_session(&store, &ada, token(1)).await;
    let copy = load_session(&store, id).await;
    let mut unit = store.begin(store.seams.meta());
    unit.sessions().end_all_of(ada.id(), None, store.seams.now());
    unit.commit(None).await.unwrap();
    let refused = rotate(&store, copy, token(2)).await;
    assert_stale(&refused);
    assert_eq!(
        load_session(&store, id).await.as_stored().ended_at,
        Some(store.seams.now())
    );
}
