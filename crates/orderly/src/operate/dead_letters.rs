//! Dead letters: reading, replaying and discarding them.

use operations::{
    actions::ActionKind,
    age::Age,
    records::{AttemptRecord, DeliveryKey, DeliveryRecord, DeliverySummary, Follower},
};
use serde_json::json;
use shared_kernel::{Clock, Timestamp};

use super::{
    act, print, print_json,
    table::{Align, one_line, table},
    with_operations,
};
use crate::{
    command_line::{DeadLettersCommand, ListArguments},
    failure::Failure,
    settings::Settings,
    system::SystemClock,
};

/// The most of an error that a list shows, in characters.
const SHOWN_OF_ERRORS: usize = 100;

/// Carries the command out.
pub(crate) async fn dead_letters(settings: &Settings, command: DeadLettersCommand) -> Result<(), Failure> {
    match command {
        DeadLettersCommand::List(arguments) => list(settings, arguments).await,
        DeadLettersCommand::Show { key, json } => show(settings, key, json).await,
        DeadLettersCommand::Replay { key, reason, json } => {
            let DeliveryKey { consumer, event_id } = key;
            act(settings, consumer, ActionKind::Replay { event_id }, reason, json).await
        }
        DeadLettersCommand::Discard { key, reason, json } => {
            let DeliveryKey { consumer, event_id } = key;
            act(
                settings,
                consumer,
                ActionKind::Discard { event_id },
                Some(reason),
                json,
            )
            .await
        }
    }
}

async fn list(settings: &Settings, arguments: ListArguments) -> Result<(), Failure> {
    let ListArguments { limit, json } = arguments;
    let letters = with_operations(settings, async |operations| {
        Ok(operations.dead_letters(None, limit).await?)
    })
    .await?;
    let more = letters.next.is_some();
    if json {
        return print_json(&json!({ "dead_letters": letters.data, "more": more }));
    }
    if letters.data.is_empty() {
        return print("no dead letters\n");
    }
    let now = SystemClock.now();
    let headings = [
        ("ID", Align::Left),
        ("EVENT", Align::Left),
        ("ATTEMPTS", Align::Right),
        ("HELD FOR", Align::Left),
        ("ERROR", Align::Left),
    ];
    let mut told = table(headings, letters.data.iter().map(|letter| row(letter, now)));
    if more {
        told += &format!("\nand more; these are the first {limit}, see --limit\n");
    }
    print(&told)
}

fn row(letter: &DeliverySummary, now: Timestamp) -> [String; 5] {
    let error = letter.last_error.as_deref().unwrap_or("-");
    let mut shown: String = error.chars().take(SHOWN_OF_ERRORS).collect();
    if shown.len() < error.len() {
        shown.push('…');
    }
    [
        letter.key.to_string(),
        letter.event_type.clone(),
        letter.attempts.to_string(),
        Age::at(now, letter.held_at).to_string(),
        shown,
    ]
}

async fn show(settings: &Settings, key: DeliveryKey, as_json: bool) -> Result<(), Failure> {
    let record = with_operations(settings, async |operations| Ok(operations.delivery(&key).await?)).await?;
    if as_json {
        return print_json(&json!(record));
    }
    print(&told(&record, SystemClock.now())?)
}

fn told(record: &DeliveryRecord, now: Timestamp) -> Result<String, Failure> {
    let DeliveryRecord {
        summary,
        attempt_history,
        waiting_behind,
        event,
    } = record;
    let pending_for = Age::at(summary.ended_at.unwrap_or(now), summary.held_at);
    let what = format!(
        "{} of {}, version {} of {} {}",
        summary.event_type,
        summary.source,
        summary.aggregate_version,
        summary.aggregate_type,
        summary.aggregate_id
    );
    let cause = format!(
        "{} at {}, command {}",
        event.actor, event.occurred_at, event.command_id
    );
    let mut facts = vec![
        ("delivery", summary.key.to_string()),
        ("state", summary.state.clone()),
        ("held", format!("since {}, for {pending_for}", summary.held_at)),
        ("event", what),
        ("caused by", cause),
    ];
    facts.extend(
        summary
            .next_attempt_at
            .map(|time| ("tried again", time.to_string())),
    );
    facts.extend(summary.ended_at.map(|time| ("ended", time.to_string())));
    let facts = facts.into_iter().map(|(name, fact)| [name.to_owned(), fact]);
    let mut told = table([("", Align::Left), ("", Align::Left)], facts);
    told += "\nattempts:\n";
    told += &table(
        [("", Align::Right), ("", Align::Left), ("", Align::Left)],
        attempt_history.iter().map(attempt_row),
    );
    if !waiting_behind.is_empty() {
        told += "\nwaiting behind it:\n";
        told += &followers(waiting_behind);
    }
    let data = serde_json::to_string_pretty(&event.data).map_err(Failure::unavailable)?;
    told += "\ndata:\n";
    for line in data.lines() {
        told += &format!("{}\n", one_line(line));
    }
    Ok(told)
}

fn attempt_row(attempt: &AttemptRecord) -> [String; 3] {
    let end = match (attempt.ended_at, &attempt.error) {
        (None, _) => "never ended: under way, or the process ended first".to_owned(),
        (Some(_), None) => "succeeded".to_owned(),
        (Some(_), Some(error)) => error.clone(),
    };
    [attempt.number.to_string(), attempt.began_at.to_string(), end]
}

/// One line for each, indented.
pub(super) fn followers(followers: &[Follower]) -> String {
    let lines = followers.iter().map(|follower| {
        format!(
            "  {}, version {}, event {}\n",
            one_line(&follower.event_type),
            follower.aggregate_version,
            follower.event_id
        )
    });
    lines.collect()
}
