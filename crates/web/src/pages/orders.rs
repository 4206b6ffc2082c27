//! An order's timeline: what happened to it, by whom, and how each consumer handled it.

use maud::{Markup, html};
use message_bus::{Actor, UseCaseError};
use operations::timeline::{TimelineDelivery, TimelineEntry};
use ordering_app::{OrderFilter, OrderView};
use schema::HasSchema;
use shared_kernel::{OrderId, PageRequest};

use super::{layout, log_in::to, page, story};
use crate::{
    answer::Handled,
    endpoint::{Endpoint, GET, operator},
    operators::Operator,
    orders::{order_id, timeline::ORDER},
    parameters,
    problem::Problem,
    request::Request,
};

pub(crate) fn find_order_page() -> Endpoint {
    operator(GET, "/ops/orders", find)
        .asking("order", "", String::schema)
        .saying("A form; with a reference or an id of an order, 303 to it.")
}

async fn find(request: Request, operator: Operator) -> Handled {
    let wanted = request.query(|parameters| parameters.optional("order", parameters::text))?;
    let wanted = wanted.unwrap_or_default();
    if let Some(id) = found(&request, &operator.actor(), wanted.trim()).await? {
        return Ok(to(&format!("/ops/orders/{id}")));
    }
    let content = html! {
        form method="get" action="/ops/orders" {
            label { "Reference, as in 7K3M-9QXD, or id" input type="text" name="order" value=(wanted) autocomplete="off" required; }
            button { "Find" }
        }
        @if !wanted.is_empty() { p.bad { "There is no such order." } }
    };
    let orders = layout::page(&request, &operator, "Orders", &content).await?;
    Ok(page(&orders))
}

async fn found(request: &Request, actor: &Actor, wanted: &str) -> Result<Option<OrderId>, Problem> {
    if wanted.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = wanted.parse() {
        return match request.ordering().order(id, actor).await {
            Ok(order) => Ok(Some(order.id)),
            Err(UseCaseError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    let filter = OrderFilter {
        reference: Some(wanted.to_owned()),
        ..OrderFilter::default()
    };
    let only_one = PageRequest {
        limit: 1,
        after: None,
    };
    match request.ordering().orders(filter, only_one, actor).await {
        Ok(page) => Ok(page.data.first().map(|order| order.id)),
        // A text that cannot be a reference matches no order.
        Err(UseCaseError::Refused(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn order_page() -> Endpoint {
    operator(GET, "/ops/orders/{order_id}", one).saying("The order's story.")
}

async fn one(request: Request, operator: Operator) -> Handled {
    let order = request
        .ordering()
        .order(order_id(&request)?, &operator.actor())
        .await?;
    let timeline = request.state().timelines.of(ORDER, order.id.uuid()).await;
    let timeline = timeline.map_err(Problem::from)?;
    let content = html! {
        (facts(&order))
        h2 { "What happened" }
        (story::picture(&timeline.entries))
        ol.story { @for entry in &timeline.entries { (told(entry)) } }
        @if timeline.cut { p.bad { "There is more than is shown here." } }
    };
    let title = format!("Order {}", order.reference);
    let one = layout::page(&request, &operator, &title, &content).await?;
    Ok(page(&one))
}

fn facts(order: &OrderView) -> Markup {
    html! {
        dl {
            dt { "Status" } dd { (order.status) }
            dt { "Total" } dd { (order.total) }
            dt { "Placed" } dd { (layout::time(order.placed_at)) }
            dt { "Customer" } dd { code { (order.customer_id) } }
            dt { "Id" } dd { code { (order.id) } }
        }
    }
}

fn told(entry: &TimelineEntry) -> Markup {
    html! {
        li id={ "event-" (entry.event_id) } {
            p { strong { (entry.event_type) } span.faint { " in " (entry.context) ", version " (entry.aggregate_version) " of " (entry.aggregate_type) } }
            p.faint { (layout::time(entry.occurred_at)) ", by " (entry.actor) ", command " code { (entry.command_id) } }
            @if let Some(cause) = entry.caused_by {
                p.faint { "because of " a href={ "#event-" (cause) } { "an event above" } }
            }
            @if entry.private { p.faint { "Private to " (entry.context) "." } }
            @if !entry.deliveries.is_empty() {
                ul { @for delivery in &entry.deliveries { (delivered(entry, delivery)) } }
            }
        }
    }
}

fn delivered(entry: &TimelineEntry, delivery: &TimelineDelivery) -> Markup {
    html! {
        li {
            (delivery.consumer) ": "
            @match path(entry, delivery) {
                Some(path) => a class=(class(delivery)) href=(path) { (outcome(delivery)) },
                None => span class=(class(delivery)) { (outcome(delivery)) },
            }
            @if let Some(next) = delivery.next_attempt_at { span.faint { ", tried again at " (layout::time(next)) } }
            @for led_to in &delivery.led_to { ", which led to " a href={ "#event-" (led_to) } { "an event below" } }
        }
    }
}

/// The outcome, and after how many attempts.
pub(super) fn outcome(delivery: &TimelineDelivery) -> String {
    match delivery.attempts.len() {
        0 => delivery.state.clone(),
        1 => format!("{} after 1 attempt", delivery.state),
        attempts => format!("{} after {attempts} attempts", delivery.state),
    }
}

/// Its style.
pub(super) fn class(delivery: &TimelineDelivery) -> &'static str {
    match delivery.state.as_str() {
        "applied" => "good",
        "dead" | "discarded" => "bad",
        _ => "under-way",
    }
}

/// The link to its details. A delivery that succeeded at once has none.
pub(super) fn path(entry: &TimelineEntry, delivery: &TimelineDelivery) -> Option<String> {
    let left_nothing =
        matches!(delivery.state.as_str(), "applied" | "pending") && delivery.attempts.is_empty();
    (!left_nothing).then(|| format!("/ops/dead-letters/{}:{}", delivery.consumer, entry.event_id))
}
