//! The server: where it is, how it is spoken to, and the checks made before anything is trusted to it.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
    tls::{MakeTlsConnect, TlsConnect},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::OpenError;

/// How long a connection may take to come about: longer than any healthy server needs, short enough for a caller to wait.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the system keeps sending to a server that does not acknowledge, before the connection counts as broken.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);
/// PostgreSQL 14 is the oldest that its makers still mend (postgresql.org/support/versioning).
const OLDEST_VERSION: i32 = 140_000;
/// Set on every connection. No statement of ours needs a tenth of these; what does is stuck, or waits for somebody who is.
const SETTINGS: &str = "SET statement_timeout = '15s'; SET lock_timeout = '5s';
     SET idle_in_transaction_session_timeout = '15s'; SET client_min_messages = warning;";

/// A PostgreSQL database to connect to.
#[derive(Clone)]
pub struct PostgresServer {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// Host, port and database, for messages.
    name: String,
}

/// A connection, and whether it has ended.
pub(super) struct Link {
    pub(super) connection: AsyncPgConnection,
    ended: Arc<AtomicBool>,
}

impl Link {
    /// Whether the server or the network has ended it. A `false` may be out of date by the time it is read.
    pub(super) fn has_ended(&self) -> bool {
        AtomicBool::load(&self.ended, Ordering::Acquire)
    }
}

impl PostgresServer {
    /// The database that a URL names. Without `sslmode` in it, a server on another machine is spoken to by TLS only, with a certificate that
    /// this system trusts, and one on this machine without; `sslmode=require` and `sslmode=disable` say which.
    ///
    /// # Errors
    /// [`OpenError::Url`] when it is no such URL or names no database.
    pub fn new(url: &str) -> Result<Self, OpenError> {
        let refused = |reason: String| OpenError::Url {
            found: without_password(url),
            reason,
        };
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            // The inner error names what is wrong; the outer one only says that something is.
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

    /// A connection on which tables are those of `schema`. When there is a role `orderly_SCHEMA` that the user may take on,
    /// it has that role's rights and no others.
    pub(super) async fn connect(&self, schema: &'static str) -> Result<Link, OpenError> {
        let mut link = match &self.tls {
            None => self.connect_with(NoTls).await?,
            Some(connector) => self.connect_with(connector.clone()).await?,
        };
        let role = format!("orderly_{schema}");
        let settings = format!(
            "{SETTINGS} SET search_path TO {schema};
             SELECT set_config('role', rolname, false) FROM pg_roles
             WHERE rolname = '{role}' AND pg_has_role(session_user, oid, 'MEMBER');"
        );
        link.connection
            .batch_execute(&settings)
            .await
            .map_err(|error| OpenError::refused(&self.name, &error))?;
        Ok(link)
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
        Ok(Link { connection, ended })
    }

    /// Refuses a server that is too old, or would not keep what was acknowledged.
    pub(super) async fn check(&self, connection: &mut AsyncPgConnection) -> Result<(), OpenError> {
        let found: Settings = diesel::sql_query(
            "SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS version_name,
                    current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
                    current_setting('full_page_writes') AS full_page_writes,
                    current_setting('server_encoding') AS encoding,
                    CASE WHEN pg_is_in_recovery() THEN 'a standby' ELSE 'a primary' END AS kind",
        )
        .get_result(connection)
        .await
        .map_err(|error| OpenError::refused(&self.name, &error))?;
        let settings = |found: String, expected: &str| OpenError::Settings {
            server: self.name.clone(),
            found,
            expected: expected.to_owned(),
        };
        if found.version < OLDEST_VERSION {
            return Err(settings(
                format!("PostgreSQL {}", found.version_name),
                "14 or newer",
            ));
        }
        for (name, value, expected) in [
            ("fsync", &found.fsync, "on"),
            ("full_page_writes", &found.full_page_writes, "on"),
            ("server_encoding", &found.encoding, "UTF8"),
        ] {
            if value != expected {
                return Err(settings(format!("{name} = {value}"), expected));
            }
        }
        // `local` does not wait for standbys, but it waits for the disk; `remote_write` and `remote_apply` wait for more.
        if found.synchronous_commit == "off" {
            return Err(settings("synchronous_commit = off".to_owned(), "on"));
        }
        if found.kind != "a primary" {
            return Err(settings(found.kind, "a primary"));
        }
        Ok(())
    }
}

#[derive(diesel::QueryableByName)]
struct Settings {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    version_name: String,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    kind: String,
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

/// The URL, with whatever stands between the user's name and the host left out.
fn without_password(url: &str) -> String {
    let Some((before, host)) = url.rsplit_once('@') else {
        return url.to_owned();
    };
    let scheme_end = before.find("://").map_or(0, |place| place + 3);
    let (scheme, user) = before.split_at(scheme_end);
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}{user}@{host}")
}

/// An error with all that caused it: the outermost alone says little more than that there was one.
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
mod tests {
    use super::*;

    #[test]
    fn a_url_names_host_and_database() {
        let server = PostgresServer::new("postgres://shop:secret@127.0.0.1:5433/orders").unwrap();
        assert_eq!(server.name(), "postgres://127.0.0.1:5433/orders");
        assert!(server.tls.is_none());
    }

    #[test]
    fn what_is_no_url_is_refused_without_its_password() {
        for url in [
            "postgres://shop:secret@127.0.0.1",
            "postgres://shop:secret@127.0.0.1/",
            "postgres://shop:secret@127.0.0.1/orders?sslmode=maybe",
            "postgres://shop:secret@127.0.0.1:port/orders",
            "postgres://shop:secret@127.0.0.1/orders?nonsense=1",
        ] {
            let Err(OpenError::Url { found, reason }) = PostgresServer::new(url) else {
                panic!("{url} was taken");
            };
            assert!(
                !found.contains("secret") && !reason.contains("secret"),
                "{found}: {reason}"
            );
        }
    }

    #[test]
    fn another_machine_is_spoken_to_by_tls_unless_told_otherwise() {
        let speaks_tls = |url: &str| PostgresServer::new(url).map(|server| server.tls.is_some());
        for url in [
            "postgres://shop@localhost/orders",
            "postgres://shop@[::1]/orders",
            "postgres://shop@db.example/orders?sslmode=disable",
        ] {
            assert!(matches!(speaks_tls(url), Ok(false)), "{url}");
        }
        // A machine without any trusted certificate says so.
        for url in [
            "postgres://shop@db.example/orders",
            "postgres://shop@localhost/orders?sslmode=require",
        ] {
            assert!(
                matches!(speaks_tls(url), Ok(true) | Err(OpenError::Url { .. })),
                "{url}"
            );
        }
    }
}
