//! Dead letters: the list, and a page for each with its actions.

use maud::{Markup, html};
use operations::{
    actions::ActionKind,
    records::{AttemptRecord, DeliveryKey, DeliveryRecord, DeliverySummary, Follower},
};
use schema::HasSchema;

use super::{layout, log_in::to, page};
use crate::{
    answer::Handled,
    dead_letters::{key, page_of},
    endpoint::{Endpoint, GET, POST, operator},
    operator_actions::act,
    operators::{self, Operator},
    orders::timeline::ORDER,
    paging,
    problem::Problem,
    request::Request,
};

pub(crate) fn dead_letters_page() -> Endpoint {
    operator(GET, "/ops/dead-letters", list)
        .asking("limit", "", paging::limit_schema)
        .asking("cursor", "", String::schema)
        .saying("Dead letters.")
}

async fn list(request: Request, operator: Operator) -> Handled {
    let letters = page_of(&request).await?;
    let content = html! {
        @if letters.data.is_empty() {
            p.good { "No delivery was given up." }
        } @else {
            p.faint { "Deliveries that were given up, the longest held first. What waits behind one is not counted here." }
            table {
                thead { tr { th { "Event" } th { "Consumer" } th { "Held for" } th { "Attempts" } th { "Error" } } }
                tbody { @for letter in &letters.data { (row(&request, letter)) } }
            }
        }
        @if let Some(cursor) = &letters.next_cursor {
            p { a href={ "/ops/dead-letters?cursor=" (cursor) } rel="next" { "Further ones" } }
        }
    };
    let list = layout::page(&request, &operator, "Dead letters", &content).await?;
    Ok(page(&list))
}

fn row(request: &Request, letter: &DeliverySummary) -> Markup {
    html! {
        tr {
            td data-label="Event" { a href=(path(&letter.key)) { (letter.event_type) } }
            td data-label="Consumer" { (letter.key.consumer) }
            td.short data-label="Held for" { (layout::age(request, letter.held_at)) }
            td data-label="Attempts" { (letter.attempts) }
            td.error data-label="Error" { (letter.last_error.as_deref().unwrap_or("–")) }
        }
    }
}

pub(crate) fn dead_letter_page() -> Endpoint {
    operator(GET, "/ops/dead-letters/{delivery_id}", one)
        .saying("One of them, with what can be done about it.")
}

async fn one(request: Request, operator: Operator) -> Handled {
    let freed =
        request.query(|parameters| parameters.optional("freed", |text| Ok(text.parse::<u32>().ok())))?;
    let record = request.operations().delivery(&key(&request)?).await?;
    let summary = &record.summary;
    let content = html! {
        @if let Some(freed) = freed.flatten() { (done(&summary.state, freed)) }
        (facts(&request, &record))
        @if summary.state == "dead" { (forms(&request, &operator, &record)) }
        h2 { "Attempts" }
        (attempts(&record.attempt_history))
        h2 { "Waiting behind it" }
        (behind(&record.waiting_behind))
        h2 { "Event" }
        pre { (pretty(&record)?) }
    };
    let title = format!("{} for {}", summary.event_type, summary.key.consumer);
    let one = layout::page(&request, &operator, &title, &content).await?;
    Ok(page(&one))
}

fn done(state: &str, freed: u32) -> Markup {
    html! {
        section.notice role="status" {
            p {
                @match state {
                    "discarded" => "It is given up for good.",
                    "dead" => "It was tried again, and is dead again.",
                    "done" => "It was tried again, and succeeded.",
                    _ => "It is tried again. Reload this page to see how that goes.",
                }
                @match freed {
                    0 => " Nothing waited behind it.",
                    1 => " What waited behind it follows: one delivery.",
                    freed => { " What waited behind it follows: " (freed) " deliveries." }
                }
            }
        }
    }
}

