//! Pausing and resuming consumers.

use operations::{actions::ActionKind, operator_command::Acted};
use schema::{Components, Value, json};

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    codes,
    endpoint::{Endpoint, POST, admin},
    operator_actions::{REASON_RULES, Reason, ReasonPerhaps, act},
    problem::Problem,
    request::Request,
};

pub(crate) fn pause_consumer() -> Endpoint {
    admin(POST, "/api/v1/ops/consumers/{consumer}/pause", pause)
        .named("pauseConsumer", "Pause a consumer")
        .saying("Its events wait until it is resumed.")
        .by_name(name)
        .refusing(&[codes::MALFORMED_IF_MATCH])
        .refusing(REASON_RULES)
        .taking::<Reason>()
        .answering("It is handed nothing any more.")
        .refusing(&[
            codes::CONSUMER_NOT_FOUND,
            codes::CONSUMER_ALREADY_PAUSED,
            codes::REASON_MISSING,
        ])
}

async fn pause(mut request: Request, caller: Caller) -> Handled<Acted> {
    let consumer = consumer(&request)?;
    let Reason { reason } = request.json().await?;
    let kind = ActionKind::Pause;
    Answer::ok(&act(&request, caller.actor(), consumer, kind, Some(reason)).await?)
}

pub(crate) fn resume_consumer() -> Endpoint {
    admin(POST, "/api/v1/ops/consumers/{consumer}/resume", resume)
        .named("resumeConsumer", "Let a consumer go on")
        .by_name(name)
        .refusing(&[codes::MALFORMED_IF_MATCH])
        .refusing(REASON_RULES)
        .taking_perhaps::<ReasonPerhaps>()
        .answering("It is handed events again, first those that waited.")
        .refusing(&[codes::CONSUMER_NOT_FOUND, codes::CONSUMER_NOT_PAUSED])
}

async fn resume(mut request: Request, caller: Caller) -> Handled<Acted> {
    let consumer = consumer(&request)?;
    let ReasonPerhaps { reason } = request.json_or_nothing().await?;
    let kind = ActionKind::Resume;
    Answer::ok(&act(&request, caller.actor(), consumer, kind, reason).await?)
}

/// The consumer that the path names.
pub(crate) fn consumer(request: &Request) -> Result<String, Problem> {
    request.path_id("consumer", "consumer")
}

fn name(_: &mut Components) -> Value {
    json!({
        "type": "string", "pattern": "^[a-z_]+\\.[a-z_]+$",
        "description": "Its name, as in `ordering.users`.",
    })
}
