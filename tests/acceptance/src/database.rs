//! A database of a test's own on a PostgreSQL server, used as an operator uses it: with `psql` and `pg_dump`.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use reqwest::Url;

use crate::{binary::from_environment, torture::Random};

const ADMINISTRATOR: &str = "ORDERLY_TEST_POSTGRES_URL";

/// A database that is dropped with this.
#[derive(Debug)]
pub struct Database {
    administrator: Url,
    name: String,
}

/// An administrator's URL of the server that the tests share.
pub(crate) fn shared_server() -> Url {
    let url = from_environment(ADMINISTRATOR).unwrap_or_else(|| {
        panic!(
            "{ADMINISTRATOR} is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND"
        )
    });
    url.to_str().unwrap().parse().unwrap()
}

impl Database {
    /// A new one, empty.
    pub(crate) fn create(administrator: Url) -> Self {
        let name = format!("orderly_test_{:016x}", Random::fresh_seed());
        let database = Self { administrator, name };
        database.administer("CREATE DATABASE");
        database
    }

    /// Its URL.
    pub fn url(&self) -> Url {
        let mut url = self.administrator.clone();
        url.set_path(&self.name);
        url
    }

    /// Where its server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        let addresses = self.administrator.socket_addrs(|| None).unwrap();
        *addresses.first().expect("its server is somewhere")
    }

    /// Its URL for those who reach it through a proxy.
    pub(crate) fn url_through(&self, proxy: SocketAddr) -> Url {
        let mut url = self.url();
        url.set_ip_host(proxy.ip()).unwrap();
        url.set_port(Some(proxy.port())).unwrap();
        url
    }

    /// Runs a statement in it, and returns what `psql` prints.
    pub fn run(&self, statement: &str) -> String {
        let printed = output(psql(&self.url()).args(["--command", statement]));
        String::from_utf8(printed).unwrap()
    }

    /// Runs the plain SQL of `pg_dump`.
    pub fn load(&self, dump: &Path) {
        output(psql(&self.url()).arg("--file").arg(dump));
    }

    /// Runs a statement in a transaction that stays open until the returned value is dropped.
    pub fn hold(&self, statement: &str) -> OpenTransaction {
        let mut session = psql(&self.url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = session.stdin.as_mut().expect("it was piped");
        writeln!(input, "BEGIN; {statement}; SELECT 'held';").unwrap();
        let mut told = String::new();
        BufReader::new(session.stdout.take().expect("it was piped"))
            .read_line(&mut told)
            .unwrap();
        assert_eq!(told, "held\n", "{statement}");
        OpenTransaction(session)
    }

    /// Changes a setting of its server for all, as an administrator does, and waits until it is in force.
    pub fn change_setting(&self, name: &str, value: &str) {
        self.run(&format!("ALTER SYSTEM SET {name} = {value}"));
        self.run("SELECT pg_reload_conf()");
        while self.run(&format!("SHOW {name}")) != format!("{value}\n") {
            thread::yield_now();
        }
    }

    /// All that it holds, as text; bytes that are text as such.
    pub(crate) fn dump(&self) -> Vec<u8> {
        output(
            Command::new("pg_dump")
                .env("PGOPTIONS", "--bytea_output=escape")
                .arg(self.url().as_str()),
        )
    }

    fn administer(&self, statement: &str) {
        let statement = format!("{statement} {}", self.name);
        output(psql(&self.administrator).args(["--command", &statement]));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A connection that still exists belongs to a server of a failed test.
        if !thread::panicking() {
            self.administer("DROP DATABASE");
        }
    }
}

/// Rolled back when this is dropped.
#[derive(Debug)]
pub struct OpenTransaction(Child);

impl Drop for OpenTransaction {
    fn drop(&mut self) {
        // The end of its input is the end of the session. An error says that it has ended already.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// `psql` in the database with this URL, for further arguments.
pub(crate) fn psql(url: &Url) -> Command {
    let mut command = Command::new("psql");
    command
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set", "ON_ERROR_STOP=1", url.as_str()]);
    command
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} cannot be run, install PostgreSQL's client: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_folder::holds;

    #[test]
    fn a_text_is_found_in_a_dump_whatever_its_column_is() {
        let database = Database::create(shared_server());
        assert!(!holds(&database.dump(), "planted"));
        for (kind, value) in [
            ("text", "'a planted text'"),
            ("bytea", "'a planted text'::bytea"),
            ("jsonb", "'{\"a\": \"planted\"}'"),
        ] {
            database.run(&format!(
                "CREATE TABLE found AS SELECT {value}::{kind} AS content"
            ));
            assert!(holds(&database.dump(), "planted"), "{kind}");
            database.run("DROP TABLE found");
        }
    }

    #[test]
    fn a_database_is_gone_when_it_is_dropped() {
        let database = Database::create(shared_server());
        let (name, server) = (database.name.clone(), Database::create(shared_server()));
        let there = || {
            server.run(&format!(
                "SELECT count(*) FROM pg_database WHERE datname = '{name}'"
            ))
        };
        assert_eq!(there(), "1\n");
        drop(database);
        assert_eq!(there(), "0\n");
    }
}
