//! `orderly dead-letters`, `orderly consumers` and `orderly actions`: what operators see and do, beside a running server or
//! without one. A server sees within a second what was done here.

mod actions;
mod consumers;
mod dead_letters;
mod table;

pub(crate) use actions::actions;
pub(crate) use consumers::consumers;
pub(crate) use dead_letters::dead_letters;

use std::sync::Arc;

use message_bus::{Actor, CommandMeta, Handles};
use operations::{Operations, OperatorCommand, actions::ActionKind, operator_command::Acted};
use serde_json::json;
use shared_kernel::Clock;

use crate::{
    databases::Databases,
    failure::Failure,
    output::{print, print_json},
    settings::Settings,
    system::{SystemClock, SystemIds},
};

/// Opens the installation, as operators see it, for as long as `work` takes.
async fn with_operations<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Operations) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let databases = Databases::of_an_installation(settings).await?;
    let worked = work(&Operations::new(databases.contexts(), Arc::new(SystemClock))).await;
    databases.close().await;
    worked
}

/// Acts in the name of the person at this machine, and prints what was done.
async fn act(
    settings: &Settings,
    consumer: String,
    kind: ActionKind,
    reason: Option<String>,
    as_json: bool,
) -> Result<(), Failure> {
    let command = OperatorCommand {
        consumer,
        kind,
        reason,
    };
    let meta = CommandMeta::new(Actor::Operator, SystemClock.now(), &SystemIds);
    let acted = with_operations(settings, async |operations| {
        Ok(operations.send(command, meta).await?)
    })
    .await?;
    if as_json {
        print_json(&json!(acted))
    } else {
        print(&told(&acted))
    }
}

fn told(acted: &Acted) -> String {
    let Acted { action, freed } = acted;
    let consumer = &action.consumer;
    let mut told = match action.kind {
        ActionKind::Replay { event_id } => format!("{consumer}:{event_id} is tried again\n"),
        ActionKind::Discard { event_id } => format!("{consumer}:{event_id} is given up for good\n"),
        ActionKind::Pause => format!("{consumer} is paused; its events wait\n"),
        ActionKind::Resume => format!("{consumer} goes on\n"),
    };
    if !freed.is_empty() {
        told += "what waits behind it follows:\n";
        told += &dead_letters::followers(freed);
    }
    told
}
