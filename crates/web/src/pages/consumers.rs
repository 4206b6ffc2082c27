//! Pausing consumers and letting them go on, by the forms of the overview.

use operations::actions::ActionKind;

use super::log_in::to;
use crate::{
    answer::Handled,
    consumers::consumer,
    operator_actions::act,
    operators::{self, Operator},
    request::Request,
};

/// POST /ops/consumers/{consumer}/pause
pub(crate) async fn pause(request: Request, operator: Operator) -> Handled {
    change(request, operator, ActionKind::Pause).await
}

/// POST /ops/consumers/{consumer}/resume
pub(crate) async fn resume(request: Request, operator: Operator) -> Handled {
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
