//! Sessions: rotation, reuse, the grace window, and what ends them.

use std::time::Duration;

use diesel::{QueryDsl, RunQueryDsl};
use storage::context_database::{Forgettable, Forgotten};

use super::*;

const OVER: Authentication = Authentication::Rejected(RejectedToken::SessionOver);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_use_one_token_at_once_get_the_same_successor() {
    let file = Arc::new(OnAFile::new());
    let ada = file.create("ada@example.com").await.unwrap();
    let first = file.log_in().await;
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let (file, token) = (Arc::clone(&file), first.refresh_token.clone());
            tokio::spawn(async move { granted(file.refresh(&token).await).refresh_token })
        })
        .collect();
    let mut successors = Vec::new();
    for one in tries {
        successors.push(one.await.unwrap());
    }
    successors.dedup();
    let [successor] = successors.try_into().expect("all get the same one");
    granted(file.refresh(&successor).await);
    assert_eq!(file.accounts.sessions(ada.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_used_again_ends_the_family_however_old_it_is() {
    let file = OnAFile::new();
    file.create("ada@example.com").await.unwrap();
    let first = file.log_in().await;
    let second = granted(file.refresh(&first.refresh_token).await);
    let third = granted(file.refresh(&second.refresh_token).await);
    assert!(matches!(
        file.authenticate(&third).await,
        Authentication::Authenticated { .. }
    ));
    assert_eq!(file.refresh(&first.refresh_token).await, TokenGrant::InvalidGrant);
    assert_eq!(file.refresh(&third.refresh_token).await, TokenGrant::InvalidGrant);
    assert_eq!(file.authenticate(&third).await, OVER);
}

#[tokio::test]
async fn a_replaced_token_gets_its_successor_again_for_ten_seconds() {
    let file = OnAFile::new();
    file.create("ada@example.com").await.unwrap();
    let first = file.log_in().await;
    let second = granted(file.refresh(&first.refresh_token).await);
    file.clock.advance_seconds(10);
    let again = granted(file.refresh(&first.refresh_token).await);
    assert_eq!(again.refresh_token, second.refresh_token);
    file.clock.advance_seconds(1);
    assert_eq!(file.refresh(&first.refresh_token).await, TokenGrant::InvalidGrant);
    assert_eq!(
        file.refresh(&second.refresh_token).await,
        TokenGrant::InvalidGrant
    );
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_a_revoked_token_its_own() {
    let file = OnAFile::new();
    let ada = file.create("ada@example.com").await.unwrap();
    let (here, there) = (file.log_in().await, file.log_in().await);
    let Authentication::Authenticated { session_id, .. } = file.authenticate(&here).await else {
        panic!("the session is open");
    };
    let command = ChangePassword {
        current_password: Secret::new(PASSWORD.to_owned()),
        new_password: Secret::new("a quite different one".to_owned()),
        keep_session: Some(session_id),
        caller_address: None,
        device: None,
    };
    file.accounts.send(command, file.by(ada.id)).await.unwrap();
    assert_eq!(file.authenticate(&there).await, OVER);
    assert!(matches!(
        file.authenticate(&here).await,
        Authentication::Authenticated { .. }
    ));
    let command = RevokeToken {
        token: Secret::new(here.refresh_token.clone()),
    };
    file.accounts
        .send(command, file.meta(Actor::Anonymous))
        .await
        .unwrap();
    assert_eq!(file.authenticate(&here).await, OVER);
    assert_eq!(file.refresh(&here.refresh_token).await, TokenGrant::InvalidGrant);
}

#[tokio::test]
async fn no_session_is_opened_for_a_user_who_changed_in_the_same_moment() {
    let file = OnAFile::new();
    let ada = file.create("ada@example.com").await.unwrap();
    for user_version in [Version::NEVER_STORED, Version::new(2)] {
        let mut unit = file.begin(Actor::Anonymous);
        let id = SessionId::new(file.ids.next_id());
        let session = Session::open(id, ada.id, TokenHash::new([1; 32]), file.clock.now());
        unit.sessions().open(session, user_version);
        assert!(matches!(
            unit.commit(None).await,
            Err(CommitError::VersionConflict)
        ));
        assert_eq!(file.store.session_status(id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_session_is_forgotten_with_its_tokens_30_days_after_it_is_over_and_not_earlier() {
    const THIRTY_DAYS: Duration = Duration::from_hours(30 * 24);
    let file = OnAFile::new();
    let ada = file.create("ada@example.com").await.unwrap();
    let (ended, unused) = (file.log_in().await, file.log_in().await);
    granted(file.refresh(&ended.refresh_token).await);
    let mut unit = file.begin(Actor::Anonymous);
    let Authentication::Authenticated { session_id, .. } = file.authenticate(&unused).await else {
        panic!("the session is open");
    };
    unit.sessions()
        .end_all_of(ada.id, Some(session_id), file.clock.now());
    unit.commit(None).await.unwrap();
    let live_for_days = async |days: i64| {
        for _ in 0..days * 24 {
            file.context.live_on(THIRTY_DAYS).await.unwrap();
            file.clock.advance_seconds(60 * 60);
        }
        file.context.live_on(THIRTY_DAYS).await.unwrap();
        let forgotten = file.context.forget(Forgettable::OwnRows, THIRTY_DAYS).await;
        assert_eq!(forgotten.unwrap(), Forgotten::All);
        let path = file.folder.path().join("accounts.sqlite");
        let mut look = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let sessions: i64 = schema::sessions::table.count().get_result(&mut look).unwrap();
        let tokens: i64 = schema::refresh_tokens::table
            .count()
            .get_result(&mut look)
            .unwrap();
        (sessions, tokens)
    };
    assert_eq!(live_for_days(29).await, (2, 3));
    assert_eq!(live_for_days(2).await, (1, 1), "the one that ended");
    assert_eq!(
        live_for_days(28).await,
        (1, 1),
        "the other one has expired for 29 days"
    );
    assert_eq!(live_for_days(2).await, (0, 0));
}
