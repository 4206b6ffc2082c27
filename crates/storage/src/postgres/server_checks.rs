//! What a server must be, before anything is trusted to it.

use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{OpenError, PostgresServer};

/// PostgreSQL 14 is the oldest that its makers still mend (postgresql.org/support/versioning).
const OLDEST_VERSION: i32 = 140_000;

impl PostgresServer {
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
        .map_err(|error| OpenError::refused(self.name(), &error))?;
        let settings = |found: String, expected: &str| OpenError::Settings {
            server: self.name().to_owned(),
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
