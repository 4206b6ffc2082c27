//! The engine through its public interface, with a context that has one table of things.

mod committing;
mod delivering;
mod opening;
mod planning;
mod retaining;

use std::{pin::Pin, sync::Arc};

use diesel::{RunQueryDsl, SqliteConnection, sql_query, sql_types};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use futures_util::FutureExt;
use message_bus::{Actor, CommandMeta, CommitError, NewEvent, Replay, ReplayRecord, Unavailable, WriteSet};
use serde_json::json;
use shared_kernel::{
    Clock, Version,
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

use crate::{
    AggregateTable, ContextDatabase, ContextRows, DataFolder,
    sqlite::{RowError, SqliteContext, SqliteRows},
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("src/sqlite/tests/migrations");

/// What a test does to the table.
#[derive(Clone, Debug)]
enum Things {
    Insert { id: i64, name: String, size: i64 },
    Resize { id: i64, expected_version: i64 },
    Panic,
    Nothing,
}

impl ContextRows for Things {
    const AGGREGATES: &'static [AggregateTable] = &[];
}

impl SqliteRows for Things {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        match self {
            Self::Insert { id, name, size } => {
                sql_query("INSERT INTO things (id, name, size, version) VALUES (?, ?, ?, 1)")
                    .bind::<sql_types::BigInt, _>(id)
                    .bind::<sql_types::Text, _>(name)
                    .bind::<sql_types::BigInt, _>(size)
                    .execute(connection)?;
            }
            Self::Resize { id, expected_version } => {
                let updated = sql_query(
                    "UPDATE things SET size = size + 1, version = version + 1 WHERE id = ? AND version = ?",
                )
                .bind::<sql_types::BigInt, _>(id)
                .bind::<sql_types::BigInt, _>(expected_version)
                .execute(connection)?;
                if updated == 0 {
                    return Err(RowError::VersionConflict);
                }
            }
            Self::Panic => panic!("a row that cannot be written"),
            Self::Nothing => {}
        }
        Ok(())
    }
}

struct Fixture {
    _temporary: tempfile::TempDir,
    folder: DataFolder,
    clock: Arc<ManualClock>,
    ids: CountingIds,
    context: SqliteContext<Things>,
}

impl Fixture {
    fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let clock = Arc::new(ManualClock::default());
        let context = SqliteContext::open(
            &folder,
            "things",
            MIGRATIONS,
            Arc::clone(&clock) as Arc<dyn Clock>,
        )
        .unwrap();
        Self {
            _temporary: temporary,
            folder,
            clock,
            ids: CountingIds::default(),
            context,
        }
    }

    fn meta(&self) -> CommandMeta {
        CommandMeta::new(Actor::Anonymous, self.clock.now(), &self.ids)
    }

    fn thing(id: i64) -> Things {
        Things::Insert {
            id,
            name: format!("thing {id}"),
            size: 1,
        }
    }

    fn write_set(&self, rows: Things) -> WriteSet<Things> {
        self.write_set_with(rows, vec![], &self.meta())
    }

    fn write_set_with(&self, rows: Things, events: Vec<NewEvent>, meta: &CommandMeta) -> WriteSet<Things> {
        let replay = meta.replay.clone().map(|replay| ReplayRecord {
            replay,
            result: "\"done\"".to_owned(),
        });
        WriteSet::new(rows, events, replay, "things", meta, &self.ids)
    }

    /// An insert of thing `id` together with its first event.
    fn eventful(&self, id: i64) -> WriteSet<Things> {
        self.write_set_with(Self::thing(id), vec![event(id, 1)], &self.meta())
    }

    async fn names(&self) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Name {
            #[diesel(sql_type = sql_types::Text)]
            name: String,
        }
        self.context
            .read(|connection| {
                let rows: Vec<Name> = sql_query("SELECT name FROM things ORDER BY id").load(connection)?;
                Ok(rows.into_iter().map(|row| row.name).collect())
            })
            .await
            .unwrap()
    }

    /// Keeps the committer busy until it is released, so that what is queued meanwhile makes one batch.
    async fn occupied(&self) -> Occupied {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (busy, is_busy) = tokio::sync::oneshot::channel();
        let context = self.context.clone();
        let upkeep = tokio::spawn(async move {
            let work = move |_: &mut SqliteConnection| {
                busy.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            };
            context.upkeep(work).await
        });
        is_busy.await.unwrap();
        Occupied { release, upkeep }
    }

    /// Puts a write set into the queue, without waiting.
    fn queued(&self, write_set: WriteSet<Things>) -> Pin<Box<dyn Future<Output = Result<(), CommitError>>>> {
        let context = self.context.clone();
        let mut caller: Pin<Box<dyn Future<Output = _>>> =
            Box::pin(async move { context.commit(write_set).await });
        assert!(
            (&mut caller).now_or_never().is_none(),
            "answered before anything was committed"
        );
        caller
    }

    /// Commits `write_sets` in one batch, and returns each one's answer.
    async fn commit_together(&self, write_sets: Vec<WriteSet<Things>>) -> Vec<Result<(), CommitError>> {
        let occupied = self.occupied().await;
        let callers: Vec<_> = write_sets
            .into_iter()
            .map(|write_set| self.queued(write_set))
            .collect();
        occupied.let_go().await;
        futures_util::future::join_all(callers).await
    }
}

/// A committer that is kept busy.
struct Occupied {
    release: std::sync::mpsc::Sender<()>,
    upkeep: tokio::task::JoinHandle<Result<(), Unavailable>>,
}

impl Occupied {
    async fn let_go(self) {
        self.release.send(()).unwrap();
        self.upkeep.await.unwrap().unwrap();
    }
}

fn event(id: i64, version: u32) -> NewEvent {
    let aggregate = Uuid::from_u128(u128::try_from(id).unwrap());
    NewEvent {
        audience: message_bus::Audience::Delivered,
        ..NewEvent::private(
            "ThingMade",
            "thing",
            aggregate,
            Version::new(version),
            json!({ "id": id }),
        )
    }
}

fn replay(key: &str, fingerprint: u8) -> Option<Replay> {
    Some(Replay {
        key: key.to_owned(),
        fingerprint: [fingerprint; 32],
    })
}
