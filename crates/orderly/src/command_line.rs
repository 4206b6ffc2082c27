//! The command line, as `orderly --help` explains it.

use std::{error::Error, net::SocketAddr};

use clap::{
    Args, CommandFactory, Parser, Subcommand,
    error::{ContextKind, ErrorKind},
};
use shared_kernel::{EmailAddress, Role};

use storage::postgres::without_password;

use crate::{
    failure::Failure,
    settings::{DatabaseUrl, Settings, SpanArguments},
};

/// Order management from one binary: accounts, orders, and the events between them.
///
/// Settings come from flags, from the environment, and from a file named .env in the current folder; flags win
/// over the environment, and the environment over the file.
///
/// Exit codes: 0 fine, 1 a check failed or a rule refused, 2 usage or a wrong setting, 3 something needed is not available.
#[derive(Debug, Parser)]
#[command(name = "orderly", version)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl CommandLine {
    /// The command line this process was started with. Help, and mistakes of usage, end the process as clap has it.
    ///
    /// # Errors
    /// One line that names the setting, when a flag or a variable has a value that it cannot have.
    pub(crate) fn from_arguments() -> Result<Self, Failure> {
        Self::try_parse().map_err(|error| match error.kind() {
            ErrorKind::ValueValidation | ErrorKind::InvalidValue => Failure::usage(wrong_setting(&error)),
            _ => error.exit(),
        })
    }
}

/// What is wrong with a setting, by both its names: clap tells the flag even when the value came from the environment.
fn wrong_setting(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let name = setting_name(&CommandLine::command(), &argument).unwrap_or(argument);
    let value = context(ContextKind::InvalidValue);
    let reason = error
        .source()
        .map(|source| format!(": {source}"))
        .unwrap_or_default();
    format!("{name} is {:?}{reason}", without_secrets(&value))
}

/// A URL that is wrong may hold a password all the same; with a `?` in it that should have been encoded, nobody knows where it ends.
pub(crate) fn without_secrets(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((before, _)) if before.contains('?') => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            format!("{scheme}://…")
        }
        Some(_) | None => without_password(value),
    }
}

