//! The server: its location, and how connections to it are made.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
    tls::{MakeTlsConnect, TlsConnect},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::postgres::OpenError;

/// How long making a connection may take: longer than any healthy server needs, short enough for a caller to wait.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the system keeps sending to a server that does not acknowledge, before the connection counts as broken.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);
/// Set on every connection, whatever the server, the database or the role sets for others, now or later. No statement of ours needs a tenth of these
/// times; one that does is stuck, or waits for one that is. Compiling a statement (`jit`) takes longer than running any of ours. Statements are
/// written for READ COMMITTED: each sees what was committed before it began. A COMMIT waits for the disk at least (`local`); a setting that waits for
/// standbys as well is kept. Most statements take arrays: by default the server counts their elements and plans such a statement anew at each use,
/// only to get the same plan.
const SETTINGS: &str = "SET statement_timeout = '15s'; SET lock_timeout = '5s';
     SET idle_in_transaction_session_timeout = '5s'; SET client_min_messages = warning; SET jit = off;
     SET plan_cache_mode = force_generic_plan;
     SET default_transaction_isolation = 'read committed';
     SELECT set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false);";
/// After so many uses a connection's plans are made anew for the first time. The server itself caches no plan before a statement's sixth run.
const FIRST_PLANS: u64 = 16;

/// A PostgreSQL database to connect to.
#[derive(Clone)]
pub struct PostgresServer {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// Host, port and database, for messages.
    name: String,
}

/// A connection, and whether it has ended.
pub(crate) struct Link {
    pub(crate) connection: AsyncPgConnection,
    ended: Arc<AtomicBool>,
    uses: AtomicU64,
}

/// Held for as long as its connection lasts.
pub struct PostgresLock {
    _link: Link,
}

impl Link {
    /// Whether the server or the network has ended it. A `false` may be out of date by the time it is read.
    pub(crate) fn has_ended(&self) -> bool {
        AtomicBool::load(&self.ended, Ordering::Acquire)
    }

    /// Counts a use, and has statements planned anew each time the uses have doubled. A statement is planned once, perhaps while its table is
    /// almost empty and best read as a whole, and would keep that plan until the server collects statistics.
    pub(crate) async fn count_use(&self) {
        let uses = self.uses.fetch_add(1, Ordering::Relaxed) + 1;
        if uses >= FIRST_PLANS && uses.is_power_of_two() {
            // If it fails, the next statement fails as well, and reports it.
            let _ = (&self.connection).batch_execute("DISCARD PLANS").await;
        }
    }
}

