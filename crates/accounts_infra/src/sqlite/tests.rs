//! The migration goes both ways, and what is over is forgotten. What else the store does is in the contract suite
//! (`tests/persistence`).

use accounts_app::store::{AccountsChanges, EndOfAll, SessionChange};
use accounts_domain::{PasswordHash, Session, TokenHash, User};
use diesel::{Connection, QueryDsl, RunQueryDsl, SqliteConnection};
use diesel_migrations::MigrationHarness;
use shared_kernel::{IdGenerator, Role, SessionId, Timestamp, UserId, Version, in_memory::CountingIds};
use storage::{columns::row_time, sqlite::SqliteRows};

use super::*;

#[test]
fn the_migration_can_be_undone_and_done_again() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    connection.revert_all_migrations(MIGRATIONS).unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
}

#[test]
fn a_session_that_is_over_is_forgotten_with_its_tokens_and_none_that_is_open() {
    let ids = CountingIds::default();
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    let user_id = UserId::new(ids.next_id());
    let ada = User::register(
        user_id,
        "ada@example.com".parse().unwrap(),
        PasswordHash::new("$argon2id$".to_owned()),
        Role::Customer,
        now,
    );
    let mut write = |changes: AccountsChanges| AccountsRows::of(&changes).write(&mut connection).unwrap();
    write(AccountsChanges {
        users: vec![ada],
        ..AccountsChanges::default()
    });
    let kept = SessionId::new(ids.next_id());
    for (id, token) in [(SessionId::new(ids.next_id()), 1), (kept, 2)] {
        let session = Session::open(id, user_id, TokenHash::new([token; 32]), now);
        let user_version = Version::FIRST;
        write(AccountsChanges {
            sessions: vec![SessionChange::Open {
                session,
                user_version,
            }],
            ..AccountsChanges::default()
        });
    }
    let end = EndOfAll {
        user_id,
        keep: Some(kept),
        keep_latest: 0,
        at: now,
    };
    write(AccountsChanges {
        ends: vec![end],
        ..AccountsChanges::default()
    });
    let mut forget = |at: Timestamp| AccountsRows::forget(&mut connection, row_time(at), 10).unwrap();
    assert_eq!(forget(now), 0, "one that ended later");
    assert_eq!(forget(now.plus_seconds(1)), 2, "the session and its token");
    const MONTH: i64 = 30 * 24 * 60 * 60;
    assert_eq!(forget(now.plus_seconds(MONTH)), 0, "one that expires then");
    assert_eq!(forget(now.plus_seconds(MONTH + 1)), 2, "the one that expired");
    let left: i64 = crate::schema::sessions::table
        .count()
        .get_result(&mut connection)
        .unwrap();
    assert_eq!(left, 0);
}