/// `VARIABLE (--flag)` of the argument that clap shows as `--flag <VALUE>`, wherever in the tree of commands it stands.
fn setting_name(command: &clap::Command, shown: &str) -> Option<String> {
    let flag = shown.strip_prefix("--")?.split(' ').next()?;
    let own = command
        .get_arguments()
        .find(|argument| argument.get_long() == Some(flag));
    match own {
        Some(argument) => {
            let variable = argument.get_env()?.to_str()?;
            Some(format!("{variable} (--{flag})"))
        }
        None => command
            .get_subcommands()
            .find_map(|command| setting_name(command, shown)),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Migrate the databases, serve the API, deliver events. SIGTERM and Ctrl-C finish what is under way and stop.
    Serve(ServeArguments),
    /// Look at the databases' schema, or bring it up to date.
    Migrate {
        #[command(subcommand)]
        command: MigrateCommand,
    },
    /// Manage users.
    Users {
        #[command(subcommand)]
        command: UsersCommand,
    },
    /// Make demo users and orders in every state, by the same commands that the API sends. Seeding again adds nothing.
    Seed(SeedArguments),
    /// Move an installation from SQLite to PostgreSQL: every row is copied, read back and compared. All of it is copied, or nothing.
    Copy(CopyArguments),
    /// List the contexts, their commands and events, and who reacts to what. Needs no database.
    Describe {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the contract of the HTTP API as OpenAPI 3.1; needs no database.
    Openapi,
    /// Wait until every event is delivered. Exit code 1 when that takes longer than the time-out.
    WaitIdle {
        /// How long to wait, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
        timeout: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Address to listen on; port 0 takes a free one and prints which.
    #[arg(
        long,
        env = "ORDERLY_BIND",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) bind: SocketAddr,
    #[command(flatten)]
    pub(crate) spans: SpanArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SeedArguments {
    /// How many orders the demo customers are to have in all.
    #[arg(long, value_name = "COUNT", default_value_t = 60, value_parser = clap::value_parser!(u64).range(..=100_000_000))]
    pub(crate) orders: u64,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CopyArguments {
    /// The installation to copy: sqlite:FOLDER. Nobody may serve it meanwhile; it is left as it is.
    #[arg(long, value_name = "URL")]
    pub(crate) from: DatabaseUrl,
    /// An empty database: postgres://USER:PASSWORD@HOST:PORT/DATABASE
    #[arg(long, value_name = "URL")]
    pub(crate) to: DatabaseUrl,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Apply what is missing.
    Up,
    /// Tell what is applied and what is missing; changes nothing. Exit code 1 when something is missing.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Create a user with a role.
    Create(CreateUserArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CreateUserArguments {
    /// The user's e-mail address.
    #[arg(long)]
    pub(crate) email: EmailAddress,
    /// customer, staff or admin.
    #[arg(long)]
    pub(crate) role: Role,
    /// Read the password from the first line of standard input instead of asking for it.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn the_settings_have_the_documented_defaults() {
        let parsed = CommandLine::try_parse_from(["orderly", "serve"]).unwrap();
        assert_eq!(parsed.settings.database_url, "sqlite:data".parse().unwrap());
        assert_eq!(parsed.settings.mail_target(), "file:data/mail".parse().unwrap());
        assert_eq!(
            parsed.settings.mail_from.to_string(),
            "Orderly <orders@localhost>"
        );
        assert!(matches!(parsed.command, Command::Serve(serve) if serve.bind.port() == 8080));
    }

    #[test]
    fn mail_is_kept_beside_the_data_unless_it_is_sent_elsewhere() {
        for (arguments, expected) in [
            (&["--database-url", "sqlite:/srv/shop"][..], "file:/srv/shop/mail"),
            (
                &["--database-url", "postgres://shop:secret@db/shop"],
                "file:data/mail",
            ),
            (&["--mail", "file:outbox"], "file:outbox"),
            (&["--mail", "smtp://localhost:2525"], "smtp://localhost:2525"),
        ] {
            let parsed = CommandLine::try_parse_from([&["orderly", "serve"], arguments].concat()).unwrap();
            assert_eq!(
                parsed.settings.mail_target(),
                expected.parse().unwrap(),
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn a_wrong_setting_is_told_by_both_its_names() {
        let told = |arguments: &[&str]| wrong_setting(&CommandLine::try_parse_from(arguments).unwrap_err());
        assert_eq!(
            told(&["orderly", "serve", "--bind", "somewhere"]),
            "ORDERLY_BIND (--bind) is \"somewhere\": invalid socket address syntax"
        );
        assert_eq!(
            told(&["orderly", "--database-url", "mysql://x", "serve"]),
            "ORDERLY_DATABASE_URL (--database-url) is \"mysql://x\": expected sqlite:FOLDER, as in sqlite:data, \
             or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
        );
        assert_eq!(
            told(&["orderly", "copy", "--to", "postgre://shop:secret@host/shop"]),
            "--to <URL> is \"postgre://shop@host/shop\": expected sqlite:FOLDER, as in sqlite:data, \
             or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
        );
        for (url, shown) in [
            (
                "smtp://shop:secret@mail.example?tls=none",
                "smtp://shop@mail.example?tls=none",
            ),
            ("smtp://shop:sec?ret@mail.example", "smtp://…"),
            (
                "smtp://shop:secret@mail.example:port",
                "smtp://shop@mail.example:port",
            ),
        ] {
            let line = told(&["orderly", "serve", "--mail", url]);
            assert!(
                line.starts_with(&format!("ORDERLY_MAIL (--mail) is {shown:?}: ")),
                "{line}"
            );
        }
        assert_eq!(
            told(&["orderly", "serve", "--mail-from", "nobody"]),
            "ORDERLY_MAIL_FROM (--mail-from) is \"nobody\": expected a name and an address, as in Orderly <orders@example.com>"
        );
        assert!(
            told(&["orderly", "wait-idle", "--timeout", "0"]).starts_with("--timeout <SECONDS> is \"0\"")
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for arguments in [
            &["orderly"][..],
            &["orderly", "fly"],
            &["orderly", "serve", "--bind", "somewhere"],
            &["orderly", "--database-url", "mysql://host/shop", "serve"],
            &["orderly", "users", "create", "--email", "ada", "--role", "admin"],
            &[
                "orderly",
                "users",
                "create",
                "--email",
                "ada@example.com",
                "--role",
                "root",
            ],
            &["orderly", "wait-idle", "--timeout", "0"],
        ] {
            let error = CommandLine::try_parse_from(arguments).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{arguments:?}");
        }
    }
}
