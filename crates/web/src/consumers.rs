//! Pausing consumers, and letting them go on.

use operations::actions::ActionKind;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body,
    operator_actions::act,
    problem::Problem,
    request::Request,
};

/// POST /ops/consumers/{consumer}/pause
pub(crate) async fn pause(mut request: Request, caller: Caller) -> Handled {
    let consumer = consumer(&request)?;
    let reason = request
        .json(|fields| fields.required("reason", body::text))
        .await?;
    Answer::ok(
        &act(
            &request,
            caller.actor(),
            consumer,
            ActionKind::Pause,
            Some(reason),
        )
        .await?,
    )
}

/// POST /ops/consumers/{consumer}/resume
pub(crate) async fn resume(mut request: Request, caller: Caller) -> Handled {
    let consumer = consumer(&request)?;
    let reason = request
        .json_or_nothing(|fields| fields.optional("reason", body::text))
        .await?;
    Answer::ok(&act(&request, caller.actor(), consumer, ActionKind::Resume, reason).await?)
}

/// The consumer that the path names.
pub(crate) fn consumer(request: &Request) -> Result<String, Problem> {
    request.path_id("consumer", "consumer")
}
