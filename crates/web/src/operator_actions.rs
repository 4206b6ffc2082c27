//! Operators' actions, and the list of them.

use message_bus::{Actor, Handles};
use operations::{
    OperatorCommand,
    actions::{ActionKind, OperatorAction},
    operator_command::Acted,
    reason::LONGEST,
};
use schema::Body;

use crate::{
    answer::{Answer, Handled},
    authentication::Caller,
    body::{NOT_BLANK, PRINTABLE},
    codes::{self, Code},
    endpoint::{Endpoint, GET, admin},
    paging::{self, List},
    problem::Problem,
    request::Request,
};

/// The codes that a reason may be refused with, whether one is required or not.
pub(crate) const REASON_RULES: &[&Code] = &[codes::REASON_TOO_LONG, codes::REASON_NOT_PRINTABLE];

/// Why an operator does something.
#[derive(Body)]
#[schema(example({"reason": "the mail server is being moved"}))]
pub(crate) struct Reason {
    /// Printable, and not blank.
    #[schema(max_length = LONGEST, pattern = NOT_BLANK)]
    pub(crate) reason: String,
}

/// Why an operator does something, where it need not be said.
#[derive(Body)]
#[schema(example({"reason": "the mail server is back"}))]
pub(crate) struct ReasonPerhaps {
    /// Printable.
    #[schema(max_length = LONGEST, pattern = PRINTABLE)]
    pub(crate) reason: Option<String>,
}

pub(crate) fn list_operator_actions() -> Endpoint {
    admin(GET, "/api/v1/ops/actions", list)
        .named("listOperatorActions", "What operators did")
        .saying("The latest first.")
        .asking("limit", "How many at most.", paging::limit_schema)
        .listing("OperatorActionList", "What operators did.")
        .answering("The last of what they did.")
}

async fn list(request: Request, _: Caller) -> Handled<List<OperatorAction>> {
    let limit = request.query(paging::limit)?;
    Answer::ok(&List::whole(request.operations().actions(limit).await?))
}

/// Carries out an operator's action, in their name.
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
