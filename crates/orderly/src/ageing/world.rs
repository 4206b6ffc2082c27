//! The installation, its time, and its relays.

use std::{sync::Arc, time::Duration};

use accounts_infra::SigningSecret;
use data_copy::SqliteSource;
use message_bus::{Actor, CommandMeta};
use notifications::in_memory::InMemoryMailer;
use operations::actions::{ActionKind, OperatorAction};
use shared_kernel::{
    Clock, IdGenerator, Timestamp,
    in_memory::{CountingIds, ManualClock},
};
use storage::context_database::Forgotten;
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinSet};

use super::postgres::Database;
use crate::{
    copy::open_for_copying,
    database_location::DatabaseLocation,
    installation::{Installation, Surroundings},
    settings::{DEFAULT_MAIL_FROM, DatabaseUrl, PostgresUrl},
    wait_idle::until_idle,
};

/// When every history begins, in seconds since 1970: after the fixtures were made.
const BEGIN: i64 = 1_795_867_200;
/// How long, in the machine's time, the test waits before pending deliveries get more of the history's time.
const STUCK: Duration = Duration::from_millis(400);
/// How often they get more: each time twice as much.
const MOST_WAITS: u32 = 22;
pub(super) const DAY: i64 = 24 * 60 * 60;

pub(super) struct World {
    pub(super) mailer: Arc<InMemoryMailer>,
    /// Seconds that passed, whatever any clock showed.
    pub(super) seconds: i64,
    ids: Arc<CountingIds>,
    clock: Arc<ManualClock>,
    running: Option<Running>,
    // Dropped after everything that uses it.
    database: Option<Database>,
    folder: TempDir,
}

/// An installation while it is served.
struct Running {
    installation: Installation,
    stop: watch::Sender<bool>,
    relays: JoinSet<()>,
}

impl World {
    /// An installation in a folder, which is not served yet.
    pub(super) fn in_folder(folder: TempDir) -> Self {
        let begin = Timestamp::from_microseconds(BEGIN * 1_000_000).unwrap();
        Self {
            mailer: Arc::default(),
            seconds: 0,
            ids: Arc::default(),
            clock: Arc::new(ManualClock::at(begin)),
            running: None,
            database: None,
            folder,
        }
    }

    pub(super) fn installation(&self) -> &Installation {
        &self.running.as_ref().expect("it is served").installation
    }

    pub(super) fn ids(&self) -> &dyn IdGenerator {
        self.ids.as_ref()
    }

    /// The meta of a command by this actor, now.
    pub(super) fn meta(&self, actor: Actor) -> CommandMeta {
        CommandMeta::new(actor, self.clock.now(), self.ids.as_ref())
    }

    fn location(&self) -> DatabaseLocation {
        let url = match &self.database {
            Some(database) => DatabaseUrl::Postgres(PostgresUrl(database.url())),
            None => DatabaseUrl::Sqlite(self.folder.path().to_owned()),
        };
        DatabaseLocation::of(&url).unwrap()
    }

    /// Opens it and starts its relays.
    pub(super) async fn start(&mut self) {
        let surroundings = Surroundings {
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            secret: SigningSecret::new(b"of no account here, and long enough").unwrap(),
            mailer: self.mailer.clone(),
            mail_from: DEFAULT_MAIL_FROM.parse().unwrap(),
        };
        let installation = Installation::open_in(surroundings, &self.location())
            .await
            .unwrap();
        installation.live_on().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let mut relays = JoinSet::new();
        for relay in installation.relays().await.unwrap() {
            relays.spawn(relay.run(stopped.clone()));
        }
        self.running = Some(Running {
            installation,
            stop,
            relays,
        });
    }

    /// Stops it as a server stops: deliveries under way are finished, unpublished events stay so.
    pub(super) async fn stop(&mut self) {
        let Running {
            installation,
            stop,
            mut relays,
        } = self.running.take().expect("it is served");
        stop.send_replace(true);
        while let Some(ended) = relays.join_next().await {
            ended.unwrap();
        }
        installation.live_on().await.unwrap();
        installation.close().await;
    }

    /// Stops it, leaves it off for a while, and starts it again under a clock that is off by `wrong` seconds more than before.
    pub(super) async fn restart(&mut self, off: i64, wrong: i64) {
        self.stop().await;
        self.seconds += off;
        self.clock = Arc::new(ManualClock::at(self.clock.now().plus_seconds(off + wrong)));
        self.start().await;
    }

    /// Moves it to PostgreSQL, where it goes on.
    pub(super) async fn move_to_postgres(&mut self) {
        self.stop().await;
        let DatabaseLocation::Folder(folder) = self.location() else {
            panic!("it has moved already");
        };
        self.database = Some(Database::create());
        let DatabaseLocation::Server(server) = self.location() else {
            panic!("it is to move to a server");
        };
        let (mut sources, target) = open_for_copying(&folder, &server).await.unwrap();
        let rows: u64 = sources.iter().map(SqliteSource::count).sum();
        let tables = data_copy::copy(&mut sources, target, |_| ()).await.unwrap();
        assert_eq!(tables.iter().map(|table| table.rows).sum::<u64>(), rows);
        drop(sources);
        self.start().await;
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        self.seconds += seconds;
        self.clock.advance_seconds(seconds);
    }

    /// Sets the clock, while no time passes.
    pub(super) fn set_clock_by(&self, seconds: i64) {
        self.clock.set_by_seconds(seconds);
    }

    /// A server's upkeep: each minute, and retention each hour until nothing is left to delete.
    pub(super) async fn keep(&self) {
        self.installation().live_on().await.unwrap();
        while self.installation().forget_what_is_old().await.unwrap() == Forgotten::APart {}
    }

    /// Waits until everything is delivered; for deliveries to be tried later, moves the time forward.
    pub(super) async fn wait_until_idle(&mut self) {
        let contexts = self.installation().contexts();
        for wait in 0..MOST_WAITS {
            if tokio::time::timeout(STUCK, until_idle(&contexts)).await.is_ok() {
                return;
            }
            self.pass(60 << wait);
        }
        let mut left = Vec::new();
        for context in &contexts {
            left.push((context.context(), context.backlog().await.unwrap()));
        }
        panic!("it never came to rest: {left:?}");
    }

    /// Resumes a paused consumer.
    pub(super) async fn resume(&self, consumer: &str) {
        let action = OperatorAction {
            id: self.ids.next_id(),
            at: self.clock.now(),
            by: Actor::Operator.to_string(),
            reason: String::new(),
            consumer: consumer.to_owned(),
            kind: ActionKind::Resume,
        };
        for context in self.installation().contexts() {
            context.act(&action).await.unwrap();
        }
    }
}
