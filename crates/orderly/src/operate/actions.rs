//! What operators did, the latest first.

use serde_json::json;

use super::{
    print, print_json,
    table::{Align, table},
    with_operations,
};
use crate::{command_line::ListArguments, failure::Failure, settings::Settings};

/// Lists what operators did.
pub(crate) async fn actions(settings: &Settings, arguments: ListArguments) -> Result<(), Failure> {
    let ListArguments { limit, json } = arguments;
    let actions = with_operations(settings, async |operations| Ok(operations.actions(limit).await?)).await?;
    if json {
        return print_json(&json!({ "actions": actions }));
    }
    if actions.is_empty() {
        return print("no operator did anything yet\n");
    }
    let rows = actions.iter().map(|action| {
        let about = match action.kind.event_id() {
            Some(event_id) => format!("{}:{event_id}", action.consumer),
            None => action.consumer.clone(),
        };
        [
            action.at.to_string(),
            action.by.clone(),
            action.kind.name().to_owned(),
            about,
            action.reason.clone(),
        ]
    });
    let headings = [
        ("WHEN", Align::Left),
        ("WHO", Align::Left),
        ("WHAT", Align::Left),
        ("OF", Align::Left),
        ("WHY", Align::Left),
    ];
    print(&table(headings, rows))
}
