//! A database of a test's own, made and dropped with `psql`.

use std::{
    hash::{BuildHasher, RandomState},
    process::Command,
    thread,
};

const ADMINISTRATOR: &str = "ORDERLY_TEST_POSTGRES_URL";

/// A database that is dropped with this.
pub(super) struct Database {
    administrator: String,
    name: String,
}

impl Database {
    /// A new one, empty.
    pub(super) fn create() -> Self {
        let database = Self {
            administrator: administrator(),
            name: format!("orderly_test_{:016x}", RandomState::new().hash_one("name")),
        };
        let created = database.administer(&format!("CREATE DATABASE {}", database.name));
        assert_eq!(created, Ok(()));
        database
    }

    /// Its URL: the administrator's, with another path.
    pub(super) fn url(&self) -> String {
        let (server, _) = self
            .administrator
            .rsplit_once('/')
            .unwrap_or_else(|| panic!("{ADMINISTRATOR} names no database"));
        format!("{server}/{}", self.name)
    }

    fn administer(&self, statement: &str) -> Result<(), String> {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"])
            .args(["--command", statement, &self.administrator])
            .output()
            .map_err(|error| format!("psql cannot be run, install PostgreSQL's client: {error}"))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The store was dropped before, but the server closes its connections later: FORCE ends those that are still open.
        let dropped = self.administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        if !thread::panicking() {
            assert_eq!(dropped, Ok(()));
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment tells the tests where their server is"
)]
fn administrator() -> String {
    std::env::var(ADMINISTRATOR).unwrap_or_else(|_| {
        panic!(
            "{ADMINISTRATOR} is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND"
        )
    })
}
