//! The command line, as `orderly --help` explains it.

mod operating;

use std::{error::Error, net::SocketAddr};

use clap::{
    Args, CommandFactory, Parser, Subcommand,
    error::{ContextKind, ErrorKind},
};
use shared_kernel::{CustomerId, EmailAddress, OrderId, Role};
use storage::postgres::without_password;
use web::OpenApiVersion;

pub(crate) use operating::{ConsumersCommand, DeadLettersCommand, ListArguments};

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

/// The error of a setting, with both its names: clap reports the flag even when the value came from the environment.
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

/// A malformed URL may hold a password all the same; with a `?` in it that should have been encoded, it is unknown where the password ends.
pub(crate) fn without_secrets(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((before, _)) if before.contains('?') => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            format!("{scheme}://…")
        }
        Some(_) | None => without_password(value),
    }
}

/// `VARIABLE (--flag)` of the argument that clap shows as `--flag <VALUE>`, wherever in the tree of commands it is.
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
    /// Manage customers.
    Customers {
        #[command(subcommand)]
        command: CustomersCommand,
    },
    /// Make demo users, products and orders in every state, by the same commands that the API sends. Seeding again adds nothing.
    Seed(SeedArguments),
    /// Move an installation from SQLite to PostgreSQL: every row is copied, read back and compared. All of it is copied, or nothing.
    Copy(CopyArguments),
    /// Look at what must hold after any fault: state and events, deliveries, stock, files. Changes nothing, unless told to. Exit code 1 when
    /// something does not hold.
    Doctor(DoctorArguments),
    /// Look at what happened.
    Events {
        #[command(subcommand)]
        command: EventsCommand,
    },
    /// List the contexts, their commands and events, and who reacts to what. Needs no database.
    Describe {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the contract of the HTTP API as OpenAPI; needs no database.
    Openapi {
        /// The version of OpenAPI: 3.1, or 3.0 for generators that read no newer one.
        #[arg(long, value_name = "VERSION", default_value = "3.1")]
        format: OpenApiVersion,
    },
    /// Look at deliveries that were given up, try them again, or give them up for good.
    DeadLetters {
        #[command(subcommand)]
        command: DeadLettersCommand,
    },
    /// Look at consumers and what they hold, pause them and let them go on.
    Consumers {
        #[command(subcommand)]
        command: ConsumersCommand,
    },
    /// List what operators did to consumers and dead letters, and why, the latest first.
    Actions(ListArguments),
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
    /// Address for operators: /metrics, /ops and /api/v1/ops are served there, and nowhere else. Without it they are served with
    /// everything else.
    #[arg(long, env = "ORDERLY_OPS_BIND", value_name = "ADDRESS")]
    pub(crate) ops_bind: Option<SocketAddr>,
    /// For how many seconds events may stand still until /readyz answers 503; 0 for ever.
    #[arg(
        long,
        env = "ORDERLY_READY_MAX_LAG",
        value_name = "SECONDS",
        default_value_t = 300
    )]
    pub(crate) ready_max_lag: u32,
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
pub(crate) enum EventsCommand {
    /// Tell an order's story: events, what became of each at its consumers, and what that led to.
    Trace {
        /// The order's id.
        #[arg(value_name = "ORDER_ID")]
        order_id: OrderId,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
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

/// What the doctor is to do.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Print what would set stock right that does not agree with its ledger or with what is held.
    #[arg(long)]
    pub(crate) repair: bool,
    /// Do what --repair prints: all of it, or nothing.
    #[arg(long, requires = "repair")]
    pub(crate) apply: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomersCommand {
    /// Put a customer at a tier, by which they pay from then on.
    Tier(CustomerTierArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CustomerTierArguments {
    /// The customer's id, which is their user's.
    #[arg(value_name = "CUSTOMER_ID")]
    pub(crate) customer_id: CustomerId,
    /// standard, silver or gold.
    #[arg(value_name = "TIER")]
    pub(crate) tier: String,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests;