impl PostgresServer {
    /// The database that a URL names. Without `sslmode` in it, connections to another machine use TLS only, with a certificate that this
    /// system trusts, and those to this machine do not; `sslmode=require` and `sslmode=disable` set it.
    ///
    /// # Errors
    /// [`OpenError::Url`] when it is not such a URL or names no database.
    pub fn new(url: &str) -> Result<Self, OpenError> {
        let refused = |reason: String| OpenError::Url {
            found: without_password(url),
            reason,
        };
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            // The inner error says what is wrong; the outer one only that something is.
            refused(std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        let Some(database) = config.get_dbname().filter(|name| !name.is_empty()) else {
            return Err(refused("it names no database".to_owned()));
        };
        let Some(host) = config.get_hosts().first() else {
            return Err(refused("it names no host".to_owned()));
        };
        let host = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let name = format!("postgres://{host}:{port}/{database}");
        if !url.contains("sslmode=") {
            let mode = if is_this_machine(&host) {
                SslMode::Disable
            } else {
                SslMode::Require
            };
            config.ssl_mode(mode);
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => {
                let (connector, _) = MakeRustlsConnect::with_native_certs()
                    .map_err(|errors| refused(format!("no trusted certificates were found: {errors:?}")))?;
                config.ssl_mode(SslMode::Require);
                Some(connector)
            }
        };
        config
            .application_name("orderly")
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_user_timeout(UNACKNOWLEDGED)
            .keepalives_idle(Duration::from_secs(30));
        Ok(Self { config, tls, name })
    }

    /// Host, port and database, without user and password.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection whose tables are those of `schema`. If there is a role `orderly_SCHEMA` that the user may assume, it
    /// has that role's rights and no others.
    pub(crate) async fn connect(&self, schema: &'static str) -> Result<Link, OpenError> {
        let mut link = match &self.tls {
            None => self.connect_with(NoTls).await?,
            Some(connector) => self.connect_with(connector.clone()).await?,
        };
        let settings = format!("{SETTINGS} {}", Self::entrance(schema));
        link.connection
            .batch_execute(&settings)
            .await
            .map_err(|error| OpenError::refused(&self.name, &error))?;
        Ok(link)
    }

    /// SQL that selects the tables of `schema`, and the rights of its role, if there is one.
    pub(super) fn entrance(schema: &'static str) -> String {
        format!(
            "SET search_path TO {schema}; RESET ROLE;
             SELECT set_config('role', rolname, false) FROM pg_roles
             WHERE rolname = 'orderly_{schema}' AND pg_has_role(session_user, oid, 'MEMBER');"
        )
    }

    async fn connect_with<T>(&self, tls: T) -> Result<Link, OpenError>
    where
        T: MakeTlsConnect<tokio_postgres::Socket>,
        T::TlsConnect: Send,
        T::Stream: Send + 'static,
        <T::TlsConnect as TlsConnect<tokio_postgres::Socket>>::Future: Send,
    {
        let cannot = |reason: String| OpenError::Connect {
            server: self.name.clone(),
            reason,
        };
        let connected = tokio::time::timeout(CONNECT_TIMEOUT, self.config.connect(tls)).await;
        let (client, connection) = match connected {
            Err(_) => return Err(cannot("it did not answer in time".to_owned())),
            Ok(Err(error)) => return Err(cannot(full_reason(&error))),
            Ok(Ok(connected)) => connected,
        };
        let ended = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&ended);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the database ended");
            }
            tell.store(true, Ordering::Release);
        });
        let connection = AsyncPgConnection::try_from(client)
            .await
            .map_err(|error| cannot(error.to_string()))?;
        Ok(Link {
            connection,
            ended,
            uses: AtomicU64::new(0),
        })
    }

    /// Takes a lock on this database that only one process can hold; `None` when another has it.
    ///
    /// # Errors
    /// [`OpenError`] when the server cannot be asked.
    pub async fn try_lock(&self, thing: &str) -> Result<Option<PostgresLock>, OpenError> {
        #[derive(diesel::QueryableByName)]
        struct Taken {
            #[diesel(sql_type = diesel::sql_types::Bool)]
            taken: bool,
        }
        let link = self.connect("public").await?;
        let taken: Taken =
            diesel::sql_query("SELECT pg_try_advisory_lock(hashtextextended('orderly ' || $1, 0)) AS taken")
                .bind::<Text, _>(thing)
                .get_result(&mut &link.connection)
                .await
                .map_err(|error| OpenError::refused(&self.name, &error))?;
        Ok(taken.taken.then_some(PostgresLock { _link: link }))
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.starts_with('/')
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The URL without its password, wherever in it the password is.
pub fn without_password(url: &str) -> String {
    let (url, parameters) = url.split_once('?').unwrap_or((url, ""));
    let shown: Vec<&str> = parameters
        .split('&')
        .filter(|parameter| !parameter.is_empty() && !parameter.starts_with("password="))
        .collect();
    let parameters = if shown.is_empty() {
        String::new()
    } else {
        format!("?{}", shown.join("&"))
    };
    let Some((before, host)) = url.rsplit_once('@') else {
        return format!("{url}{parameters}");
    };
    let scheme_end = before.find("://").map_or(0, |place| place + 3);
    let (scheme, user) = before.split_at(scheme_end);
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}{user}@{host}{parameters}")
}

/// An error with all its causes: the outermost alone says little.
fn full_reason(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = error.source();
    }
    reason
}

#[cfg(test)]
mod tests;
