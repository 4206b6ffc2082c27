//! The engine on a real server, with a context that has one table of things.

mod breaking;
mod committing;
mod holding;
mod looking_up;
mod relaying;
mod retaining;
mod settings;
mod values;
mod waiting;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use diesel::{QueryResult, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{Actor, CommandMeta, CommitError, NewEvent, Replay, ReplayRecord, WriteSet};
use serde_json::json;
use shared_kernel::{
    Clock, IdGenerator, Version,
    in_memory::{CountingIds, ManualClock},
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    AggregateTable, ContextRows,
    columns::RowId,
    committing::{
        commit_state::{Answer, CommitState},
        postgres::committer::{COMMIT_PATIENCE, Committer},
    },
    postgres::{BatchStatement, PostgresContext, PostgresRows, PostgresServer},
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("src/postgres/tests/migrations");

/// What a test does to the table.
#[derive(Clone, Debug)]
enum Thing {
    Insert { id: u128, name: String, size: i64 },
    Resize { id: u128, expected_version: i64 },
    Panic,
}

impl ContextRows for Thing {
    const AGGREGATES: &'static [AggregateTable] = &[];
}

impl PostgresRows for Thing {
    fn aggregates(&self) -> Vec<Uuid> {
        match self {
            Self::Insert { id, .. } | Self::Resize { id, .. } => vec![Uuid::from_u128(*id)],
            Self::Panic => vec![],
        }
    }

    async fn write(batch: &[&Self], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
        let mut stale = Vec::new();
        for (place, thing) in batch.iter().enumerate() {
            match thing {
                Self::Insert { id, name, size } => {
                    BatchStatement::new(
                        "INSERT INTO things (id, name, size, version) SELECT *, 1 FROM unnest(",
                    )
                    .ids([RowId(Uuid::from_u128(*id))])
                    .texts([name.clone()])
                    .numbers([*size])
                    .then(")")
                    .execute(connection)
                    .await?;
                }
                Self::Resize { id, expected_version } => {
                    let updated = diesel::sql_query(
                        "UPDATE things SET size = size + 1, version = version + 1 WHERE id = $1 AND version = $2",
                    )
                    .bind::<crate::columns::Id, _>(RowId(Uuid::from_u128(*id)))
                    .bind::<sql_types::BigInt, _>(expected_version)
                    .execute(&mut &*connection)
                    .await?;
                    if updated == 0 {
                        stale.push(place);
                    }
                }
                Self::Panic => panic!("a row that cannot be written"),
            }
        }
        Ok(stale)
    }
}

/// A context in a database of its own, which is dropped afterwards.
struct Fixture {
    administrator: PostgresServer,
    name: String,
    server: PostgresServer,
    clock: Arc<ManualClock>,
    ids: CountingIds,
    context: Option<PostgresContext<Thing>>,
}

impl Fixture {
    async fn new() -> Self {
        let url = administrators_url();
        let administrator = PostgresServer::new(&url).unwrap();
        let name = format!(
            "storage_test_{}_{}",
            std::process::id(),
            SharedIds.next_id().as_u128()
        );
        administer(&administrator, &format!("CREATE DATABASE {name}")).await;
        let (before, _) = url.rsplit_once('/').unwrap();
        let server = PostgresServer::new(&format!("{before}/{name}")).unwrap();
        let mut fixture = Self {
            administrator,
            name,
            server,
            clock: Arc::new(ManualClock::default()),
            ids: CountingIds::default(),
            context: None,
        };
        fixture.context = Some(fixture.open_another().await);
        fixture
    }

    /// A second process on the same database.
    async fn open_another(&self) -> PostgresContext<Thing> {
        PostgresContext::open(
            &self.server,
            "things",
            MIGRATIONS,
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            &SharedIds,
        )
        .await
        .unwrap()
    }

    fn context(&self) -> &PostgresContext<Thing> {
        self.context.as_ref().unwrap()
    }

    /// Ends the connections and drops the database.
    async fn drop_database(mut self) {
        crate::ContextDatabase::close(self.context()).await;
        self.context = None;
        administer(
            &self.administrator,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
    }

    fn meta(&self) -> CommandMeta {
        CommandMeta::new(Actor::Anonymous, self.clock.now(), &self.ids)
    }

    fn thing(id: u128) -> Thing {
        Thing::Insert {
            id,
            name: format!("thing {id}"),
            size: 1,
        }
    }

    fn write_set(&self, rows: Thing, events: Vec<NewEvent>, meta: &CommandMeta) -> WriteSet<Thing> {
        let replay = meta.replay.clone().map(|replay| ReplayRecord {
            replay,
            result: "\"done\"".to_owned(),
        });
        WriteSet::new(rows, events, replay, "things", meta, &SharedIds)
    }

    /// An insert of thing `id` together with its first event.
    fn eventful(&self, id: u128) -> WriteSet<Thing> {
        self.write_set(Self::thing(id), vec![event(id, 1)], &self.meta())
    }

    /// How many rows a query counts.
    async fn count(&self, of: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = sql_types::BigInt)]
            count: i64,
        }
        let query = format!("SELECT count(*) AS count FROM {of}");
        let link = self.server.connect("things").await.unwrap();
        let count: Count = diesel::sql_query(query)
            .get_result(&mut &link.connection)
            .await
            .unwrap();
        count.count
    }

