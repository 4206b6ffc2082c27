//! Deliveries that were given up: looking at them, trying them again, giving them up for good.

use operations::{
    actions::ActionKind,
    all_contexts::DeadLetterPosition,
    records::{DeliveryKey, DeliverySummary},
};
use shared_kernel::EventId;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body,
    cursors::Place,
    operator_actions::act,
    paging::{self, List},
    problem::Problem,
    request::Request,
};

/// GET /ops/dead-letters
pub(crate) async fn list(request: Request, _: Caller) -> Handled {
    paging::answer(&request, &page_of(&request).await?)
}

/// The page of dead letters that the request asks for.
pub(crate) async fn page_of(request: &Request) -> Result<List<DeliverySummary>, Problem> {
    let (limit, after) = request.query(|parameters| paging::page_request(parameters, request))?;
    let after = after.map(|place| DeadLetterPosition {
        held_at: place.time,
        key: DeliveryKey {
            consumer: place.name,
            event_id: EventId::new(place.id),
        },
    });
    let letters = request.operations().dead_letters(after, limit).await?;
    let next = letters.next.map(|next| Place {
        time: next.held_at,
        name: next.key.consumer,
        id: next.key.event_id.uuid(),
    });
    Ok(paging::page(request, letters.data, next))
}

/// GET /ops/dead-letters/{delivery_id}
///
/// Also one that is dead no more, so that it can be seen what became of it.
pub(crate) async fn one(request: Request, _: Caller) -> Handled {
    let key = key(&request)?;
    Answer::ok(&request.operations().delivery(&key).await?)
}

/// POST /ops/dead-letters/{delivery_id}/replay
pub(crate) async fn replay(mut request: Request, caller: Caller) -> Handled {
    let DeliveryKey { consumer, event_id } = key(&request)?;
    let reason = request
        .json_or_nothing(|fields| fields.optional("reason", body::text))
        .await?;
    let kind = ActionKind::Replay { event_id };
    Answer::ok(&act(&request, caller.actor(), consumer, kind, reason).await?)
}

/// POST /ops/dead-letters/{delivery_id}/discard
pub(crate) async fn discard(mut request: Request, caller: Caller) -> Handled {
    let DeliveryKey { consumer, event_id } = key(&request)?;
    let reason = request
        .json(|fields| fields.required("reason", body::text))
        .await?;
    let kind = ActionKind::Discard { event_id };
    Answer::ok(&act(&request, caller.actor(), consumer, kind, Some(reason)).await?)
}

/// The delivery that the path names.
pub(crate) fn key(request: &Request) -> Result<DeliveryKey, Problem> {
    request.path_id("delivery_id", "dead_letter")
}
