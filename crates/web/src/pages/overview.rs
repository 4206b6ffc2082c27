//! The first page: the status of contexts and their consumers.

use maud::{Markup, html};
use operations::status::{ConsumerStatus, ContextStatus, PendingStatus, WorkLeft};

use super::{layout, page};
use crate::{
    answer::Handled,
    endpoint::{Endpoint, GET, operator},
    operators::Operator,
    request::Request,
};

pub(crate) fn overview_page() -> Endpoint {
    operator(GET, "/ops", show).saying("Contexts and consumers.")
}

async fn show(request: Request, operator: Operator) -> Handled {
    let contexts = request.operations().statuses().await;
    let content = html! {
        @for context in &contexts { (of_context(&request, &operator, context)) }
    };
    let overview = layout::page(&request, &operator, "Overview", &content).await?;
    Ok(page(&overview))
}

fn of_context(request: &Request, operator: &Operator, context: &ContextStatus) -> Markup {
    html! {
        section {
            h2 { (context.context) }
            @match &context.work {
                None => p.bad { "Its database does not answer." },
                Some(work) => {
                    (of_events(work))
                    @if !work.consumers.is_empty() { (of_consumers(request, operator, work)) }
                }
            }
        }
    }
}

fn of_events(work: &WorkLeft) -> Markup {
    html! {
        p {
            @match work.oldest_unpublished_seconds {
                None => span.good { "Every event is published." },
                Some(age) => span.bad { (work.unpublished) " unpublished, the first from " (age) " ago." },
            }
        }
    }
}

fn of_consumers(request: &Request, operator: &Operator, work: &WorkLeft) -> Markup {
    html! {
        table {
            thead { tr {
                th { "Consumer" } th { "Events of" } th { "Waiting" } th { "Retrying" } th { "Dead" } th { "State" }
            } }
            tbody { @for consumer in &work.consumers { (of_consumer(request, operator, consumer)) } }
        }
    }
}

fn of_consumer(request: &Request, operator: &Operator, consumer: &ConsumerStatus) -> Markup {
    html! {
        tr {
            td data-label="Consumer" { strong { (consumer.consumer) } }
            td data-label="Events of" { (consumer.source) }
            td data-label="Waiting" { (pending(consumer.waiting)) }
            td data-label="Retrying" { (pending(consumer.retrying)) }
            td data-label="Dead" {
                @if consumer.dead.count > 0 {
                    a.bad href="/ops/dead-letters" { (pending(consumer.dead)) }
                } @else { (pending(consumer.dead)) }
            }
            td data-label="State" { (state(request, operator, consumer)) }
        }
    }
}

fn pending(pending: PendingStatus) -> Markup {
    html! {
        (pending.count)
        @if let Some(age) = pending.oldest_seconds { span.faint { " for " (age) } }
    }
}

fn state(request: &Request, operator: &Operator, consumer: &ConsumerStatus) -> Markup {
    let (verb, path) = match consumer.paused {
        None => ("Pause", "pause"),
        Some(_) => ("Resume", "resume"),
    };
    html! {
        @match &consumer.paused {
            None => span.good { "running" },
            Some(paused) => {
                span.bad { "paused" }
                span.faint { " for " (layout::age(request, paused.at)) ": " (paused.reason) }
            }
        }
        details {
            summary { (verb) "…" }
            form method="post" action={ "/ops/consumers/" (consumer.consumer) "/" (path) } {
                (layout::form_token(request, operator))
                (layout::reason(consumer.paused.is_none()))
                button { (verb) " " (consumer.consumer) }
            }
        }
    }
}
