//! Why a PostgreSQL server could not be used.

use diesel::result::Error as DieselError;

/// Why a PostgreSQL server, or a context's schema there, could not be used. No text here holds the password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is not valid.
    #[error("found {found:?}, expected postgres://USER:PASSWORD@HOST:PORT/DATABASE ({reason})")]
    Url {
        /// The URL without its password.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server did not take the connection.
    #[error("cannot connect to {server}: {reason}")]
    Connect {
        /// Host, port and database.
        server: String,
        /// The error of the server or the network.
        reason: String,
    },
    /// The server, or its settings, would not keep what was acknowledged.
    #[error("{server}: found {found}, expected {expected}")]
    Settings {
        /// Host, port and database.
        server: String,
        /// What was found.
        found: String,
        /// What is needed.
        expected: String,
    },
    /// The role may not do what is needed.
    #[error("{server}: {reason}; see docs/POSTGRESQL.md for the rights that orderly needs")]
    Rights {
        /// Host, port and database.
        server: String,
        /// What the server refused.
        reason: String,
    },
    /// A newer binary has migrated the schema.
    #[error(
        "{server}: schema {schema} has migration {version}, which this version of orderly does not know; use a newer one"
    )]
    Newer {
        /// Host, port and database.
        server: String,
        /// The context's schema.
        schema: &'static str,
        /// The unknown migration.
        version: String,
    },
    /// A migration failed.
    #[error("{server}: cannot migrate schema {schema}: {reason}")]
    Migration {
        /// Host, port and database.
        server: String,
        /// The context's schema.
        schema: &'static str,
        /// Why.
        reason: String,
    },
    /// It could not be read.
    #[error("{server}: {reason}")]
    Unusable {
        /// Host, port and database.
        server: String,
        /// The server's error.
        reason: String,
    },
}

impl OpenError {
    /// The server refused something that is needed to open a schema.
    pub(crate) fn refused(server: &str, error: &DieselError) -> Self {
        let (server, reason) = (server.to_owned(), error.to_string());
        // Diesel passes on no SQLSTATE; these are the server's English words for 42501.
        if reason.contains("permission denied") || reason.contains("must be owner") {
            Self::Rights { server, reason }
        } else {
            Self::Unusable { server, reason }
        }
    }
}