fn facts(request: &Request, record: &DeliveryRecord) -> Markup {
    let summary = &record.summary;
    html! {
        dl {
            dt { "State" } dd { span.(if summary.state == "dead" { "bad" } else { "good" }) { (summary.state) } }
            dt { "Held" } dd { "since " (layout::time(summary.held_at)) span.faint { ", " (layout::age(request, summary.held_at)) " ago" } }
            @if let Some(next) = summary.next_attempt_at { dt { "Tried again" } dd { (layout::time(next)) } }
            @if let Some(ended) = summary.ended_at { dt { "Ended" } dd { (layout::time(ended)) } }
            @if let Some(error) = &summary.last_error { dt { "Error" } dd.error { (error) } }
            dt { "About" } dd {
                @if summary.aggregate_type == ORDER {
                    a href={ "/ops/orders/" (summary.aggregate_id) } { (summary.aggregate_type) }
                } @else { (summary.aggregate_type) }
                " " code { (summary.aggregate_id) } ", version " (summary.aggregate_version)
            }
            dt { "Caused by" } dd { code { (record.event.actor) } " at " (layout::time(record.event.occurred_at)) }
            dt { "Name" } dd { code { (summary.key) } }
        }
    }
}

fn forms(request: &Request, operator: &Operator, record: &DeliveryRecord) -> Markup {
    let path = path(&record.summary.key);
    let behind = record.waiting_behind.len();
    html! {
        div.choices {
            form method="post" action={ (path) "/replay" } {
                h2 { "Replay" }
                p { "Try it again, from now on. What waits behind it (" (behind) ") follows once it succeeds." }
                (layout::form_token(request, operator))
                (layout::reason(false))
                button { "Replay" }
            }
            form method="post" action={ (path) "/discard" } {
                h2 { "Discard" }
                p { "Never apply it. What waits behind it (" (behind) ") goes on without it. This cannot be undone." }
                (layout::form_token(request, operator))
                (layout::reason(true))
                button.danger { "Discard" }
            }
        }
    }
}

fn attempts(attempts: &[AttemptRecord]) -> Markup {
    html! {
        table {
            thead { tr { th { "Attempt" } th { "Began" } th { "Outcome" } } }
            tbody {
                @for attempt in attempts {
                    tr {
                        td data-label="Attempt" { (attempt.number) }
                        td data-label="Began" { (layout::time(attempt.began_at)) }
                        td.error data-label="Outcome" {
                            @match (attempt.ended_at, &attempt.error) {
                                (None, _) => "never ended: it is under way, or the process ended first",
                                (Some(_), None) => "succeeded",
                                (Some(_), Some(error)) => (error),
                            }
                        }
                    }
                }
            }
        }
    }
}

fn behind(followers: &[Follower]) -> Markup {
    html! {
        @if followers.is_empty() {
            p.faint { "Nothing." }
        } @else {
            ol { @for follower in followers {
                li { (follower.event_type) ", version " (follower.aggregate_version) ", event " code { (follower.event_id) } }
            } }
        }
    }
}

fn pretty(record: &DeliveryRecord) -> Result<String, Problem> {
    serde_json::to_string_pretty(&record.event).map_err(|error| Problem::internal_error(error.to_string()))
}

pub(crate) fn replay_page() -> Endpoint {
    operator(POST, "/ops/dead-letters/{delivery_id}/replay", replay)
        .with_form(&["reason"])
        .saying("303, back to it. A reason need not be given.")
}

async fn replay(request: Request, operator: Operator) -> Handled {
    decide(request, operator, |event_id| ActionKind::Replay { event_id }).await
}

pub(crate) fn discard_page() -> Endpoint {
    operator(POST, "/ops/dead-letters/{delivery_id}/discard", discard)
        .with_form(&["reason"])
        .saying("303, back to it.")
}

async fn discard(request: Request, operator: Operator) -> Handled {
    decide(request, operator, |event_id| ActionKind::Discard { event_id }).await
}

async fn decide(
    mut request: Request,
    operator: Operator,
    kind: impl FnOnce(shared_kernel::EventId) -> ActionKind,
) -> Handled {
    let reason = operators::form(&mut request, &operator)
        .await?
        .take("reason")
        .ok();
    let key = key(&request)?;
    let kind = kind(key.event_id);
    let acted = act(&request, operator.actor(), key.consumer.clone(), kind, reason).await?;
    Ok(to(&format!("{}?freed={}", path(&key), acted.freed.len())))
}

fn path(key: &DeliveryKey) -> String {
    format!("/ops/dead-letters/{key}")
}
