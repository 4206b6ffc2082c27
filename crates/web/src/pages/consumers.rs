//! Pausing and resuming consumers, by the forms of the overview.

use operations::actions::ActionKind;

use super::log_in::to;
use crate::{
    answer::Handled,
    consumers::consumer,
    endpoint::{Endpoint, POST, operator},
    operator_actions::act,
    operators::{self, Operator},
    request::Request,
};

pub(crate) fn pause_page() -> Endpoint {
    operator(POST, "/ops/consumers/{consumer}/pause", pause)
        .with_form(&["reason"])
        .saying("303 to `/ops`.")
}

async fn pause(request: Request, operator: Operator) -> Handled {
    change(request, operator, ActionKind::Pause).await
}

pub(crate) fn resume_page() -> Endpoint {
    operator(POST, "/ops/consumers/{consumer}/resume", resume)
        .with_form(&["reason"])
        .saying("303 to `/ops`. A reason need not be given.")
}

async fn resume(request: Request, operator: Operator) -> Handled {
    change(request, operator, ActionKind::Resume).await
}

async fn change(mut request: Request, operator: Operator, kind: ActionKind) -> Handled {
    let reason = operators::form(&mut request, &operator)
        .await?
        .take("reason")
        .ok();
    let consumer = consumer(&request)?;
    act(&request, operator.actor(), consumer, kind, reason).await?;
    Ok(to("/ops"))
}
