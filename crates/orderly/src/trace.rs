//! `orderly events trace`: the timeline of an order, causes before their effects.

use operations::{Timelines, timeline::TimelineEntry};
use serde_json::json;
use shared_kernel::OrderId;

use crate::{databases::Databases, failure::Failure, handlers::Handlers, output, settings::Settings};

/// Prints the timeline of an order.
pub(crate) async fn trace(settings: &Settings, order_id: OrderId, as_json: bool) -> Result<(), Failure> {
    let databases = Databases::of_an_installation(settings).await?;
    let handlers = Handlers::of(settings, &databases.stores);
    let timelines = Timelines::new(databases.traced(), handlers.described());
    let timeline = timelines.of("order", order_id.uuid()).await;
    databases.close().await;
    let timeline = timeline.map_err(Failure::unavailable)?;
    if timeline.entries.is_empty() {
        return Err(Failure::check(format!("no event tells of an order {order_id}")));
    }
    if as_json {
        return output::print_json(&json!(timeline));
    }
    let mut told: String = timeline.entries.iter().map(told).collect();
    if timeline.cut {
        told += "… and more\n";
    }
    output::print(&told)
}

fn told(entry: &TimelineEntry) -> String {
    let mut told = format!(
        "{}  {} {} of {} version {} by {}\n",
        entry.occurred_at,
        entry.context,
        entry.event_type,
        entry.aggregate_type,
        entry.aggregate_version,
        entry.actor
    );
    told += &match entry.caused_by {
        Some(cause) => format!(
            "    event {}, command {}, led to by event {cause}\n",
            entry.event_id, entry.command_id
        ),
        None => format!(
            "    event {}, command {}, request {}\n",
            entry.event_id, entry.command_id, entry.correlation_id
        ),
    };
    for delivery in &entry.deliveries {
        told += &format!("    → {}: {}", delivery.consumer, delivery.state);
        if let Some(time) = delivery.next_attempt_at {
            told += &format!(", again at {time}");
        }
        told += "\n";
        for attempt in &delivery.attempts {
            let ended = match (&attempt.error, attempt.ended_at) {
                (Some(error), _) => error.as_str(),
                (None, Some(_)) => "applied",
                (None, None) => "has not ended",
            };
            told += &format!(
                "        attempt {} at {}: {ended}\n",
                attempt.number, attempt.began_at
            );
        }
        for event in &delivery.led_to {
            told += &format!("        led to event {event}\n");
        }
    }
    told
}
