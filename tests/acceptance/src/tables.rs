//! The content of an installation's tables, read as an operator reads them: with `psql`, or with the SQLite that comes with Python.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::Installation;

/// Changes a file behind the server's back.
const CHANGE_SQLITE: &str = "
import sqlite3, sys
file, statement = sys.argv[1:]
with sqlite3.connect(file, timeout=30) as connection:
    connection.execute(statement)
";

/// Prints the rows that a query finds in a file, as `psql` does; bytes are ids.
const READ_SQLITE: &str = "
import sqlite3, sys, uuid
file, query = sys.argv[1:]
for row in sqlite3.connect(f'file:{file}?mode=ro', timeout=30, uri=True).execute(query):
    print('|'.join(str(uuid.UUID(bytes=value)) if isinstance(value, bytes) else str(value) for value in row))
";

/// The same for a file as a crash left it.
const RECOVER_SQLITE: &str = "
import sqlite3, sys
file, query = sys.argv[1:]
try:
    for row in sqlite3.connect(file).execute(query):
        print('|'.join(str(value) for value in row))
except sqlite3.OperationalError as error:
    if 'no such table' not in str(error):
        raise
";

impl Installation {
    /// The rows that a query finds in a context's tables, each as its columns. It has to be one that both engines know.
    pub fn rows(&self, context: &str, query: &str) -> Vec<Vec<String>> {
        let printed = if self.is_on_postgres() {
            self.database()
                .run(&format!("SET search_path TO {context}; {query}"))
        } else {
            run_python(READ_SQLITE, &self.file(context), query)
        };
        as_rows(&printed)
    }

    /// Changes a context's rows while the server runs, as an operator must not do.
    pub fn tamper(&self, context: &str, statement: &str) {
        if self.is_on_postgres() {
            self.database()
                .run(&format!("SET search_path TO {context}; {statement}"));
        } else {
            run_python(CHANGE_SQLITE, &self.file(context), statement);
        }
    }

    fn file(&self, context: &str) -> PathBuf {
        self.path().join(format!("data/{context}.sqlite"))
    }
}

/// The rows that a query finds in an SQLite file as a crash left it: its log is applied, which changes it. None when it has no such table
/// yet.
pub(crate) fn rows_after_a_crash(file: &Path, query: &str) -> Vec<Vec<String>> {
    as_rows(&run_python(RECOVER_SQLITE, file, query))
}

fn as_rows(printed: &str) -> Vec<Vec<String>> {
    let lines = printed.lines();
    lines
        .map(|line| line.split('|').map(str::to_owned).collect())
        .collect()
}

fn run_python(script: &str, file: &Path, query: &str) -> String {
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(file)
        .arg(query)
        .output()
        .unwrap_or_else(|error| panic!("python3 cannot be run: {error}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {query}: {error}", file.display());
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Engine, TestApp, on_every_engine};

    on_every_engine!(rows_are_found_by_their_columns);

    async fn rows_are_found_by_their_columns(engine: Engine) {
        let app = TestApp::start(engine);
        let ada = app.register("ada").await;
        app.wait_idle();
        let rows = app
            .installation()
            .rows("notifications", "SELECT user_id, email FROM addresses");
        assert_eq!(json!(rows), json!([[ada["id"], "ada@example.com"]]));
        let none = app.installation().rows("notifications", "SELECT kind FROM mails");
        assert!(none.is_empty(), "{none:?}");
    }
}
