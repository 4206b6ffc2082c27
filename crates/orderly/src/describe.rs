//! `orderly describe`: the contexts, their commands, their events, and the consumers of these.
//!
//! Read off the code: a command that is listed has a handler, or this does not compile; an event's type and version are
//! its own constants; the consumers are those of [`subscriptions`]. No database is opened. A test compares this with
//! the source files, so that nothing is left out.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::Arc,
};

use accounts_app::in_memory::InMemoryAccounts;
use catalog::in_memory::InMemoryCatalog;
use inventory_app::in_memory::InMemoryInventory;
use message_bus::{Beginning, Consumer};
use notifications::in_memory::{InMemoryMailer, InMemoryNotifications};
use ordering_app::in_memory::InMemoryOrdering;
use serde_json::{Value, json};
use shared_kernel::{IdGenerator, events::EventDescription};
use storage::ContextDescription;

use crate::{
    databases::{CONTEXTS, Stores},
    failure::Failure,
    handlers::Handlers,
    settings::DEFAULT_MAIL_FROM,
    subscriptions::subscriptions,
    system::SystemIds,
};

fn consumers() -> Result<Vec<Consumer>, Failure> {
    // Nobody sends these anything: the table of subscriptions only needs handlers to name.
    let stores = Stores {
        accounts: Arc::<InMemoryAccounts>::default(),
        catalog: Arc::<InMemoryCatalog>::default(),
        ordering: Arc::<InMemoryOrdering>::default(),
        inventory: Arc::<InMemoryInventory>::default(),
        notifications: Arc::<InMemoryNotifications>::default(),
    };
    let mailer = Arc::<InMemoryMailer>::default();
    let mail_from = DEFAULT_MAIL_FROM.parse().map_err(Failure::usage)?;
    let ids: Arc<dyn IdGenerator> = Arc::new(SystemIds);
    Ok(subscriptions(&Handlers::new(&stores, mailer, mail_from, &ids)))
}

/// A command's name and the file of its use case: that is one file with its command and its handler, so the command's module is the place.
fn handled_in(command: &'static str) -> (&'static str, String) {
    let (module, name) = command.rsplit_once("::").unwrap_or_default();
    let (crate_name, module) = module.split_once("::").unwrap_or((module, "lib"));
    let file = format!("crates/{crate_name}/src/{}.rs", module.replace("::", "/"));
    (name, file)
}

/// Where an event is reacted to: a reaction is a file `on_<event>.rs` in the crate of its handler.
fn reacts_in(event_type: &str, handler: &str) -> String {
    let mut file = String::from("on");
    for letter in event_type.chars() {
        if letter.is_ascii_uppercase() {
            file.push('_');
        }
        file.push(letter.to_ascii_lowercase());
    }
    let crate_name = handler.split("::").next().unwrap_or_default();
    format!("crates/{crate_name}/src/{file}.rs")
}

fn takers<'a>(
    consumers: &'a [Consumer],
    context: &'a ContextDescription,
    event: &'a EventDescription,
) -> impl Iterator<Item = &'static str> + 'a {
    let takers = consumers
        .iter()
        .filter(|consumer| consumer.source() == context.name && consumer.takes(event.name));
    takers.map(Consumer::name)
}

/// Prints it all.
pub(crate) fn describe(as_json: bool) -> Result<(), Failure> {
    let consumers = consumers()?;
    let text = if as_json {
        format!("{:#}\n", as_value(&consumers))
    } else {
        as_text(&consumers).map_err(Failure::unavailable)?
    };
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::unavailable)
}

fn as_value(consumers: &[Consumer]) -> Value {
    let described = CONTEXTS.map(|context| {
        let commands = context.commands.iter().map(|command| {
            let (name, file) = handled_in(command());
            json!({ "name": name, "handled_in": file })
        });
        let events = context.events.iter().map(|event| {
            json!({
                "name": event.name,
                "schema_version": event.schema_version,
                "aggregate_type": event.aggregate_type,
                "delivered_to": takers(consumers, &context, event).collect::<Vec<_>>(),
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
            .reactions()
            .map(|(event_type, handler)| json!({ "event": event_type, "reacts_in": reacts_in(event_type, handler) }));
        json!({
            "name": consumer.name(),
            "context": consumer.context(),
            "source": consumer.source(),
            "begins_with": begins_with(consumer),
            "reactions": reactions.collect::<Vec<_>>(),
        })
    });
    json!({ "contexts": described, "consumers": reacting.collect::<Vec<_>>() })
}

fn as_text(consumers: &[Consumer]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for context in CONTEXTS {
        writeln!(text, "{}", context.name)?;
        if context.commands.is_empty() && context.events.is_empty() {
            writeln!(text, "  only reacts")?;
            writeln!(text)?;
            continue;
        }
        writeln!(text, "  handles")?;
        for command in context.commands {
            let (name, file) = handled_in(command());
            writeln!(text, "    {name:<20} {file}")?;
        }
        writeln!(text, "  tells")?;
        for event in context.events {
            let named = format!("{} v{}", event.name, event.schema_version);
            let takers: Vec<&str> = takers(consumers, &context, event).collect();
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
        for (event_type, handler) in consumer.reactions() {
            writeln!(text, "    {event_type:<20} {}", reacts_in(event_type, handler))?;
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
