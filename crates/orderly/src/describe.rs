//! `orderly describe`: the contexts, what they can be asked, what they tell each other, and who reacts to it.
//!
//! Read off the code: a command that is listed has a handler, or this does not compile; an event's type and version are
//! its own constants; the consumers are those of [`subscriptions`]. No database is opened. That nothing is left out is
//! for a test to say, which compares this with the source files.

mod contexts;

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::Arc,
};

use inventory_app::{Inventory, in_memory::InMemoryInventory};
use message_bus::{Beginning, Consumer};
use notifications::{
    Notifications,
    in_memory::{InMemoryMailer, InMemoryNotifications},
};
use operations::ConsumerDescription;
use ordering_app::{Ordering, in_memory::InMemoryOrdering};
use serde_json::{Value, json};
use shared_kernel::IdGenerator;

use self::contexts::{Context, DescribedEvent, contexts};
use crate::{failure::Failure, settings::DEFAULT_MAIL_FROM, subscriptions::subscriptions, system::SystemIds};

/// Who takes which events, for who opens databases and no contexts.
pub(crate) fn subscriptions_there_are() -> Result<Vec<ConsumerDescription>, Failure> {
    Ok(consumers()?.iter().map(ConsumerDescription::from).collect())
}

fn consumers() -> Result<Vec<Consumer>, Failure> {
    // Nobody sends it anything: the table of subscriptions only asks for somebody to subscribe.
    let ids: Arc<dyn IdGenerator> = Arc::new(SystemIds);
    let ordering = Ordering::new(Arc::<InMemoryOrdering>::default(), Arc::clone(&ids));
    let inventory = Inventory::new(Arc::<InMemoryInventory>::default(), Arc::clone(&ids));
    let store = Arc::new(InMemoryNotifications::default());
    let mailer = Arc::new(InMemoryMailer::default());
    let sender = DEFAULT_MAIL_FROM.parse().map_err(Failure::usage)?;
    let notifications = Notifications::new(store, mailer, sender, ids);
    Ok(subscriptions(
        &Arc::new(ordering),
        &Arc::new(inventory),
        &Arc::new(notifications),
    ))
}

/// Where a consumer reacts: a reaction is a file `on_<event>.rs` of its context's application, or of its one crate.
fn reacts_in(consumer: &Consumer, event_type: &str) -> String {
    let mut file = String::from("on");
    for letter in event_type.chars() {
        if letter.is_ascii_uppercase() {
            file.push('_');
        }
        file.push(letter.to_ascii_lowercase());
    }
    let crate_name = match consumer.context() {
        notifications::CONTEXT => notifications::CONTEXT.to_owned(),
        context => format!("{context}_app"),
    };
    format!("crates/{crate_name}/src/{file}.rs")
}

fn takers<'a>(
    consumers: &'a [Consumer],
    context: &'a Context,
    event: &'a DescribedEvent,
) -> impl Iterator<Item = &'static str> + 'a {
    let takers = consumers
        .iter()
        .filter(|consumer| consumer.source() == context.name && consumer.takes(event.name));
    takers.map(Consumer::name)
}

/// Prints it all.
pub(crate) fn describe(as_json: bool) -> Result<(), Failure> {
    let (contexts, consumers) = (contexts(), consumers()?);
    let text = if as_json {
        format!("{:#}\n", as_value(&contexts, &consumers))
    } else {
        as_text(&contexts, &consumers).map_err(Failure::unavailable)?
    };
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::unavailable)
}

fn as_value(contexts: &[Context], consumers: &[Consumer]) -> Value {
    let described = contexts.iter().map(|context| {
        let commands = context
            .commands
            .iter()
            .map(|command| json!({ "name": command.name, "handled_in": command.handled_in }));
        let events = context.events.iter().map(|event| {
            json!({
                "name": event.name,
                "schema_version": event.schema_version,
                "aggregate_type": event.aggregate_type,
                "delivered_to": takers(consumers, context, event).collect::<Vec<_>>(),
            })
        });
        json!({
            "name": context.name,
            "commands": commands.collect::<Vec<_>>(),
            "events": events.collect::<Vec<_>>(),
        })
    });
    let reacting = consumers.iter().map(|consumer| {
        let reactions = consumer
            .event_types()
            .map(|event_type| json!({ "event": event_type, "reacts_in": reacts_in(consumer, event_type) }));
        json!({
            "name": consumer.name(),
            "context": consumer.context(),
            "source": consumer.source(),
            "begins_with": begins_with(consumer),
            "reactions": reactions.collect::<Vec<_>>(),
        })
    });
    json!({ "contexts": described.collect::<Vec<_>>(), "consumers": reacting.collect::<Vec<_>>() })
}

fn as_text(contexts: &[Context], consumers: &[Consumer]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for context in contexts {
        writeln!(text, "{}", context.name)?;
        if context.commands.is_empty() && context.events.is_empty() {
            writeln!(text, "  only reacts")?;
            writeln!(text)?;
            continue;
        }
        writeln!(text, "  handles")?;
        for command in &context.commands {
            writeln!(text, "    {:<20} {}", command.name, command.handled_in)?;
        }
        writeln!(text, "  tells")?;
        for event in &context.events {
            let named = format!("{} v{}", event.name, event.schema_version);
            let takers: Vec<&str> = takers(consumers, context, event).collect();
            let takers = if takers.is_empty() {
                "nobody yet".to_owned()
            } else {
                takers.join(", ")
            };
            writeln!(
                text,
                "    {named:<24} about {:<8} to {takers}",
                event.aggregate_type
            )?;
        }
        writeln!(text)?;
    }
    for consumer in consumers {
        writeln!(
            text,
            "{} reacts to {}, beginning with {}",
            consumer.name(),
            consumer.source(),
            begins_with(consumer)
        )?;
        for event_type in consumer.event_types() {
            writeln!(text, "    {event_type:<20} {}", reacts_in(consumer, event_type))?;
        }
    }
    Ok(text)
}

const fn begins_with(consumer: &Consumer) -> &'static str {
    match consumer.beginning() {
        Beginning::StartOfTheLog => "the first event in the log",
        Beginning::Now => "what happens after its first start",
    }
}