    /// A committer that no queue feeds.
    async fn committer(&self, server: &PostgresServer) -> Committer {
        let mut committer = Committer {
            id: SharedIds.next_id(),
            server: server.clone(),
            schema: "things",
            state: Arc::new(CommitState::default()),
            lease: watch::channel(None).1,
            link: None,
            batch: 0,
            commit_patience: COMMIT_PATIENCE,
        };
        committer.link = Some(committer.connect().await.unwrap());
        committer
    }

    /// Commits `write_sets` as one batch, and returns each one's answer.
    async fn commit_together(&self, write_sets: Vec<WriteSet<Thing>>) -> Vec<Result<(), CommitError>> {
        commit_with(&mut self.committer(&self.server).await, write_sets).await
    }
}

async fn commit_with(
    committer: &mut Committer,
    write_sets: Vec<WriteSet<Thing>>,
) -> Vec<Result<(), CommitError>> {
    let (answers, answered): (Vec<_>, Vec<_>) = write_sets
        .iter()
        .map(|_| Answer::awaited_in(tracing::Span::none()))
        .unzip();
    let batch = write_sets.into_iter().map(Box::new).zip(answers).collect();
    committer.commit_all(batch).await;
    futures_util::future::join_all(answered)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

/// Several contexts share a database here, as several processes would, and none may have another's ids.
struct SharedIds;

impl IdGenerator for SharedIds {
    fn next_id(&self) -> Uuid {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Uuid::from_u128(u128::from(LAST.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    fn random_bytes(&self) -> [u8; 32] {
        [7; 32]
    }
}

async fn administer(server: &PostgresServer, statement: &str) {
    let link = server.connect("public").await.unwrap();
    (&link.connection).batch_execute(statement).await.unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the tests' server is, whoever runs them says"
)]
fn administrators_url() -> String {
    std::env::var("ORDERLY_TEST_POSTGRES_URL").expect(
        "ORDERLY_TEST_POSTGRES_URL is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND",
    )
}

fn event(id: u128, version: u32) -> NewEvent {
    NewEvent {
        audience: message_bus::Audience::Delivered,
        ..NewEvent::private(
            "ThingMade",
            "thing",
            Uuid::from_u128(id),
            Version::new(version),
            json!({ "id": id.to_string() }),
        )
    }
}

fn replay(key: &str, fingerprint: u8) -> Option<Replay> {
    Some(Replay {
        key: key.to_owned(),
        fingerprint: [fingerprint; 32],
    })
}
