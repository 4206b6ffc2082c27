//! Deliveries that were given up: reading them, replaying them, discarding them.

use operations::{
    actions::ActionKind,
    all_contexts::DeadLetterPosition,
    operator_command::Acted,
    records::{DeliveryKey, DeliveryRecord, DeliverySummary},
};
use schema::{Components, Value, json};
use shared_kernel::EventId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    codes,
    cursors::CursorPosition,
    endpoint::{Endpoint, GET, POST, admin},
    operator_actions::{REASON_RULES, Reason, ReasonPerhaps, act},
    paging::{self, List},
    problem::Problem,
    request::Request,
};

pub(crate) fn list_dead_letters() -> Endpoint {
    admin(GET, "/api/v1/ops/dead-letters", list)
        .named("listDeadLetters", "Dead letters")
        .saying("Deliveries that were given up, the longest held first.")
        .paged(
            "DeadLetterList",
            "Part of the list of dead letters, the longest held first.",
        )
        .answering("A page of dead letters.")
}

async fn list(request: Request, _: Caller) -> Handled<List<DeliverySummary>> {
    paging::answer(&request, &page_of(&request).await?)
}

/// The page of dead letters that the request asks for.
pub(crate) async fn page_of(request: &Request) -> Result<List<DeliverySummary>, Problem> {
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, request))?;
    let after = after.map(|position| DeadLetterPosition {
        held_at: position.time,
        key: DeliveryKey {
            consumer: position.name,
            event_id: EventId::new(position.id),
        },
    });
    let letters = request.operations().dead_letters(after, limit).await?;
    let next = letters.next.map(|next| CursorPosition {
        time: next.held_at,
        name: next.key.consumer,
        id: next.key.event_id.uuid(),
    });
    Ok(paging::page(request, letters.data, next))
}

pub(crate) fn get_dead_letter() -> Endpoint {
    admin(GET, "/api/v1/ops/dead-letters/{delivery_id}", one)
        .named("getDeadLetter", "A dead letter")
        .saying("Also one that is dead no more.")
        .by_name(delivery_id)
        .answering("All that is known about it.")
        .refusing(&[codes::DEAD_LETTER_NOT_FOUND])
}

fn delivery_id(_: &mut Components) -> Value {
    json!({
        "type": "string", "pattern": "^[a-z_]+\\.[a-z_]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        "description": "The consumer's name and the event's id.",
    })
}

/// Also one that is no longer dead, so that its outcome can be seen.
async fn one(request: Request, _: Caller) -> Handled<DeliveryRecord> {
    let key = key(&request)?;
    Answer::ok(&request.operations().delivery(&key).await?)
}

pub(crate) fn replay_dead_letter() -> Endpoint {
    admin(POST, "/api/v1/ops/dead-letters/{delivery_id}/replay", replay)
        .named("replayDeadLetter", "Try a dead letter again")
        .by_name(delivery_id)
        .refusing(&[codes::MALFORMED_IF_MATCH])
        .refusing(REASON_RULES)
        .taking_perhaps::<ReasonPerhaps>()
        .answering("It is tried again, and what waits behind it follows.")
        .refusing(&[codes::DEAD_LETTER_NOT_FOUND, codes::DELIVERY_NOT_DEAD])
}

async fn replay(mut request: Request, caller: Caller) -> Handled<Acted> {
    let DeliveryKey { consumer, event_id } = key(&request)?;
    let ReasonPerhaps { reason } = request.json_or_nothing().await?;
    let kind = ActionKind::Replay { event_id };
    Answer::ok(&act(&request, caller.actor(), consumer, kind, reason).await?)
}

pub(crate) fn discard_dead_letter() -> Endpoint {
    admin(POST, "/api/v1/ops/dead-letters/{delivery_id}/discard", discard)
        .named("discardDeadLetter", "Give a dead letter up for good")
        .by_name(delivery_id)
        .refusing(&[codes::MALFORMED_IF_MATCH])
        .refusing(REASON_RULES)
        .taking::<Reason>()
        .answering("It is never applied; what waited behind it goes on.")
        .refusing(&[
            codes::DEAD_LETTER_NOT_FOUND,
            codes::DELIVERY_NOT_DEAD,
            codes::REASON_MISSING,
        ])
}

async fn discard(mut request: Request, caller: Caller) -> Handled<Acted> {
    let DeliveryKey { consumer, event_id } = key(&request)?;
    let Reason { reason } = request.json().await?;
    let kind = ActionKind::Discard { event_id };
    Answer::ok(&act(&request, caller.actor(), consumer, kind, Some(reason)).await?)
}

/// The delivery that the path names.
pub(crate) fn key(request: &Request) -> Result<DeliveryKey, Problem> {
    request.path_id("delivery_id", "dead_letter")
}
