//! Where an installation is, its secret, its mail and its logs, from flags, the environment and `.env`.

mod mail_target;
mod span_arguments;

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use notifications::Sender;

pub(crate) use self::{
    mail_target::MailTarget,
    span_arguments::{SpanArguments, SpanSettings},
};
use crate::failure::Failure;

/// The default sender of mail.
pub(crate) const DEFAULT_MAIL_FROM: &str = "Orderly <orders@localhost>";
/// The folder for mail, in the data folder.
const MAIL_FOLDER: &str = "mail";
/// The default data folder.
const DEFAULT_DATA_FOLDER: &str = "data";

/// What every command needs to know.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Where the data is: sqlite:FOLDER keeps one file per context in FOLDER; postgres://USER:PASSWORD@HOST:PORT/DATABASE one schema per
    /// context there.
    #[arg(
        long,
        global = true,
        env = "ORDERLY_DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:data",
        hide_env_values = true
    )]
    pub(crate) database_url: DatabaseUrl,
    /// A file whose content signs tokens, at least 32 bytes. Without this and ORDERLY_TOKEN_SECRET, a secret is made at the
    /// first start and kept in the data folder; with PostgreSQL one of the two is needed.
    #[arg(long, global = true, env = "ORDERLY_TOKEN_SECRET_FILE", value_name = "FILE")]
    pub(crate) token_secret_file: Option<PathBuf>,
    /// Where mail goes: file:FOLDER keeps it there, smtp://HOST:PORT, smtp://USER:PASSWORD@HOST:PORT and smtps://USER:PASSWORD@HOST:PORT
    /// send it. Without this it is kept in the folder mail of the data folder.
    #[arg(
        long,
        global = true,
        env = "ORDERLY_MAIL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) mail: Option<MailTarget>,
    /// Who mail is from, as in Orderly <orders@example.com>.
    #[arg(
        long,
        global = true,
        env = "ORDERLY_MAIL_FROM",
        value_name = "SENDER",
        default_value = DEFAULT_MAIL_FROM
    )]
    pub(crate) mail_from: Sender,
    /// What is logged: error, warn, info, debug or trace, also per module.
    #[arg(
        long,
        global = true,
        env = "ORDERLY_LOG",
        value_name = "LEVEL",
        default_value = "info"
    )]
    pub(crate) log: String,
}

impl Settings {
    /// Where mail goes.
    pub(crate) fn mail_target(&self) -> MailTarget {
        self.mail.clone().unwrap_or_else(|| {
            let folder = match &self.database_url {
                DatabaseUrl::Sqlite(folder) => folder,
                DatabaseUrl::Postgres(_) => Path::new(DEFAULT_DATA_FOLDER),
            };
            MailTarget::Folder(folder.join(MAIL_FOLDER))
        })
    }
}

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    /// Files in a folder.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server. An error in its URL is reported when connecting, without its password.
    Postgres(PostgresUrl),
}

/// A URL that may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PostgresUrl(pub(crate) String);

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("postgres://…")
    }
}

/// The text is no database URL of a known kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected sqlite:FOLDER, as in sqlite:data, or postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
pub(crate) struct InvalidDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresUrl(text.to_owned())));
        }
        match text.strip_prefix("sqlite:") {
            Some(folder) if !folder.is_empty() => Ok(Self::Sqlite(folder.into())),
            Some(_) | None => Err(InvalidDatabaseUrl),
        }
    }
}

/// Reads the variables of a file named `.env` in this folder or one above it, if there is one; those of the environment win.
pub(crate) fn read_dot_env() -> Result<(), Failure> {
    match dotenvy::dotenv() {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => Err(Failure::usage(format!(".env cannot be read: {error}"))),
    }
}

/// `ORDERLY_TOKEN_SECRET`, if it is set. There is no flag for it: every user of a machine can read its command lines.
#[expect(
    clippy::disallowed_methods,
    reason = "settings are where the environment enters"
)]
pub(crate) fn token_secret_from_environment() -> Option<String> {
    std::env::var("ORDERLY_TOKEN_SECRET").ok()
}

/// `ORDERLY_CANARY`: the known bug to switch on, in a debug build, which has them for the torture tests.
#[cfg(debug_assertions)]
#[expect(
    clippy::disallowed_methods,
    reason = "settings are where the environment enters"
)]
pub(crate) fn known_bug_from_environment() -> Option<String> {
    std::env::var("ORDERLY_CANARY").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_url_names_a_folder_or_a_server() {
        assert_eq!(
            "sqlite:/var/shop".parse(),
            Ok(DatabaseUrl::Sqlite("/var/shop".into()))
        );
        let on_a_server: DatabaseUrl = "postgres://shop:secret@localhost/shop".parse().unwrap();
        assert!(!format!("{on_a_server:?}").contains("secret"));
        for text in ["", "sqlite:", "data", "postgres:shop", "mysql://x"] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl), "{text:?}");
        }
    }
}
