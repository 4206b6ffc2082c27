//! A database to move to, made and dropped with `psql`.

use std::{
    hash::{BuildHasher, RandomState},
    process::Command,
    thread,
};

use super::seeds::from_environment;

const ADMINISTRATOR: &str = "ORDERLY_TEST_POSTGRES_URL";

/// A database that is dropped with this.
pub(super) struct Database {
    administrator: String,
    name: String,
}

impl Database {
    /// A new one, empty.
    pub(super) fn create() -> Self {
        let administrator = from_environment(ADMINISTRATOR).unwrap_or_else(|| {
            panic!("{ADMINISTRATOR} is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND")
        });
        let name = format!("orderly_test_{:016x}", RandomState::new().hash_one("name"));
        let database = Self { administrator, name };
        assert_eq!(database.administer("CREATE DATABASE", ""), Ok(()));
        database
    }

    /// Its URL: the administrator's, with another path.
    pub(super) fn url(&self) -> String {
        let (server, _) = self.administrator.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    fn administer(&self, statement: &str, how: &str) -> Result<(), String> {
        let statement = format!("{statement} {} {how}", self.name);
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"])
            .args(["--command", &statement, &self.administrator])
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
        let dropped = self.administer("DROP DATABASE", "WITH (FORCE)");
        if !thread::panicking() {
            assert_eq!(dropped, Ok(()));
        }
    }
}
