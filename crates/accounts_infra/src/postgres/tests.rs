//! Two connections at once: no session outlives a change of its user, whichever comes first.

use std::time::Duration;

use accounts_domain::{PasswordHash, Session, User};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use shared_kernel::{AggregateRoot, IdGenerator, Role, Version, in_memory::CountingIds};

use accounts_app::store::{EndOfAll, SessionChange};

use super::*;

const ADMINISTRATOR: &str = "ORDERLY_TEST_POSTGRES_URL";
const TABLES: &str = include_str!("../../../../migrations/accounts/postgres/2026-11-21-000001_users/up.sql");

/// Two committers' connections and one to look with, on a schema of their own.
struct Connections {
    schema: &'static str,
    login: AsyncPgConnection,
    change: AsyncPgConnection,
    look: AsyncPgConnection,
}

impl Connections {
    async fn new(schema: &'static str) -> Self {
        let mut look = connection(schema).await;
        let tables = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; {TABLES}");
        look.batch_execute(&tables).await.unwrap();
        Self {
            schema,
            login: connection(schema).await,
            change: connection(schema).await,
            look,
        }
    }

    async fn count(&self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Counted {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let counted: Counted = sql_query(query).get_result(&mut &self.look).await.unwrap();
        counted.count
    }

    /// Returns when a transaction waits for a lock on one of these tables' rows.
    async fn until_somebody_waits(&self) {
        let waiting = format!(
            "SELECT count(*) FROM pg_locks waiting JOIN pg_stat_activity USING (pid)
             WHERE NOT waiting.granted AND application_name = '{}'",
            self.schema
        );
        let somebody_waits = async {
            while self.count(&waiting).await == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), somebody_waits)
            .await
            .expect("nobody waited");
    }

    async fn end(mut self) {
        let drop = format!("DROP SCHEMA {} CASCADE", self.schema);
        self.look.batch_execute(&drop).await.unwrap();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment tells the tests where their server is"
)]
async fn connection(schema: &str) -> AsyncPgConnection {
    let url = std::env::var(ADMINISTRATOR).unwrap_or_else(|_| {
        panic!(
            "{ADMINISTRATOR} is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND"
        )
    });
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    let settings = format!("SET search_path TO {schema}; SET application_name TO {schema}");
    connection.batch_execute(&settings).await.unwrap();
    connection
}

async fn begin(mut connection: &AsyncPgConnection) {
    connection.batch_execute("BEGIN").await.unwrap();
}

async fn commit(mut connection: &AsyncPgConnection) {
    connection.batch_execute("COMMIT").await.unwrap();
}

/// A user who is stored, what opens a session for them, and what changes them and ends their sessions.
async fn ada(connections: &Connections) -> (AccountsRows, AccountsRows) {
    let ids = CountingIds::default();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let ada = User::register(
        UserId::new(ids.next_id()),
        "ada@example.com".parse().unwrap(),
        PasswordHash::new("$argon2id$".to_owned()),
        Role::Customer,
        now,
    );
    let new = AccountsRows::of(&AccountsChanges {
        users: vec![ada.clone()],
        ..AccountsChanges::default()
    });
    assert_eq!(AccountsRows::write(&[&new], &connections.login).await, Ok(vec![]));
    let mut ada = User::restore(ada.to_stored());
    let user_id = ada.id();
    let id = SessionId::new(ids.next_id());
    let open = SessionChange::Open {
        session: Session::open(id, user_id, TokenHash::new([1; 32]), now),
        user_version: Version::FIRST,
    };
    let login = AccountsRows::of(&AccountsChanges {
        sessions: vec![open],
        ..AccountsChanges::default()
    });
    ada.deactivate().unwrap();
    let end = EndOfAll {
        user_id,
        keep: None,
        at: now,
    };
    let change = AccountsRows::of(&AccountsChanges {
        users: vec![ada],
        ends: vec![end],
        ..AccountsChanges::default()
    });
    (login, change)
}

const OPEN: &str = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
const ALL: &str = "SELECT count(*) FROM sessions";

#[tokio::test]
async fn a_session_that_is_opened_first_is_ended_by_the_change_that_waited_for_it() {
    let here = Connections::new("opened_first").await;
    let (login, change) = ada(&here).await;
    begin(&here.login).await;
    assert_eq!(AccountsRows::write(&[&login], &here.login).await, Ok(vec![]));
    begin(&here.change).await;
    let meanwhile = async {
        here.until_somebody_waits().await;
        commit(&here.login).await;
    };
    let change = [&change];
    let (stale, ()) = tokio::join!(AccountsRows::write(&change, &here.change), meanwhile);
    assert_eq!(stale, Ok(vec![]));
    commit(&here.change).await;
    assert_eq!((here.count(ALL).await, here.count(OPEN).await), (1, 0));
    here.end().await;
}

#[tokio::test]
async fn a_session_is_not_opened_after_the_change_that_it_waited_for() {
    let here = Connections::new("changed_first").await;
    let (login, change) = ada(&here).await;
    begin(&here.change).await;
    assert_eq!(AccountsRows::write(&[&change], &here.change).await, Ok(vec![]));
    begin(&here.login).await;
    let meanwhile = async {
        here.until_somebody_waits().await;
        commit(&here.change).await;
    };
    let login = [&login];
    let (stale, ()) = tokio::join!(AccountsRows::write(&login, &here.login), meanwhile);
    assert_eq!(stale, Ok(vec![0]));
    commit(&here.login).await;
    assert_eq!(here.count(ALL).await, 0);
    here.end().await;
}
