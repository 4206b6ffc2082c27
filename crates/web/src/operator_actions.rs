//! What operators do, and what they did.

use message_bus::{Actor, Handles};
use operations::{OperatorCommand, actions::ActionKind, operator_command::Acted};

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    paging::{self, List},
    problem::Problem,
    request::Request,
};

/// GET /ops/actions
pub(crate) async fn list(request: Request, _: Caller) -> Handled {
    let limit = request.query(paging::limit)?;
    Answer::ok(&List::whole(request.operations().actions(limit).await?))
}

/// Does what an operator asks for, in their name.
pub(crate) async fn act(
    request: &Request,
    actor: Actor,
    consumer: String,
    kind: ActionKind,
    reason: Option<String>,
) -> Result<Acted, Problem> {
    let meta = request.meta(actor)?;
    let command = OperatorCommand {
        consumer,
        kind,
        reason,
    };
    Ok(request.operations().send(command, meta).await?)
}
