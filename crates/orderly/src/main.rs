//! The binary: command line, settings, wiring. The only crate that depends on all the others.
//!
//! Where to look first: [`subscriptions`] has every consumer, [`installation`] puts the contexts together, [`serve`]
//! runs them. Time, ids, randomness and the environment enter in [`system`] and [`settings`], nowhere else.

#[cfg(test)]
mod ageing;
mod command_line;
mod copy;
mod create_user;
mod customer_tier;
mod database_location;
mod databases;
mod describe;
mod doctor;
mod failure;
mod handlers;
mod installation;
mod keeping;
mod known_bugs;
mod logging;
mod migrate;
mod openapi;
mod operate;
mod order_reservation_check;
mod output;
mod progress;
mod seed;
mod serve;
mod settings;
mod span_export;
mod stock_check;
mod subscriptions;
mod system;
mod token_secret;
mod trace;
mod wait_idle;

use std::{process::ExitCode, sync::Arc};

use command_line::{Command, CommandLine, CustomersCommand, EventsCommand, MigrateCommand, UsersCommand};
use failure::Failure;
use span_export::SpanExport;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run() -> Result<(), Failure> {
    // Before anything reads the environment, and before there is a second thread.
    settings::read_dot_env()?;
    let CommandLine { settings, command } = CommandLine::from_arguments()?;
    let spans = match &command {
        Command::Serve(serve) => serve.spans.settings()?,
        _ => None,
    };
    let spans = spans.as_ref().map(SpanExport::start).transpose()?.map(Arc::new);
    logging::start(&settings.log, spans.as_ref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Failure::unavailable)?;
    let ended = runtime.block_on(async {
        match command {
            Command::Serve(serve) => serve::serve(&settings, &serve, spans.as_deref()).await,
            Command::Migrate {
                command: MigrateCommand::Up,
            } => migrate::up(&settings).await,
            Command::Migrate {
                command: MigrateCommand::Status { json },
            } => migrate::status(&settings, json).await,
            Command::Users {
                command: UsersCommand::Create(user),
            } => create_user::create_user(&settings, user).await,
            Command::Customers {
                command: CustomersCommand::Tier(arguments),
            } => customer_tier::change(&settings, arguments).await,
            Command::Seed(seed) => seed::seed(&settings, &seed).await,
            Command::Copy(arguments) => copy::copy(&arguments).await,
            Command::Doctor(arguments) => doctor::doctor(&settings, &arguments).await,
            Command::Events {
                command: EventsCommand::Trace { order_id, json },
            } => trace::trace(&settings, order_id, json).await,
            Command::Describe { json } => describe::describe(json),
            Command::Openapi { format } => openapi::openapi(format),
            Command::DeadLetters { command } => operate::dead_letters(&settings, command).await,
            Command::Consumers { command } => operate::consumers(&settings, command).await,
            Command::Actions(arguments) => operate::actions(&settings, arguments).await,
            Command::WaitIdle { timeout } => wait_idle::wait_idle(&settings, timeout).await,
        }
    });
    if let Some(spans) = spans {
        spans.finish();
    }
    ended
}
