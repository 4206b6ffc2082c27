//! Consumers: their pending deliveries, pausing and resuming them.

use operations::{
    actions::ActionKind,
    status::{ConsumerStatus, ContextStatus},
};
use serde_json::json;

use super::{
    act, print, print_json,
    table::{Align, table},
    with_operations,
};
use crate::{command_line::ConsumersCommand, failure::Failure, settings::Settings};

/// Carries the command out.
pub(crate) async fn consumers(settings: &Settings, command: ConsumersCommand) -> Result<(), Failure> {
    match command {
        ConsumersCommand::List { json } => list(settings, json).await,
        ConsumersCommand::Pause {
            consumer,
            reason,
            json,
        } => act(settings, consumer, ActionKind::Pause, Some(reason), json).await,
        ConsumersCommand::Resume {
            consumer,
            reason,
            json,
        } => act(settings, consumer, ActionKind::Resume, reason, json).await,
    }
}

async fn list(settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let contexts = with_operations(settings, async |operations| Ok(operations.statuses().await)).await?;
    if as_json {
        print_json(&json!({ "contexts": contexts }))?;
    } else {
        print(&told(&contexts))?;
    }
    let silent = contexts.iter().find(|context| context.work.is_none());
    silent.map_or(Ok(()), |context| {
        let context = context.context;
        Err(Failure::unavailable(format!(
            "the database of {context} does not answer"
        )))
    })
}

fn told(contexts: &[ContextStatus]) -> String {
    let rows = contexts.iter().flat_map(|context| {
        let consumers = context.work.iter().flat_map(|work| &work.consumers);
        consumers.map(row)
    });
    let headings = [
        ("CONSUMER", Align::Left),
        ("EVENTS OF", Align::Left),
        ("WAITING", Align::Right),
        ("RETRYING", Align::Right),
        ("DEAD", Align::Right),
        ("OLDEST", Align::Left),
        ("STATE", Align::Left),
    ];
    let mut told = table(headings, rows);
    for context in contexts {
        let Some(work) = &context.work else { continue };
        if let Some(age) = work.oldest_unpublished_seconds {
            told += &format!(
                "\n{} has {} unpublished events, the first from {age} ago\n",
                context.context, work.unpublished
            );
        }
    }
    told
}

fn row(consumer: &ConsumerStatus) -> [String; 7] {
    let oldest = consumer
        .states()
        .iter()
        .filter_map(|(_, pending)| pending.oldest_seconds)
        .max();
    let state = match &consumer.paused {
        None => "running".to_owned(),
        Some(paused) => format!("paused by {} at {}: {}", paused.by, paused.at, paused.reason),
    };
    [
        consumer.consumer.clone(),
        consumer.source.clone(),
        consumer.waiting.count.to_string(),
        consumer.retrying.count.to_string(),
        consumer.dead.count.to_string(),
        oldest.map_or_else(|| "-".to_owned(), |age| age.to_string()),
        state,
    ]
}
