//! Which server can be used, checked before anything is written to it.

use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::postgres::{OpenError, PostgresServer};

/// PostgreSQL 14 is the oldest version that still gets fixes (postgresql.org/support/versioning).
const OLDEST_VERSION: i32 = 140_000;

impl PostgresServer {
    /// Refuses a server that is too old, or that would lose what was acknowledged.
    pub(super) async fn check(&self, connection: &mut AsyncPgConnection) -> Result<(), OpenError> {
        let found: Settings = diesel::sql_query(
            "SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS version_name,
                    current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
                    current_setting('server_encoding') AS encoding,
                    CASE WHEN pg_is_in_recovery() THEN 'a standby' ELSE 'a primary' END AS kind",
        )
        .get_result(connection)
        .await
        .map_err(|error| OpenError::refused(self.name(), &error))?;
        match found.flaw() {
            None => Ok(()),
            Some((found, expected)) => Err(OpenError::Settings {
                server: self.name().to_owned(),
                found,
                expected: expected.to_owned(),
            }),
        }
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
    full_page_writes: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

impl Settings {
    /// A wrong setting that was found, and what is expected instead.
    fn flaw(&self) -> Option<(String, &'static str)> {
        if self.version < OLDEST_VERSION {
            return Some((format!("PostgreSQL {}", self.version_name), "14 or newer"));
        }
        for (name, value, expected) in [
            ("fsync", &self.fsync, "on"),
            ("full_page_writes", &self.full_page_writes, "on"),
            ("server_encoding", &self.encoding, "UTF8"),
        ] {
            if value != expected {
                return Some((format!("{name} = {value}"), expected));
            }
        }
        (self.kind != "a primary").then(|| (self.kind.clone(), "a primary"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Settings {
        Settings {
            version: OLDEST_VERSION,
            version_name: "14.0".to_owned(),
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            encoding: "UTF8".to_owned(),
            kind: "a primary".to_owned(),
        }
    }

    #[test]
    fn the_oldest_version_is_taken() {
        assert_eq!(sound().flaw(), None);
    }

    #[test]
    fn what_is_too_old_or_would_not_keep_what_was_acknowledged_is_refused() {
        type Spoil = fn(&mut Settings);
        let spoil: [(Spoil, &str, &str); 5] = [
            (
                |found| (found.version, found.version_name) = (130_023, "13.23".to_owned()),
                "PostgreSQL 13.23",
                "14 or newer",
            ),
            (|found| found.fsync = "off".to_owned(), "fsync = off", "on"),
            (
                |found| found.full_page_writes = "off".to_owned(),
                "full_page_writes = off",
                "on",
            ),
            (
                |found| found.encoding = "LATIN1".to_owned(),
                "server_encoding = LATIN1",
                "UTF8",
            ),
            (
                |found| found.kind = "a standby".to_owned(),
                "a standby",
                "a primary",
            ),
        ];
        for (spoil, found, expected) in spoil {
            let mut settings = sound();
            spoil(&mut settings);
            assert_eq!(settings.flaw(), Some((found.to_owned(), expected)));
        }
    }
}
